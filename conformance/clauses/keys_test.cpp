// Clauses on keys that are elsewhere, on keys that are shared, and on what both ends can do with
// theirs.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/pki.hpp"
#include "../testkit/signer.hpp"

#include <polytls/transport/stream.hpp>

#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::testkit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using byte_string = std::vector<std::uint8_t>;

support level_of(const backend& with, feature wanted) {
    return capability_of(with.capabilities(), wanted).support;
}

/// Holds that an option is refused where the report says so; true when it is.
template <class Outcome>
bool is_refused(const backend& with, feature wanted, const Outcome& outcome) {
    if (with.supports(wanted)) {
        return false;
    }
    EXPECT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, errc::unsupported_by_backend);
    testing::Test::RecordProperty("refused", with.refusal(wanted).message);
    return true;
}

// Keys that are elsewhere

POLYTLS_CLAUSE_OVER_PAIRINGS(X_private_key_op);

sign_callback signing_with(const credential& who) {
    return [who](const signing_request& request, const auto& done) {
        done(sign(who, request.scheme, request.input));
    };
}

context_options without_key(context_options options, sign_callback call) {
    options.key = {};
    options.sign_callback = std::move(call);
    return options;
}

/// A certificate with an RSA key, for which there are two ways to sign.
const credential& rsa_localhost() {
    static const credential made = root().issue(
        {.common_name = "localhost", .dns_names = {"localhost"}, .key = key_kind::rsa_2048});
    return made;
}

TEST_P(X_private_key_op, a_servers_signature_may_come_from_a_callback) {
    for (const credential* who : {&localhost(), &rsa_localhost()}) {
        auto options = without_key(server_options_for(GetParam()), signing_with(*who));
        options.cert = who->certificate_pem();
        const auto context = create_secure_context(options);
        if (is_refused(GetParam().server, feature::private_key_operations, context)) {
            return;
        }

        auto wire = handshake(GetParam(), {.server = {.context = *context}});
        wire.client.write("over and over");
        wire.run();

        EXPECT_TRUE(wire.client.tls().authorized());
        EXPECT_EQ(wire.client.tls().peer_certificate().raw, who->certificate_der());
        EXPECT_EQ(wire.server.received(), "over and over");
    }
}

TEST_P(X_private_key_op, so_may_a_clients) {
    auto options = without_key(client_options_for(GetParam()), signing_with(alice()));
    options.cert = alice().certificate_pem();
    const auto context = create_secure_context(options);
    if (is_refused(GetParam().client, feature::private_key_operations, context)) {
        return;
    }

    auto wire =
        handshake(GetParam(), {.client = {.context = *context},
                               .server = {.request_cert = true, .reject_unauthorized = true}});

    EXPECT_TRUE(wire.server.tls().authorized());
    EXPECT_EQ(wire.server.tls().peer_certificate().raw, alice().certificate_der());
}

TEST_P(X_private_key_op, it_may_answer_later) {
    std::optional<late_answer<byte_string>> answer;
    byte_string made;
    const auto context = create_secure_context(without_key(
        server_options_for(GetParam()), [&](const signing_request& request, const auto& done) {
            EXPECT_TRUE(std::ranges::equal(request.certificate, localhost().certificate_der()));
            made = sign(localhost(), request.scheme, request.input);
            answer = done;
        }));
    if (is_refused(GetParam().server, feature::private_key_operations, context)) {
        return;
    }

    auto wire = handshake(GetParam(), {.server = {.context = *context}});
    ASSERT_TRUE(answer);
    if (level_of(GetParam().server, feature::private_key_operations) == support::limited) {
        EXPECT_EQ(wire.server.error(), "UNSUPPORTED_BY_BACKEND");
        return;
    }
    EXPECT_THAT(wire.client.trace(), IsEmpty());
    (*answer)(made);
    wire.run();

    EXPECT_TRUE(wire.client.tls().authorized());
    (*answer)(made);
    EXPECT_EQ(wire.server.error(), "");
}

TEST_P(X_private_key_op, an_answer_that_comes_after_the_connection_has_gone_is_ignored) {
    std::optional<late_answer<byte_string>> answer;
    const auto context = create_secure_context(
        without_key(server_options_for(GetParam()),
                    [&](const signing_request&, const auto& done) { answer = done; }));
    if (is_refused(GetParam().server, feature::private_key_operations, context)) {
        return;
    }
    {
        const auto wire = handshake(GetParam(), {.server = {.context = *context}});
        ASSERT_TRUE(answer);
    }

    (*answer)(byte_string(64, 1));

    SUCCEED() << "under the sanitizers, that nothing of the connection is touched or left behind";
}

TEST_P(X_private_key_op, an_error_ends_the_handshake_with_it) {
    const auto context = create_secure_context(
        without_key(server_options_for(GetParam()), [](const signing_request&, const auto& done) {
            done(make_failure(errc::refused_by_callback, "the card was taken out"));
        }));
    if (is_refused(GetParam().server, feature::private_key_operations, context)) {
        return;
    }

    auto wire = handshake(GetParam(), {.server = {.context = *context}});

    ASSERT_TRUE(wire.server.failure());
    EXPECT_EQ(wire.server.failure()->message, "the card was taken out");
    EXPECT_EQ(wire.client.error(), "ALERT_RECEIVED");
}

TEST_P(X_private_key_op, a_new_handshake_asks_again_and_may_wait_too) {
    std::vector<std::pair<byte_string, late_answer<byte_string>>> asked;
    const auto context = create_secure_context(without_key(
        server_options_for(GetParam()), [&](const signing_request& request, const auto& done) {
            asked.emplace_back(sign(localhost(), request.scheme, request.input), done);
            if (asked.size() == 1) {
                done(asked.back().first);
            }
        }));
    if (is_refused(GetParam().server, feature::private_key_operations, context)) {
        return;
    }
    auto wire = handshake(GetParam(), {.server = {.context = *context}});

    const progress begun = wire.client.renegotiate({}, wire.clock.now());
    if (GetParam().version == protocol_version::tls1_3) {
        EXPECT_EQ(begun.error.code, errc::renegotiation_unavailable);
        return;
    }
    wire.run();
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_TRUE(wire.client.tls().renegotiating());
    asked[1].second(asked[1].first);
    wire.run();

    EXPECT_FALSE(wire.client.tls().renegotiating());
    wire.server.write("after it");
    wire.run();
    EXPECT_EQ(wire.client.received(), "after it");
}

TEST_P(X_private_key_op, sockets_wait_for_it_at_first_and_in_a_new_handshake) {
    asio::io_context* loop = nullptr;
    int asked = 0;
    const auto context = create_secure_context(without_key(
        server_options_for(GetParam()), [&](const signing_request& request, const auto& done) {
            ++asked;
            asio::post(*loop, [done, made = sign(localhost(), request.scheme, request.input)] {
                done(made);
            });
        }));
    if (level_of(GetParam().server, feature::private_key_operations) != support::yes) {
        return;
    }
    network net(GetParam(), {.secure_context = *context});
    loop = &net.io;
    net.server.on_secure_connection(echo);
    auto client = net.connect();
    trace seen(client);
    seen.watch_data(client);
    client.on_secure_connect([client]() mutable {
        client.write("before;");
        client.renegotiate(
            {}, [client](const std::optional<failure>&) mutable { client.end("after"); });
    });

    net.run_to_the_end();

    EXPECT_EQ(asked, GetParam().version == protocol_version::tls1_3 ? 1 : 2);
    EXPECT_EQ(seen.received(), "before;after");
    EXPECT_THAT(seen.errors(), IsEmpty());
    EXPECT_THAT(net.client_errors, IsEmpty());
}

TEST_P(X_private_key_op, streams_wait_for_it) {
    asio::io_context io;
    const auto context = create_secure_context(without_key(
        server_options_for(GetParam()), [&](const signing_request& request, const auto& done) {
            asio::post(io, [done, made = sign(localhost(), request.scheme, request.input)] {
                done(made);
            });
        }));
    if (level_of(GetParam().server, feature::private_key_operations) != support::yes) {
        return;
    }
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
    stream<asio::ip::tcp::socket> client(
        asio::ip::tcp::socket(io),
        client_settings{.context = client_context_for(GetParam()), .host = "localhost"});
    stream<asio::ip::tcp::socket> server(asio::ip::tcp::socket(io),
                                         server_settings{.context = *context});
    client.next_layer().connect(acceptor.local_endpoint());
    acceptor.accept(server.next_layer());
    std::vector<std::error_code> done;

    client.async_handshake(stream_base::client, [&](std::error_code why) { done.push_back(why); });
    server.async_handshake(stream_base::server, [&](std::error_code why) { done.push_back(why); });
    run(io);

    EXPECT_THAT(done, ElementsAre(std::error_code(), std::error_code()));
}

TEST_P(X_private_key_op, rsa_key_exchange_is_left_out) {
    auto options = without_key(server_options_for(GetParam()), signing_with(rsa_localhost()));
    options.cert = rsa_localhost().certificate_pem();
    options.ciphers = "AES128-GCM-SHA256";
    options.min_version = protocol_version::tls1_2;
    options.max_version = protocol_version::tls1_2;

    const auto context = create_secure_context(options);

    if (is_refused(GetParam().server, feature::private_key_operations, context)) {
        return;
    }
    ASSERT_FALSE(context);
    EXPECT_EQ(context.error().code, errc::no_cipher_match);
    EXPECT_THAT(context.error().message, HasSubstr("sign_callback"));
}

TEST_P(X_private_key_op, goes_with_certificates_and_not_with_keys) {
    auto with_key = server_options_for(GetParam());
    with_key.sign_callback = signing_with(localhost());
    auto without_certificate = without_key(server_options_for(GetParam()), with_key.sign_callback);
    without_certificate.cert = {};

    for (const auto& options : {with_key, without_certificate}) {
        const auto context = create_secure_context(options);

        ASSERT_FALSE(context);
        EXPECT_EQ(context.error().input, "sign_callback");
    }
}

// Keys that are shared

POLYTLS_CLAUSE_OVER_PAIRINGS(X_psk);

const byte_string key_of_alice(32, 'a');

client_psk_callback own(std::string identity, byte_string key) {
    return [=](std::string_view, const auto& done) {
        done(psk_credentials{.identity = identity, .key = key});
    };
}

server_psk_callback knowing(std::map<std::string, byte_string> keys) {
    return [keys = std::move(keys)](std::string_view identity, const auto& done) {
        const auto found = keys.find(std::string(identity));
        done(found == keys.end() ? byte_string() : found->second);
    };
}

/// Contexts that have no certificate and trust nobody.
secure_context bare_context(const backend& with, const pairing& of, std::string ciphers) {
    return value_of(create_secure_context({.backend = with,
                                           .ca = one_or_many(),
                                           .ciphers = std::move(ciphers),
                                           .min_version = of.version,
                                           .max_version = of.version}));
}

struct psk_setup {
    std::string hint{};
    std::string ciphers = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:"
                          "ECDHE-PSK-CHACHA20-POLY1305:PSK-AES128-GCM-SHA256";
};

/// Two ends with keys; nothing where a backend has none, which then refuses them.
std::optional<link> psk_link(const pairing& with,
                             client_psk_callback client,
                             server_psk_callback server,
                             const psk_setup& setup = {}) {
    const auto ciphers_for = [&](const backend& one) {
        return one.supports(feature::psk) ? setup.ciphers : std::string("DEFAULT");
    };
    auto client_end = endpoint::make(
        client_settings{.context = bare_context(with.client, with, ciphers_for(with.client)),
                        .host = "localhost",
                        .psk_callback = std::move(client)});
    auto server_end = endpoint::make(
        server_settings{.context = bare_context(with.server, with, ciphers_for(with.server)),
                        .psk_callback = std::move(server),
                        .psk_identity_hint = setup.hint});
    const bool client_refused = is_refused(with.client, feature::psk, client_end);
    const bool server_refused = is_refused(with.server, feature::psk, server_end);
    if (client_refused || server_refused) {
        return std::nullopt;
    }
    return link(*std::move(client_end), *std::move(server_end));
}

TEST_P(X_psk, takes_the_place_of_certificates) {
    auto wire =
        psk_link(GetParam(), own("alice", key_of_alice), knowing({{"alice", key_of_alice}}));
    if (!wire) {
        return;
    }

    wire->client.write("psst");
    wire->run();

    EXPECT_EQ(wire->server.received(), "psst");
    EXPECT_TRUE(wire->client.tls().authorized());
    EXPECT_TRUE(wire->server.tls().authorized());
    EXPECT_EQ(wire->client.tls().authorization_error(), "");
    EXPECT_EQ(wire->server.tls().psk_identity(), "alice");
    EXPECT_EQ(wire->client.tls().psk_identity(), "alice");
    EXPECT_TRUE(wire->client.tls().peer_certificate().empty());
    EXPECT_FALSE(wire->client.tls().session_reused());
    EXPECT_THAT(wire->client.sessions(), IsEmpty());
}

TEST_P(X_psk, a_server_may_find_the_key_later) {
    std::optional<late_answer<byte_string>> answer;
    auto wire = psk_link(GetParam(), own("alice", key_of_alice),
                         [&](std::string_view, const auto& done) { answer = done; });
    if (!wire) {
        return;
    }

    wire->run();
    ASSERT_TRUE(answer);
    if (level_of(GetParam().server, feature::psk) == support::limited) {
        EXPECT_EQ(wire->server.error(), "UNSUPPORTED_BY_BACKEND");
        return;
    }
    EXPECT_THAT(wire->server.trace(), IsEmpty());
    (*answer)(key_of_alice);
    wire->run();

    EXPECT_EQ(wire->server.tls().psk_identity(), "alice");
}

TEST_P(X_psk, so_may_a_client) {
    std::vector<late_answer<psk_credentials>> answers;
    auto wire = psk_link(
        GetParam(), [&](std::string_view, const auto& done) { answers.push_back(done); },
        knowing({{"alice", key_of_alice}}));
    if (!wire) {
        return;
    }

    wire->run();
    ASSERT_EQ(answers.size(), 1U);
    if (level_of(GetParam().client, feature::psk) == support::limited) {
        EXPECT_EQ(wire->client.error(), "UNSUPPORTED_BY_BACKEND");
        return;
    }
    answers[0](psk_credentials{.identity = "alice", .key = key_of_alice});
    wire->run();

    EXPECT_EQ(wire->server.tls().psk_identity(), "alice");
}

TEST_P(X_psk, the_hint_helps_the_client_below_tls1_3) {
    std::vector<std::string> hints;
    auto wire = psk_link(GetParam(),
                         [&](std::string_view hint, const auto& done) {
                             hints.emplace_back(hint);
                             done(psk_credentials{.identity = "alice", .key = key_of_alice});
                         },
                         knowing({{"alice", key_of_alice}}), {.hint = "by the river"});
    if (!wire) {
        return;
    }

    wire->run();

    const bool tls1_3 = GetParam().version == protocol_version::tls1_3;
    EXPECT_THAT(hints, ElementsAre(tls1_3 ? "" : "by the river"));
    EXPECT_TRUE(wire->client.tls().authorized());
}

TEST_P(X_psk, another_key_than_the_peers_lets_nobody_in) {
    const byte_string secret(32, 'z');
    auto wire = psk_link(GetParam(), own("alice", secret), knowing({{"alice", key_of_alice}}));
    if (!wire) {
        return;
    }

    wire->run();

    ASSERT_TRUE(wire->server.failure());
    ASSERT_TRUE(wire->client.failure());
    EXPECT_EQ(wire->client.error(), "ALERT_RECEIVED");
    EXPECT_THAT(wire->server.trace(), Not(Contains("secure")));
    EXPECT_THAT(wire->server.failure()->message, Not(HasSubstr("zz")));
    EXPECT_THAT(wire->server.failure()->message, Not(HasSubstr("aa")));
    EXPECT_EQ(wire->server.tls().psk_identity(), "");
}

TEST_P(X_psk, an_identity_that_nobody_knows_ends_both_sides) {
    auto wire = psk_link(GetParam(), own("mallory", key_of_alice), knowing({}));
    if (!wire) {
        return;
    }

    wire->run();

    EXPECT_TRUE(wire->server.failure());
    EXPECT_EQ(wire->client.error(), "ALERT_RECEIVED");
    EXPECT_FALSE(wire->server.tls().authorized());
}

TEST_P(X_psk, a_callbacks_error_is_the_connections) {
    auto wire =
        psk_link(GetParam(), own("alice", key_of_alice), [](std::string_view, const auto& done) {
            done(make_failure(errc::refused_by_callback, "the directory is down"));
        });
    if (!wire) {
        return;
    }

    wire->run();

    ASSERT_TRUE(wire->server.failure());
    EXPECT_EQ(wire->server.failure()->message, "the directory is down");
    EXPECT_EQ(wire->client.error(), "ALERT_RECEIVED");
}

TEST_P(X_psk, what_cannot_be_sent_is_a_clear_error) {
    const std::string with_nul("a\0b", 3);
    for (const auto& [identity, key] :
         {std::pair(std::string(129, 'x'), key_of_alice), std::pair(with_nul, key_of_alice),
          std::pair(std::string(), key_of_alice),
          std::pair(std::string("alice"), byte_string(257, 'k'))}) {
        auto wire = psk_link(GetParam(), own(identity, key), knowing({}));
        if (!wire) {
            return;
        }

        wire->run();

        ASSERT_TRUE(wire->client.failure());
        EXPECT_EQ(wire->client.error(), "INVALID_ARGUMENT");
        EXPECT_THAT(wire->client.failure()->message, HasSubstr("psk_callback"));
        EXPECT_THAT(wire->client.failure()->message, Not(HasSubstr("kkk")));
    }
}

TEST_P(X_psk, a_client_without_a_key_is_served_by_certificate) {
    if (!GetParam().server.supports(feature::psk)) {
        auto refused = endpoint::make(server_settings{.context = server_context_for(GetParam()),
                                                      .psk_callback = knowing({})});
        EXPECT_TRUE(is_refused(GetParam().server, feature::psk, refused));
        return;
    }

    const auto wire =
        handshake(GetParam(), {.server = {.psk_callback = knowing({{"alice", key_of_alice}})}});

    EXPECT_TRUE(wire.client.tls().authorized());
    EXPECT_EQ(wire.client.tls().peer_certificate().raw, localhost().certificate_der());
    EXPECT_EQ(wire.server.tls().psk_identity(), "");
    EXPECT_FALSE(wire.server.tls().authorized());
}

TEST_P(X_psk, suites_are_never_in_the_default_list) {
    auto wire = psk_link(GetParam(), own("alice", key_of_alice), knowing({{"alice", key_of_alice}}),
                         {.ciphers = "DEFAULT"});
    if (!wire) {
        return;
    }

    wire->run();

    // TLS 1.3 has no suites of its own for them.
    const bool tls1_3 = GetParam().version == protocol_version::tls1_3;
    EXPECT_EQ(wire->server.tls().psk_identity(), tls1_3 ? "alice" : "");
    EXPECT_EQ(wire->server.error(), tls1_3 ? "" : "NO_SHARED_CIPHER");
}

// What both ends can do

POLYTLS_CLAUSE_OVER_PAIRINGS(X_tls13);

TEST_P(X_tls13, keys_are_changed_while_data_goes_on) {
    auto wire = handshake(GetParam());
    byte_buffer out;

    const progress changed = wire.client.tls().update_keys(true, out, wire.clock.now());
    const bool tls1_3 = GetParam().version == protocol_version::tls1_3;
    if (!tls1_3 || !GetParam().client.supports(feature::key_update)) {
        EXPECT_EQ(changed.error.code, tls1_3 ? errc::unsupported_by_backend : errc::wrong_state);
        EXPECT_TRUE(out.empty());
    } else {
        EXPECT_FALSE(changed.error);
        EXPECT_FALSE(out.empty());
    }
    wire.inject_to_server(out.data());
    wire.client.write("to the server");
    wire.server.write("to the client");
    wire.run();

    EXPECT_EQ(wire.server.received(), "to the server");
    EXPECT_EQ(wire.client.received(), "to the client");
}

TEST_P(X_tls13, sockets_change_their_keys_in_the_order_of_what_is_written) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto client = net.connect();
    trace seen(client);
    seen.watch_data(client);
    bool changed = false;
    client.on_secure_connect([&, client]() mutable {
        client.write("before;");
        changed = client.update_keys(true);
        client.end("after");
    });

    net.run_to_the_end();

    EXPECT_EQ(changed, GetParam().version == protocol_version::tls1_3 &&
                           GetParam().client.supports(feature::key_update));
    EXPECT_EQ(seen.received(), "before;after");
    EXPECT_THAT(seen.errors(), IsEmpty());
}

}  // namespace
}  // namespace polytls::testkit
