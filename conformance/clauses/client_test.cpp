// Clauses on connecting, over loopback.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"

#include <asio/error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A context that trusts nobody.
secure_context distrustful(const pairing& with) {
    return value_of(create_secure_context({.backend = with.client,
                                           .ca = one_or_many(),
                                           .min_version = with.version,
                                           .max_version = with.version}));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_forms);

TEST_P(M_connect_forms, options_with_a_callback) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    bool secure = false;

    auto client = value_of(connect(net.io, net.options(), [&] { secure = true; }));
    ++net.connected;
    client.end();
    net.run_to_the_end();

    EXPECT_TRUE(secure);
}

TEST_P(M_connect_forms, port_and_host_with_options_and_a_callback) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto how = net.options();
    const std::uint16_t port = how.port;
    how.port = 1;
    how.host = "elsewhere.invalid";
    bool secure = false;

    auto client = value_of(connect(net.io, port, "127.0.0.1", how, [&] { secure = true; }));
    ++net.connected;
    client.end();
    net.run_to_the_end();

    EXPECT_TRUE(secure);
}

TEST_P(M_connect_forms, the_host_is_localhost_when_none_is_given) {
    network net(GetParam());
    std::string servername;
    net.server.on_secure_connection([&](tls_socket socket) {
        servername = socket.servername();
        echo(socket);
    });
    const auto reach = net.options();

    auto client = net.connect({.port = reach.port, .secure_context = reach.secure_context});
    trace seen(client);
    client.end();
    net.run_to_the_end();

    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "end", "close"));
    EXPECT_EQ(servername, "localhost");
}

TEST_P(M_connect_forms, no_port_is_an_error_that_names_it) {
    asio::io_context io;

    const auto made = connect(io, {.secure_context = client_context_for(GetParam())});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().input, "port");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_callback);

TEST_P(M_connect_callback, is_called_once_and_before_the_listeners_added_later) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    std::vector<std::string> calls;
    auto client = net.connect(net.options(), [&] { calls.emplace_back("callback"); });
    client.on_secure_connect([&] { calls.emplace_back("listener"); });
    client.write("data");
    client.end();

    EXPECT_THAT(calls, IsEmpty());
    net.run_to_the_end();

    EXPECT_THAT(calls, ElementsAre("callback", "listener"));
}

TEST_P(M_connect_callback, is_never_called_when_the_handshake_fails) {
    network net(GetParam());
    auto how = net.options();
    how.secure_context = distrustful(GetParam());
    int calls = 0;
    auto client = net.connect(how, [&] { ++calls; });
    trace seen(client);

    net.run_to_the_end();

    EXPECT_EQ(calls, 0);
    EXPECT_EQ(seen.events().back(), "close after error");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_secure_connect);

TEST_P(M_socket_secure_connect, comes_once_the_handshake_is_done_for_a_server_that_is_authorized) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto client = net.connect();
    trace seen(client);
    bool authorized = false;
    std::string protocol;
    client.on_secure_connect([&, client]() mutable {
        authorized = client.authorized();
        protocol = client.get_protocol();
        client.end("hello");
    });

    EXPECT_EQ(client.get_protocol(), "");
    seen.watch_data(client);
    net.run_to_the_end();

    EXPECT_TRUE(authorized);
    EXPECT_EQ(protocol, name_of(GetParam().version));
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "data", "end", "close"));
}

TEST_P(M_socket_secure_connect, comes_for_one_that_is_not_when_not_rejecting) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto how = net.options();
    how.secure_context = distrustful(GetParam());
    how.reject_unauthorized = false;
    auto client = net.connect(how);
    trace seen(client);
    bool authorized = true;
    std::string why;
    client.on_secure_connect([&, client]() mutable {
        authorized = client.authorized();
        why = client.authorization_error();
        client.end();
    });

    net.run_to_the_end();

    EXPECT_FALSE(authorized);
    EXPECT_EQ(why, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "end", "close"));
}

TEST_P(M_socket_secure_connect, does_not_come_for_one_that_is_rejected) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto how = net.options();
    how.secure_context = distrustful(GetParam());
    auto client = net.connect(how);
    trace seen(client);

    net.run_to_the_end();

    EXPECT_THAT(seen.events(),
                ElementsAre("error UNABLE_TO_VERIFY_LEAF_SIGNATURE", "close after error"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_encrypted);

TEST_P(M_socket_encrypted, is_true_on_both_ends_before_and_after_the_handshake) {
    network net(GetParam());
    bool at_server = false;
    net.server.on_secure_connection([&](tls_socket socket) {
        at_server = socket.encrypted;
        echo(socket);
    });
    auto client = net.connect();

    EXPECT_TRUE(client.encrypted);
    client.end();
    net.run_to_the_end();

    EXPECT_TRUE(at_server);
    EXPECT_TRUE(client.encrypted);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_failure);

TEST_P(M_connect_failure, a_refused_connection_is_one_error_with_the_systems_code) {
    asio::io_context io;
    const std::uint16_t port = closed_port(io);
    auto client = value_of(connect(
        io, {.port = port, .host = "127.0.0.1", .secure_context = client_context_for(GetParam())}));
    trace seen(client);
    client.write("never sent");

    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error ECONNREFUSED", "close after error"));
    EXPECT_EQ(seen.errors().at(0).code, asio::error::connection_refused);
    EXPECT_THAT(seen.errors().at(0).message, HasSubstr("127.0.0.1:" + std::to_string(port)));
}

TEST_P(M_connect_failure, an_unknown_host_is_one_error_that_names_it) {
    asio::io_context io;
    // With spaces no name server is asked, so that the answer is the same on every machine.
    auto client = value_of(connect(
        io,
        {.port = 443, .host = "no such host", .secure_context = client_context_for(GetParam())}));
    trace seen(client);

    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error ENOTFOUND", "close after error"));
    EXPECT_THAT(seen.errors().at(0).message, HasSubstr("no such host"));
}

TEST_P(M_connect_failure, a_server_that_hangs_up_in_the_handshake_is_told_by_the_manuals_sentence) {
    asio::io_context io;
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
    acceptor.async_accept([](std::error_code, const asio::ip::tcp::socket&) {});
    auto client = value_of(connect(io, {.port = acceptor.local_endpoint().port(),
                                        .host = "127.0.0.1",
                                        .secure_context = client_context_for(GetParam())}));
    trace seen(client);

    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error ECONNRESET", "close after error"));
    EXPECT_THAT(seen.errors().at(0).message,
                HasSubstr("socket disconnected before secure TLS connection was established"));
}

TEST_P(M_connect_failure, a_silent_server_is_given_up_after_the_handshake_timeout) {
    asio::io_context io;
    const asio::ip::tcp::acceptor silent(io, {asio::ip::make_address("127.0.0.1"), 0});
    auto client = value_of(connect(io, {.port = silent.local_endpoint().port(),
                                        .host = "127.0.0.1",
                                        .secure_context = client_context_for(GetParam()),
                                        .handshake_timeout = std::chrono::milliseconds(5)}));
    trace seen(client);

    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error HANDSHAKE_TIMED_OUT", "close after error"));
}

}  // namespace
}  // namespace polytls::testkit
