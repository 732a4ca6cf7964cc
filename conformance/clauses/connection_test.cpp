// Clauses on what a connection carries, whatever the wire does: data, ends, sessions, fragments.
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/secure_pair.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::testkit {
namespace {

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>('a' + i * 7 % 26);
    }
    return text;
}

constexpr link_options wires[] = {
    {.how = delivery::at_once},
    {.how = delivery::one_byte},
    {.how = delivery::odd_sizes, .seed = 20261123},
    {.how = delivery::odd_sizes, .seed = 4},
};

/// The content type and length of each record in a stream of ciphertext.
std::vector<std::pair<int, std::size_t>> records_in(bytes stream) {
    std::vector<std::pair<int, std::size_t>> records;
    while (stream.size() >= 5) {
        const std::size_t length = static_cast<std::size_t>(stream[3]) << 8U | stream[4];
        records.emplace_back(stream[0], length);
        stream = stream.subspan(std::min(stream.size(), 5 + length));
    }
    return records;
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_stream);

TEST_P(M_socket_stream, writes_of_any_size_arrive_whole_and_in_order_on_any_wire) {
    const std::string sent = pattern(100'000);
    for (const link_options& wire : wires) {
        SCOPED_TRACE("seed " + std::to_string(wire.seed));
        auto link = make_link(GetParam(), {.wire = wire});
        for (std::size_t at = 0, size = 0; at < sent.size(); at += size) {
            size = std::min<std::size_t>(sent.size() - at, 1 + at % 30'000);
            link.client.write(sent.substr(at, size));
        }
        link.server.write(sent);

        link.run();

        EXPECT_EQ(link.server.received(), sent);
        EXPECT_EQ(link.client.received(), sent);
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_backend_parity);

TEST_P(X_backend_parity, the_trace_of_events_is_the_same_for_every_pairing) {
    auto link = make_link(GetParam());
    link.client.write("question");
    link.server.write("answer");
    link.client.end();
    link.server.end();

    link.run();

    EXPECT_THAT(link.client.trace(), testing::ElementsAre("secure", "data", "end"));
    EXPECT_THAT(link.server.trace(), testing::ElementsAre("secure", "data", "end"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_end);

TEST_P(M_socket_end, the_peer_reads_everything_and_then_the_end) {
    auto link = make_link(GetParam());
    link.client.write("last words");
    link.client.end();

    link.run();

    EXPECT_EQ(link.server.received(), "last words");
    EXPECT_TRUE(link.server.tls().peer_closed());
    EXPECT_FALSE(link.server.failure());
}

TEST_P(M_socket_end, the_other_side_may_go_on_writing) {
    auto link = make_link(GetParam());
    link.client.end();
    link.run();

    link.server.write("still talking");
    link.run();

    EXPECT_EQ(link.client.received(), "still talking");
}

TEST_P(M_socket_end, a_peer_that_goes_without_close_notify_is_told_apart) {
    auto link = make_link(GetParam());
    link.client.write("half a sen");
    link.run();

    link.cut();

    EXPECT_EQ(link.server.received(), "half a sen");
    EXPECT_EQ(link.server.failure()->code, condition::truncated);
    EXPECT_EQ(link.client.failure()->code, condition::truncated);
}

TEST_P(M_socket_end, a_peer_that_goes_without_close_notify_has_ended_where_the_user_allows_it) {
    auto link = make_link(GetParam(), {.server = {.allow_truncation = true}});
    link.client.write("half a sen");
    link.run();

    link.cut();

    EXPECT_EQ(link.server.received(), "half a sen");
    EXPECT_EQ(link.server.failure(), std::nullopt);
    EXPECT_EQ(link.client.failure()->code, condition::truncated);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_failure);

TEST_P(M_connect_failure, a_hang_up_at_any_step_of_the_handshake_is_one_clear_error_on_each_side) {
    const auto whole = handshake(GetParam(), {.wire = {.how = delivery::odd_sizes, .seed = 7}});
    ASSERT_GT(whole.deliveries(), 2U);
    for (std::size_t step = 0; step < whole.deliveries(); ++step) {
        SCOPED_TRACE("cut after delivery " + std::to_string(step));
        const auto link = handshake(
            GetParam(), {.wire = {.how = delivery::odd_sizes, .seed = 7, .cut_after = step}});

        for (const link_end* end : {&link.client, &link.server}) {
            ASSERT_TRUE(end->failure());
            EXPECT_THAT(end->failure()->code,
                        testing::AnyOf(errc::disconnected_before_secure, errc::socket_hang_up,
                                       errc::truncated));
            EXPECT_EQ(
                std::ranges::count_if(end->trace(),
                                      [](const auto& event) { return event.starts_with("error"); }),
                1);
        }
    }
}

TEST_P(M_connect_failure, the_documented_texts_are_used) {
    const auto link = handshake(GetParam(), {.wire = {.cut_after = 1}});

    EXPECT_EQ(link.client.failure()->message,
              "Client network socket disconnected before secure TLS connection was established");
    EXPECT_EQ(link.client.error(), "ECONNRESET");
    EXPECT_EQ(link.server.failure()->message, "socket hang up");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_handshake_timeout);

TEST_P(M_server_handshake_timeout, a_silent_client_is_dropped) {
    auto link = make_link(GetParam(), {.wire = {.cut_after = 0}});
    link_end& server = link.server;
    byte_buffer out;
    server.tls().handshake({}, out, link.clock.now());
    ASSERT_TRUE(server.tls().deadline());

    link.clock.advance(std::chrono::milliseconds(119'999));
    server.tls().expire(link.clock.now());
    EXPECT_FALSE(server.tls().last_failure());
    link.clock.advance(std::chrono::milliseconds(1));
    server.tls().expire(link.clock.now());

    ASSERT_TRUE(server.tls().last_failure());
    EXPECT_EQ(server.tls().last_failure()->code, condition::timeout);
}

TEST_P(M_server_handshake_timeout, a_finished_handshake_has_no_deadline) {
    const auto link = handshake(GetParam());

    EXPECT_FALSE(link.server.tls().deadline());
    EXPECT_FALSE(link.client.tls().deadline());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_max_fragment);

TEST_P(M_socket_max_fragment, no_record_with_more_plaintext_leaves_afterwards) {
    constexpr std::size_t overhead = 64;  // Nonce, tag, padding and inner type of any suite.
    for (const std::size_t size : {std::size_t{512}, std::size_t{768}, std::size_t{16384}}) {
        auto link = handshake(GetParam());
        const std::size_t before = link.client.sent().size();
        ASSERT_TRUE(link.client.tls().set_max_send_fragment(size));

        link.client.write(pattern(40'000));
        link.run();

        const auto records = records_in(bytes(link.client.sent()).subspan(before));
        EXPECT_EQ(records.size(), (40'000 + size - 1) / size);
        for (const auto& [type, length] : records) {
            EXPECT_EQ(type, 23);
            EXPECT_LE(length, size + overhead);
        }
        EXPECT_EQ(link.server.received(), pattern(40'000));
    }
}

TEST_P(M_socket_max_fragment, outside_the_range_nothing_changes) {
    auto link = handshake(GetParam());

    EXPECT_FALSE(link.client.tls().set_max_send_fragment(511));
    EXPECT_FALSE(link.client.tls().set_max_send_fragment(16385));
    EXPECT_TRUE(link.client.tls().set_max_send_fragment(512));
    EXPECT_TRUE(link.client.tls().set_max_send_fragment(16384));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_cipher);

TEST_P(M_socket_cipher, both_ends_name_the_same_suite_and_version) {
    const auto link = handshake(GetParam());

    ASSERT_NE(link.client.tls().cipher(), nullptr);
    EXPECT_EQ(link.client.tls().cipher(), link.server.tls().cipher());
    EXPECT_THAT(link.client.tls().cipher()->iana_name, testing::StartsWith("TLS_"));
    EXPECT_EQ(link.client.tls().protocol(), name_of(GetParam().version));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_session);

TEST_P(M_socket_session, there_is_none_before_the_handshake) {
    const auto link = make_link(GetParam());

    EXPECT_TRUE(link.client.tls().session().empty());
}

TEST_P(M_socket_session, a_session_event_comes_with_each_ticket) {
    auto link = handshake(GetParam());

    ASSERT_FALSE(link.client.sessions().empty());
    EXPECT_EQ(link.client.tls().session(), link.client.sessions().back());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_session_reused);

TEST_P(X_session_reused, a_session_is_resumed_on_both_ends_and_stays_authorized) {
    const auto first = handshake(GetParam());
    ASSERT_FALSE(first.client.sessions().empty());

    const auto second =
        handshake(GetParam(), {.client = {.session = first.client.sessions().back()}});

    EXPECT_FALSE(first.client.tls().session_reused());
    EXPECT_TRUE(second.client.tls().session_reused());
    EXPECT_TRUE(second.server.tls().session_reused());
    EXPECT_TRUE(second.client.tls().authorized());
}

TEST_P(X_session_reused, the_verdict_on_the_client_survives) {
    context_options options = client_options_for(GetParam());
    options.key = alice().key_pem();
    options.cert = alice().certificate_pem();
    const auto context = value_of(create_secure_context(options));
    const auto first =
        handshake(GetParam(), {.client = {.context = context}, .server = {.request_cert = true}});
    ASSERT_FALSE(first.client.sessions().empty());

    const auto second = handshake(
        GetParam(), {.client = {.context = context, .session = first.client.sessions().back()},
                     .server = {.request_cert = true, .reject_unauthorized = true}});

    EXPECT_TRUE(second.server.tls().session_reused());
    EXPECT_TRUE(second.server.tls().authorized());
}

TEST_P(X_session_reused, an_unverified_client_does_not_become_authorized) {
    const auto first = handshake(GetParam(), {.server = {.request_cert = true}});
    ASSERT_FALSE(first.client.sessions().empty());

    const auto let_in =
        handshake(GetParam(), {.client = {.session = first.client.sessions().back()},
                               .server = {.request_cert = true}});
    const auto refused =
        handshake(GetParam(), {.client = {.session = first.client.sessions().back()},
                               .server = {.request_cert = true, .reject_unauthorized = true}});

    EXPECT_FALSE(let_in.server.tls().authorized());
    EXPECT_EQ(let_in.server.tls().authorization_error(), "UNABLE_TO_GET_ISSUER_CERT");
    EXPECT_EQ(refused.server.error(), "CERTIFICATE_REQUIRED");
}

TEST_P(X_session_reused, a_session_from_before_the_certificate_was_asked_for_is_no_way_around) {
    const auto first = handshake(GetParam());
    ASSERT_FALSE(first.client.sessions().empty());

    const auto second =
        handshake(GetParam(), {.client = {.session = first.client.sessions().back()},
                               .server = {.request_cert = true, .reject_unauthorized = true}});

    EXPECT_EQ(second.server.error(), "CERTIFICATE_REQUIRED");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_session);

TEST_P(M_connect_session, a_corrupt_session_leads_to_a_full_handshake) {
    const auto first = handshake(GetParam());
    ASSERT_FALSE(first.client.sessions().empty());
    const auto good = first.client.sessions().back();
    for (std::size_t size = 0; size < good.size(); size += 97) {
        auto cut = good;
        cut.resize(size);

        const auto link = handshake(GetParam(), {.client = {.session = cut}});

        EXPECT_TRUE(link.client.tls().authorized());
        EXPECT_FALSE(link.client.tls().session_reused());
    }
}

TEST_P(M_connect_session, a_session_of_another_host_leads_to_a_full_handshake) {
    const auto first = handshake(GetParam());
    ASSERT_FALSE(first.client.sessions().empty());

    const auto second = handshake(
        GetParam(), {.client = {.host = "127.0.0.1", .session = first.client.sessions().back()}});

    EXPECT_TRUE(second.client.tls().authorized());
    EXPECT_FALSE(second.client.tls().session_reused());
}

TEST_P(M_connect_session, a_session_of_an_unverified_server_is_not_resumed_when_rejecting) {
    const credential stranger =
        self_signed({.common_name = "stranger", .dns_names = {"localhost"}});
    context_options options = server_options_for(GetParam());
    options.key = stranger.key_pem();
    options.cert = stranger.certificate_pem();
    const auto server = value_of(create_secure_context(options));
    const auto first = handshake(
        GetParam(), {.client = {.reject_unauthorized = false}, .server = {.context = server}});
    ASSERT_FALSE(first.client.sessions().empty());
    const auto session = first.client.sessions().back();

    const auto rejecting =
        handshake(GetParam(), {.client = {.session = session}, .server = {.context = server}});
    const auto lenient =
        handshake(GetParam(), {.client = {.reject_unauthorized = false, .session = session},
                               .server = {.context = server}});

    EXPECT_EQ(rejecting.client.error(), "DEPTH_ZERO_SELF_SIGNED_CERT");
    EXPECT_TRUE(lenient.client.tls().session_reused());
    EXPECT_FALSE(lenient.client.tls().authorized());
    EXPECT_EQ(lenient.client.tls().authorization_error(), "DEPTH_ZERO_SELF_SIGNED_CERT");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_session_timeout);

TEST_P(M_ctx_session_timeout, within_it_resumed_and_past_it_a_full_handshake) {
    context_options options = server_options_for(GetParam());
    options.session_timeout = std::chrono::seconds(100);
    const auto server = value_of(create_secure_context(options));
    const auto first = handshake(GetParam(), {.server = {.context = server}});
    ASSERT_FALSE(first.client.sessions().empty());

    const auto after = [&](std::chrono::seconds time) {
        auto link = make_link(GetParam(), {.client = {.session = first.client.sessions().back()},
                                           .server = {.context = server}});
        link.clock.advance(time);
        link.run();
        return link.client.tls().session_reused();
    };

    EXPECT_TRUE(after(std::chrono::seconds(99)));
    EXPECT_FALSE(after(std::chrono::seconds(100)));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_session_id_context);

TEST_P(M_ctx_session_id_context, separates_the_sessions_of_different_applications) {
    context_options options = server_options_for(GetParam());
    options.session_id_context = "one";
    const auto one = value_of(create_secure_context(options));
    const auto first = handshake(GetParam(), {.server = {.context = one}});
    ASSERT_FALSE(first.client.sessions().empty());
    const auto session = first.client.sessions().back();

    const auto same =
        handshake(GetParam(), {.client = {.session = session}, .server = {.context = one}});
    options.session_id_context = "two";
    const auto other =
        handshake(GetParam(), {.client = {.session = session},
                               .server = {.context = value_of(create_secure_context(options))}});

    EXPECT_TRUE(same.client.tls().session_reused());
    EXPECT_FALSE(other.client.tls().session_reused());
    EXPECT_TRUE(other.client.tls().authorized());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pair);

/// Joins the encrypted ends of two pairs.
void join(const secure_pair& a, const secure_pair& b) {
    a.encrypted().on_data([to = b.encrypted()](bytes data) mutable { to.write(data); });
    b.encrypted().on_data([to = a.encrypted()](bytes data) mutable { to.write(data); });
}

TEST_P(M_pair, secure_comes_once_and_authorized_can_be_read_then) {
    manual_clock clock;
    const auto now = [&clock] { return clock.now(); };
    auto client = value_of(create_secure_pair({.context = client_context_for(GetParam()),
                                               .reject_unauthorized = true,
                                               .host = "localhost",
                                               .clock = now}));
    auto server = value_of(create_secure_pair(
        {.context = server_context_for(GetParam()), .is_server = true, .clock = now}));
    int secure = 0;
    bool authorized = false;
    client.on_secure([&, cleartext = client.cleartext()] {
        ++secure;
        authorized = cleartext.details().authorized();
    });

    join(client, server);

    EXPECT_EQ(secure, 1);
    EXPECT_TRUE(authorized);
    client.destroy();
    server.destroy();
}

TEST_P(M_pair, listeners_are_released_when_both_sides_have_ended_or_by_destroy) {
    manual_clock clock;
    const auto now = [&clock] { return clock.now(); };
    const auto count = std::make_shared<int>();
    for (const bool in_order : {true, false}) {
        auto client = value_of(create_secure_pair(
            {.context = client_context_for(GetParam()), .host = "localhost", .clock = now}));
        auto server = value_of(create_secure_pair(
            {.context = server_context_for(GetParam()), .is_server = true, .clock = now}));
        client.on_secure([count, client] {});
        server.cleartext().on_end(
            [count, cleartext = server.cleartext()]() mutable { cleartext.end(); });
        join(client, server);
        ASSERT_GT(count.use_count(), 1);

        if (in_order) {
            client.cleartext().end();
        } else {
            client.destroy();
            server.destroy();
        }

        EXPECT_EQ(count.use_count(), 1);
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pair_back_to_back);

TEST_P(M_pair_back_to_back, carries_data_in_chunks_of_any_size) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
        manual_clock clock;
        const auto now = [&clock] { return clock.now(); };
        auto client = value_of(create_secure_pair({.context = client_context_for(GetParam()),
                                                   .reject_unauthorized = true,
                                                   .host = "localhost",
                                                   .clock = now}));
        auto server = value_of(create_secure_pair(
            {.context = server_context_for(GetParam()), .is_server = true, .clock = now}));
        std::string received;
        bool ended = false;
        server.cleartext().on_data([&](bytes data) { received += as_text(data); });
        server.cleartext().on_end([&] { ended = true; });
        const auto in_chunks = [chunk](encrypted_end to) {
            return [chunk, to](bytes data) mutable {
                while (!data.empty()) {
                    to.write(data.first(std::min(chunk, data.size())));
                    data = data.subspan(std::min(chunk, data.size()));
                }
            };
        };
        client.cleartext().write(as_bytes(pattern(50'000)));
        client.cleartext().end();

        client.encrypted().on_data(in_chunks(server.encrypted()));
        server.encrypted().on_data(in_chunks(client.encrypted()));

        EXPECT_EQ(received, pattern(50'000));
        EXPECT_TRUE(ended);
        server.cleartext().end();
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pair_bytes_written);

TEST_P(M_pair_bytes_written, counts_ciphertext_with_its_overhead) {
    manual_clock clock;
    const auto now = [&clock] { return clock.now(); };
    auto client = value_of(create_secure_pair(
        {.context = client_context_for(GetParam()), .host = "localhost", .clock = now}));
    auto server = value_of(create_secure_pair(
        {.context = server_context_for(GetParam()), .is_server = true, .clock = now}));
    std::size_t heard = 0;
    client.encrypted().on_data([&, to = server.encrypted()](bytes data) mutable {
        heard += data.size();
        to.write(data);
    });
    server.encrypted().on_data([to = client.encrypted()](bytes data) mutable { to.write(data); });
    const std::uint64_t before = client.encrypted().bytes_written();

    client.cleartext().write(as_bytes(pattern(1000)));

    EXPECT_GT(client.encrypted().bytes_written(), before + 1000);
    EXPECT_EQ(client.encrypted().bytes_written(), heard);
    client.destroy();
    server.destroy();
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ephemeral_key);

TEST_P(M_ephemeral_key, is_told_to_the_client_by_kind_name_and_size) {
    struct expected {
        std::string_view group;
        std::string_view type;
        unsigned size;
    };

    for (const auto& [group, type, size] :
         {expected{"x25519", "ECDH", 253}, expected{"secp256r1", "ECDH", 256},
          expected{"secp384r1", "ECDH", 384}}) {
        context_options client = client_options_for(GetParam());
        // Below TLS 1.3 the certificate's curve has to be among them.
        client.ecdh_curve = std::string(group) + ":secp256r1";
        context_options server = server_options_for(GetParam());
        server.ecdh_curve = std::string(group);
        const auto link =
            handshake(GetParam(), {.client = {.context = value_of(create_secure_context(client))},
                                   .server = {.context = value_of(create_secure_context(server))}});

        const auto key = link.client.tls().ephemeral_key();

        EXPECT_EQ(key.name, group);
        EXPECT_EQ(key.type, type);
        EXPECT_EQ(key.size, size);
        EXPECT_EQ(link.server.tls().ephemeral_key().type, "");
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_exporter);

TEST_P(X_exporter, both_ends_derive_the_same_and_each_label_and_context_another) {
    const auto link = handshake(GetParam());
    const auto derived = [](const link_end& end, std::string_view label,
                            std::optional<bytes> context = {}) {
        return value_of(end.tls().export_keying_material(48, label, context));
    };

    const auto material = derived(link.client, "EXPORTER-polytls-test");

    EXPECT_EQ(material.size(), 48U);
    EXPECT_EQ(derived(link.server, "EXPORTER-polytls-test"), material);
    EXPECT_NE(derived(link.client, "EXPORTER-polytls-other"), material);
    const auto with_context = derived(link.client, "EXPORTER-polytls-test", as_bytes("context"));
    EXPECT_NE(with_context, material);
    EXPECT_EQ(derived(link.server, "EXPORTER-polytls-test", as_bytes("context")), with_context);
    EXPECT_NE(derived(handshake(GetParam()).client, "EXPORTER-polytls-test"), material);
}

TEST_P(X_exporter, is_refused_before_the_handshake_and_for_no_length_at_all) {
    const auto before = make_link(GetParam());
    const auto link = handshake(GetParam());

    EXPECT_EQ(before.client.tls().export_keying_material(32, "EXPORTER-x").error().code,
              errc::wrong_state);
    EXPECT_EQ(link.client.tls().export_keying_material(0, "EXPORTER-x").error().code,
              errc::invalid_argument);
    EXPECT_EQ(link.client.tls().export_keying_material(1U << 30U, "EXPORTER-x").error().code,
              errc::invalid_argument);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_finished);

TEST_P(X_finished, what_one_end_sent_the_other_received) {
    const auto link = handshake(GetParam());

    EXPECT_FALSE(link.client.tls().finished().empty());
    EXPECT_EQ(link.client.tls().finished(), link.server.tls().peer_finished());
    EXPECT_EQ(link.server.tls().finished(), link.client.tls().peer_finished());
    EXPECT_NE(link.client.tls().finished(), link.server.tls().finished());
    EXPECT_TRUE(make_link(GetParam()).client.tls().finished().empty());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_key_log);

/// The labels of NSS's format that a version's handshake is read by.
std::vector<std::string> labels_of(protocol_version version) {
    if (version < protocol_version::tls1_3) {
        return {"CLIENT_RANDOM"};
    }
    return {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"};
}

TEST_P(X_key_log, both_ends_tell_the_same_lines_in_nss_format) {
    std::set<std::string> client;
    std::set<std::string> server;

    handshake(GetParam(),
              {.client = {.key_log = [&](std::string_view line) { client.emplace(line); }},
               .server = {.key_log = [&](std::string_view line) { server.emplace(line); }}});

    for (const std::string& label : labels_of(GetParam().version)) {
        const auto line = std::ranges::find_if(
            client, [&](const std::string& one) { return one.starts_with(label + ' '); });
        ASSERT_NE(line, client.end()) << label;
        EXPECT_THAT(*line,
                    testing::MatchesRegex("[A-Z_0-9]+ [0-9a-f]{64} ([0-9a-f]{64}|[0-9a-f]{96})"));
        EXPECT_TRUE(server.contains(*line)) << *line;
    }
}

TEST_P(X_key_log, begins_with_the_client_random_that_was_sent) {
    std::vector<std::string> lines;
    const auto link = handshake(GetParam(), {.client = {.key_log = [&](std::string_view line) {
                                                 lines.emplace_back(line);
                                             }}});

    // After the headers of record and message, and the legacy version.
    const auto& sent = link.client.sent();
    std::string random;
    for (std::size_t i = 11; i < 11 + 32; ++i) {
        constexpr char digits[] = "0123456789abcdef";
        random += digits[sent[i] >> 4U];
        random += digits[sent[i] & 15U];
    }

    ASSERT_FALSE(lines.empty());
    for (const std::string& line : lines) {
        EXPECT_EQ(line.substr(line.find(' ') + 1, 64), random);
    }
}

TEST_P(X_key_log, what_its_listener_throws_comes_out_of_the_step) {
    auto link = make_link(GetParam(), {.client = {.key_log = [](std::string_view) {
                                           throw std::runtime_error("disk full");
                                       }}});

    EXPECT_THROW(link.run(), std::runtime_error);
}

}  // namespace
}  // namespace polytls::testkit
