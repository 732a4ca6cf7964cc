#include "support.hpp"

#include <asio/post.hpp>
#include <gmock/gmock.h>

namespace polytls::testing_transport {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A port of 127.0.0.1 at which nobody listens.
std::uint16_t closed_port(asio::io_context& io) {
    asio::ip::tcp::acceptor taken(io, {asio::ip::make_address("127.0.0.1"), 0});
    return taken.local_endpoint().port();
}

TEST(connect, the_callback_is_called_once) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.pipe(socket); });
    int calls = 0;
    auto client = value_of(connect(link.io, link.options(), [&] { ++calls; }));
    ++link.connected;
    client.end();

    EXPECT_EQ(calls, 0);
    link.run_to_the_end();

    EXPECT_EQ(calls, 1);
}

TEST(connect, port_and_host_can_be_given_apart) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.pipe(socket); });
    const std::uint16_t port = link.server.address().port;
    auto how = link.options();
    how.port = 0;
    auto client = value_of(connect(link.io, port, "localhost", how));
    ++link.connected;
    trace seen(client);
    client.end();

    link.run_to_the_end();

    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "end", "close"));
}

TEST(connect, a_refusal_names_address_and_reason) {
    asio::io_context io;
    const std::uint16_t port = closed_port(io);
    auto client = value_of(
        connect(io, {.port = port, .host = "127.0.0.1", .secure_context = client_context()}));
    trace seen(client);
    client.write("never sent");

    EXPECT_THAT(seen.events(), IsEmpty());
    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error ECONNREFUSED", "close after error"));
    EXPECT_THAT(seen.errors().at(0).message,
                HasSubstr("connect ECONNREFUSED 127.0.0.1:" + std::to_string(port)));
}

TEST(connect, an_unknown_host_is_not_found) {
    asio::io_context io;
    auto client = value_of(
        connect(io, {.port = 1, .host = "no such host", .secure_context = client_context()}));
    trace seen(client);

    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error ENOTFOUND", "close after error"));
    EXPECT_THAT(seen.errors().at(0).message, HasSubstr("getaddrinfo ENOTFOUND no such host"));
}

TEST(connect, options_that_cannot_work_are_refused_at_once) {
    asio::io_context io;

    const auto no_port = connect(io, {.secure_context = client_context()});
    const auto ip_as_name =
        connect(io, {.port = 1, .secure_context = client_context(), .servername = "127.0.0.1"});

    ASSERT_FALSE(no_port);
    EXPECT_EQ(no_port.error().input, "port");
    ASSERT_FALSE(ip_as_name);
    EXPECT_EQ(ip_as_name.error().code, errc::bad_server_name);
    EXPECT_EQ(io.run(), 0U);
}

TEST(connect, a_server_nobody_vouches_for_is_rejected) {
    rig link;
    bool secure = false;
    link.server.on_secure_connection([&](tls_socket socket) {
        secure = true;
        socket.resume();
    });
    auto how = link.options();
    how.secure_context = distrustful_context();
    auto client = link.connect(how);
    trace seen(client);
    client.write("secret");

    link.run_to_the_end();

    ASSERT_EQ(seen.errors().size(), 1U);
    EXPECT_EQ(seen.errors()[0].code, errc::not_authorized);
    EXPECT_FALSE(seen.has("secureConnect"));
    EXPECT_EQ(seen.events().back(), "close after error");
    ASSERT_EQ(link.client_errors.size(), 1U) << "the alert is to reach the server";
    EXPECT_EQ(link.client_errors[0].code, errc::alert_received);
    EXPECT_FALSE(secure);
}

TEST(connect, a_server_nobody_vouches_for_can_be_let_in) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.pipe(socket); });
    auto how = link.options();
    how.secure_context = distrustful_context();
    how.reject_unauthorized = false;
    auto client = link.connect(how);
    trace seen(client);
    client.on_secure_connect([client]() mutable {
        EXPECT_FALSE(client.authorized());
        EXPECT_NE(client.authorization_error(), "");
        client.end();
    });

    link.run_to_the_end();

    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "end", "close"));
}

TEST(connect, a_hang_up_in_the_handshake_says_so) {
    asio::io_context io;
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
    acceptor.async_accept([](std::error_code, const asio::ip::tcp::socket&) {});
    auto client = value_of(connect(io, {.port = acceptor.local_endpoint().port(),
                                        .host = "127.0.0.1",
                                        .secure_context = client_context()}));
    trace seen(client);

    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error ECONNRESET", "close after error"));
    EXPECT_EQ(seen.errors().at(0).message,
              "Client network socket disconnected before secure TLS connection was established");
}

TEST(connect, a_silent_server_is_given_up_in_time) {
    testkit::manual_clock clock;
    asio::io_context io;
    asio::ip::tcp::acceptor silent(io, {asio::ip::make_address("127.0.0.1"), 0});
    auto client = value_of(connect(io, {.port = silent.local_endpoint().port(),
                                        .host = "127.0.0.1",
                                        .secure_context = client_context(),
                                        .handshake_timeout = std::chrono::seconds(5),
                                        .clock = [&] { return clock.now(); }}));
    trace seen(client);
    run_until(io, [&] { return client.remote_port() != 0; });
    io.poll();

    clock.advance(std::chrono::seconds(5));
    client.check_deadlines();
    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error HANDSHAKE_TIMED_OUT", "close after error"));
}

TEST(connect, the_handshake_time_runs_out_by_itself) {
    asio::io_context io;
    asio::ip::tcp::acceptor silent(io, {asio::ip::make_address("127.0.0.1"), 0});
    auto client = value_of(connect(io, {.port = silent.local_endpoint().port(),
                                        .host = "127.0.0.1",
                                        .secure_context = client_context(),
                                        .handshake_timeout = std::chrono::milliseconds(1)}));
    trace seen(client);

    run(io);

    EXPECT_THAT(seen.events(), ElementsAre("error HANDSHAKE_TIMED_OUT", "close after error"));
}

TEST(connect, destroying_while_connecting_closes_without_an_error) {
    rig link;
    auto by_address = value_of(connect(link.io, link.options()));
    auto how = link.options();
    how.host = "localhost";
    auto by_name = value_of(connect(link.io, how));
    trace address_seen(by_address);
    trace name_seen(by_name);

    by_address.destroy();
    by_name.destroy();
    link.run_to_the_end();

    EXPECT_THAT(address_seen.events(), ElementsAre("close"));
    EXPECT_THAT(name_seen.events(), ElementsAre("close"));
}

}  // namespace
}  // namespace polytls::testing_transport
