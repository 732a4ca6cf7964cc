// Clauses on handshakes of standing connections.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/pki.hpp"

#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

bool possible(const pairing& with) {
    return with.version < protocol_version::tls1_3;
}

secure_context context_of(const pairing& with, const credential& who) {
    auto options = client_options_for(with);
    options.key = who.key_pem();
    options.cert = who.certificate_pem();
    return value_of(create_secure_context(options));
}

/// A new handshake asked for by one end, run to its end.
void renegotiate(link& wire, link_end& by, const renegotiate_options& how = {}) {
    EXPECT_FALSE(by.renegotiate(how, wire.clock.now()).error);
    wire.run();
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_reneg_limit);

TEST_P(M_reneg_limit, three_pass_and_the_fourth_ends_the_connection) {
    if (!possible(GetParam())) {
        auto wire = handshake(GetParam());
        EXPECT_EQ(wire.client.renegotiate({}, wire.clock.now()).error.code,
                  errc::renegotiation_unavailable);
        return;
    }
    auto wire = handshake(GetParam());
    for (int i = 0; i < 3; ++i) {
        renegotiate(wire, wire.client);
        EXPECT_FALSE(wire.server.failure()) << i;
        EXPECT_FALSE(wire.client.tls().renegotiating()) << i;
    }
    const std::size_t sent = wire.server.sent().size();

    renegotiate(wire, wire.client);

    ASSERT_TRUE(wire.server.failure());
    EXPECT_EQ(wire.server.failure()->code, errc::renegotiation_attack);
    EXPECT_THAT(wire.server.failure()->message, HasSubstr("renegotiation attack"));
    EXPECT_EQ(wire.server.sent().size(), sent) << "the server's dear work was not done";
}

TEST_P(M_reneg_limit, is_counted_anew_once_the_window_is_over) {
    auto wire = handshake(GetParam());
    for (int i = 0; i < (possible(GetParam()) ? 9 : 0); ++i) {
        if (i % 3 == 0) {
            wire.clock.advance(std::chrono::seconds(601));
        }
        renegotiate(wire, wire.client);
        EXPECT_FALSE(wire.server.failure()) << i;
    }
}

TEST_P(M_reneg_limit, those_the_server_asks_for_do_not_count) {
    auto wire = handshake(GetParam());
    for (int i = 0; i < (possible(GetParam()) ? 8 : 0); ++i) {
        renegotiate(wire, wire.server);
        EXPECT_FALSE(wire.server.failure()) << i;
        EXPECT_FALSE(wire.server.tls().renegotiating()) << i;
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_reneg_limit_config);

TEST_P(M_reneg_limit_config, a_limit_of_zero_forbids_renegotiation) {
    auto wire = handshake(GetParam(), {.server = {.client_reneg_limit = 0}});
    if (!possible(GetParam())) {
        EXPECT_FALSE(wire.server.failure());
        return;
    }

    renegotiate(wire, wire.client);

    ASSERT_TRUE(wire.server.failure());
    EXPECT_EQ(wire.server.failure()->code, errc::renegotiation_attack);
}

TEST_P(M_reneg_limit_config, both_limits_are_the_servers_choice) {
    auto wire = handshake(
        GetParam(),
        {.server = {.client_reneg_limit = 1, .client_reneg_window = std::chrono::seconds(10)}});
    if (!possible(GetParam())) {
        EXPECT_FALSE(wire.server.failure());
        return;
    }

    renegotiate(wire, wire.client);
    wire.clock.advance(std::chrono::seconds(10));
    renegotiate(wire, wire.client);
    EXPECT_FALSE(wire.server.failure());
    wire.clock.advance(std::chrono::seconds(9));
    renegotiate(wire, wire.client);

    EXPECT_TRUE(wire.server.failure());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_reneg_api);

TEST_P(M_reneg_api, the_protocol_that_was_agreed_on_stays_meanwhile) {
    auto wire = handshake(
        GetParam(), {.client = {.alpn_protocols = {"h2"}}, .server = {.alpn_protocols = {"h2"}}});
    if (!possible(GetParam())) {
        EXPECT_EQ(wire.client.tls().alpn_protocol(), "h2");
        return;
    }
    const std::string_view before = wire.client.tls().alpn_protocol();

    EXPECT_FALSE(wire.client.renegotiate({}, wire.clock.now()).error);
    EXPECT_EQ(wire.client.tls().alpn_protocol(), "h2");
    wire.run();

    EXPECT_EQ(wire.client.tls().alpn_protocol(), "h2");
    EXPECT_EQ(wire.server.tls().alpn_protocol(), "h2");
    EXPECT_EQ(before, "h2") << "a view lives as long as its connection";
}

TEST_P(M_reneg_api, data_in_flight_arrives_in_order_whoever_begins) {
    for (const bool by_server : {false, true}) {
        auto wire = handshake(GetParam());
        if (!possible(GetParam())) {
            continue;
        }
        auto& beginner = by_server ? wire.server : wire.client;
        std::string expected;
        for (int i = 0; i < 3; ++i) {
            wire.client.write("to server " + std::to_string(i) + ';');
            wire.server.write("to client " + std::to_string(i) + ';');
            expected += std::to_string(i);
            renegotiate(wire, beginner);
        }
        wire.run();

        EXPECT_EQ(wire.server.received(), "to server 0;to server 1;to server 2;") << by_server;
        EXPECT_EQ(wire.client.received(), "to client 0;to client 1;to client 2;") << by_server;
        EXPECT_FALSE(wire.client.failure());
        EXPECT_FALSE(wire.server.failure());
    }
}

TEST_P(M_reneg_api, is_complete_when_its_callback_is_called_without_a_failure) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    std::vector<std::string> done;
    auto client = net.connect();
    trace seen(client);
    seen.watch_data(client);
    client.on_secure_connect([&, client]() mutable {
        client.write("before;");
        client.renegotiate({}, [&, client](const std::optional<failure>& why) mutable {
            done.push_back(why ? why->name() : "done");
            client.end("after");
        });
        client.write("meanwhile;");
    });
    net.run_to_the_end();

    EXPECT_THAT(done, ElementsAre(possible(GetParam()) ? "done" : "RENEGOTIATION_UNAVAILABLE"));
    EXPECT_EQ(seen.received(), "before;meanwhile;after");
    EXPECT_THAT(seen.errors(), IsEmpty());
}

TEST_P(M_reneg_api, keys_change) {
    auto wire = handshake(GetParam());
    if (!possible(GetParam())) {
        return;
    }
    const auto before = wire.client.tls().finished();

    renegotiate(wire, wire.client);

    EXPECT_NE(wire.client.tls().finished(), before);
    EXPECT_EQ(wire.client.tls().finished(), wire.server.tls().peer_finished());
}

TEST_P(M_reneg_api, the_server_is_verified_anew) {
    int checks = 0;
    auto wire = handshake(
        GetParam(), {.client = {.check_server_identity = [&](std::string_view, const certificate&) {
                         ++checks;
                         return std::optional<failure>();
                     }}});
    if (!possible(GetParam())) {
        return;
    }

    renegotiate(wire, wire.client);

    EXPECT_EQ(checks, 2);
    EXPECT_TRUE(wire.client.tls().authorized());
}

TEST_P(M_reneg_api, is_refused_where_the_context_forbids_it) {
    auto options = server_options_for(GetParam());
    options.secure_options = secure_options::no_renegotiation;
    auto wire =
        handshake(GetParam(), {.server = {.context = value_of(create_secure_context(options))}});

    const auto tried = wire.server.renegotiate({}, wire.clock.now());
    wire.server.write("still here");
    wire.run();

    EXPECT_EQ(tried.error.code, errc::renegotiation_unavailable);
    EXPECT_EQ(wire.client.received(), "still here");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_reneg_request_cert);

TEST_P(M_reneg_request_cert, a_server_obtains_the_certificate_later) {
    auto wire = handshake(GetParam(), {.client = {.context = context_of(GetParam(), alice())}});
    EXPECT_TRUE(wire.server.tls().peer_certificate().raw.empty());
    if (!possible(GetParam())) {
        EXPECT_EQ(wire.server.renegotiate({.request_cert = true}, wire.clock.now()).error.code,
                  errc::renegotiation_unavailable);
        return;
    }

    renegotiate(wire, wire.server, {.request_cert = true, .reject_unauthorized = true});

    EXPECT_FALSE(wire.server.failure());
    EXPECT_TRUE(wire.server.tls().authorized());
    EXPECT_EQ(wire.server.tls().peer_certificate().raw, alice().certificate_der());
}

TEST_P(M_reneg_request_cert, a_client_without_one_is_refused_or_recorded_as_asked) {
    if (!possible(GetParam())) {
        return;
    }
    auto strict = handshake(GetParam());
    auto lenient = handshake(GetParam());

    renegotiate(strict, strict.server, {.request_cert = true, .reject_unauthorized = true});
    renegotiate(lenient, lenient.server, {.request_cert = true, .reject_unauthorized = false});

    ASSERT_TRUE(strict.server.failure());
    EXPECT_EQ(strict.server.failure()->code, errc::certificate_required);
    EXPECT_FALSE(lenient.server.failure());
    EXPECT_FALSE(lenient.server.tls().authorized());
    EXPECT_EQ(lenient.server.tls().authorization_error(), "UNABLE_TO_GET_ISSUER_CERT");
}

TEST_P(M_reneg_request_cert, one_that_does_not_verify_is_refused) {
    if (!possible(GetParam())) {
        return;
    }
    const credential stranger = self_signed({.common_name = "stranger"});
    auto wire = handshake(GetParam(), {.client = {.context = context_of(GetParam(), stranger)}});

    renegotiate(wire, wire.server, {.request_cert = true, .reject_unauthorized = true});

    ASSERT_TRUE(wire.server.failure());
    EXPECT_EQ(wire.server.failure()->code, errc::not_authorized);
    EXPECT_EQ(wire.server.failure()->message, "self-signed certificate");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_reneg_timeout);

TEST_P(M_reneg_timeout, one_that_is_not_finished_in_time_ends_the_connection) {
    auto wire = handshake(GetParam(), {.server = {.handshake_timeout = std::chrono::seconds(5)}});
    if (!possible(GetParam())) {
        return;
    }
    EXPECT_FALSE(wire.server.tls().deadline());

    EXPECT_FALSE(wire.server.renegotiate({}, wire.clock.now()).error);
    EXPECT_TRUE(wire.server.tls().deadline());
    wire.clock.advance(std::chrono::seconds(6));
    wire.server.tls().expire(wire.clock.now());

    ASSERT_TRUE(wire.server.tls().last_failure());
    EXPECT_EQ(wire.server.tls().last_failure()->code, errc::handshake_timed_out);
}

TEST_P(M_reneg_timeout, one_that_is_finished_has_no_deadline_left) {
    auto wire = handshake(GetParam());
    if (!possible(GetParam())) {
        return;
    }

    renegotiate(wire, wire.server);

    EXPECT_FALSE(wire.server.tls().deadline());
}

TEST_P(M_reneg_timeout, destroys_a_socket_with_an_error) {
    network net(GetParam(), {.handshake_timeout = std::chrono::seconds(5)});
    std::vector<std::string> events;
    auto client = net.connect();
    client.on_secure_connect([client]() mutable { client.pause(); });
    net.server.on_secure_connection([&](tls_socket socket) {
        socket.on_error([&](const failure& why) { events.push_back(why.name()); });
        socket.on_close([&, client](bool) mutable {
            events.emplace_back("close");
            client.destroy();
        });
        socket.renegotiate({}, [&, socket](const std::optional<failure>& why) mutable {
            events.push_back(why ? "done: " + why->name() : "done");
            socket.destroy();
        });
        if (!possible(GetParam())) {
            return;
        }
        asio::post(net.io, [&, socket]() mutable {
            asio::post(net.io, [&, socket]() mutable {
                net.clock.advance(std::chrono::seconds(6));
                socket.check_deadlines();
            });
        });
    });
    net.run_to_the_end();

    if (possible(GetParam())) {
        EXPECT_THAT(events,
                    ElementsAre("done: HANDSHAKE_TIMED_OUT", "HANDSHAKE_TIMED_OUT", "close"));
    } else {
        EXPECT_THAT(events, ElementsAre("done: RENEGOTIATION_UNAVAILABLE", "close"));
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_reneg_tls13);

TEST_P(M_reneg_tls13, is_a_clear_error_and_the_connection_lives_on) {
    if (possible(GetParam())) {
        return;
    }
    auto wire = handshake(GetParam());

    for (auto* end : {&wire.client, &wire.server}) {
        EXPECT_EQ(end->renegotiate({}, wire.clock.now()).error.code,
                  errc::renegotiation_unavailable);
    }
    wire.client.write("alive");
    wire.run();

    EXPECT_EQ(wire.server.received(), "alive");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_npn);

/// A context of the pairing's that speaks NPN.
secure_context with_npn(context_options options) {
    options.npn = true;
    return value_of(create_secure_context(options));
}

link npn_handshake(const pairing& with, const npn_list& client, const npn_list& server) {
    return handshake(
        with, {.client = {.context = with_npn(client_options_for(with)), .npn_protocols = client},
               .server = {.context = with_npn(server_options_for(with)), .npn_protocols = server}});
}

TEST_P(M_npn, both_ends_tell_the_one_the_client_selected) {
    const auto wire = npn_handshake(GetParam(), {"b", "c"}, {"a", "b", "c"});

    // TLS 1.3 has no NPN.
    const char* expected = possible(GetParam()) ? "b" : "";
    EXPECT_EQ(wire.client.tls().npn_protocol(), expected);
    EXPECT_EQ(wire.server.tls().npn_protocol(), expected);
}

TEST_P(M_npn, lists_may_be_in_wire_format_in_one_piece_or_in_several) {
    using byte_string = std::vector<std::uint8_t>;
    const auto one = npn_list::from_wire(byte_string{1, 'a', 1, 'b'});
    const auto several = npn_list::from_wire({byte_string{1, 'b'}, byte_string{1, 'c'}});

    const auto wire = npn_handshake(GetParam(), one, several);

    EXPECT_EQ(wire.server.tls().npn_protocol(), possible(GetParam()) ? "b" : "");
}

TEST_P(M_npn, a_malformed_list_is_a_clear_error) {
    const auto made = endpoint::make(
        client_settings{.context = with_npn(client_options_for(GetParam())),
                        .npn_protocols = npn_list::from_wire(std::vector<std::uint8_t>{5, 'a'})});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::bad_protocol_list);
    EXPECT_EQ(made.error().input, "npn_protocols");
}

TEST_P(M_npn, needs_a_context_that_speaks_it) {
    const auto made = endpoint::make(
        client_settings{.context = client_context_for(GetParam()), .npn_protocols = {"a"}});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().input, "npn_protocols");
}

TEST_P(M_npn, nothing_is_chosen_where_one_end_does_not_speak_it) {
    const auto server_only = handshake(
        GetParam(),
        {.server = {.context = with_npn(server_options_for(GetParam())), .npn_protocols = {"a"}}});
    const auto client_only = npn_handshake(GetParam(), {"a"}, {});

    EXPECT_EQ(server_only.server.tls().npn_protocol(), "");
    EXPECT_EQ(client_only.client.tls().npn_protocol(), "");
    EXPECT_TRUE(client_only.client.tls().authorized());
}

TEST_P(M_npn, options_of_connect_and_create_server_make_contexts_that_speak_it) {
    auto own = server_options_for(GetParam());
    network net(GetParam(), {.credentials = own, .npn_protocols = {"a", "b"}});
    std::string at_server;
    net.server.on_secure_connection([&](tls_socket socket) {
        at_server = socket.npn_protocol();
        echo(std::move(socket));
    });
    auto how = net.options();
    how.secure_context = {};
    how.credentials = client_options_for(GetParam());
    how.npn_protocols = {"b"};
    std::string at_client;

    auto client = net.connect(how);
    client.on_secure_connect([&, client]() mutable {
        at_client = client.npn_protocol();
        client.end();
    });
    net.run_to_the_end();

    EXPECT_EQ(at_client, possible(GetParam()) ? "b" : "");
    EXPECT_EQ(at_server, at_client);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_npn_none_in_common);

TEST_P(M_npn_none_in_common, the_clients_favourite_is_used) {
    const auto wire = npn_handshake(GetParam(), {"x", "y"}, {"a", "b"});

    EXPECT_FALSE(wire.client.failure());
    EXPECT_EQ(wire.client.tls().npn_protocol(), possible(GetParam()) ? "x" : "");
    EXPECT_EQ(wire.server.tls().npn_protocol(), wire.client.tls().npn_protocol());
}

}  // namespace
}  // namespace polytls::testkit
