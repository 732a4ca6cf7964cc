// Clauses on servers, over loopback.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"

#include <asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Reads a connection without TLS to its end.
std::error_code read_to_the_end(asio::ip::tcp::socket& bare) {
    std::error_code end;
    std::array<char, 256> answer{};
    while (!end) {
        static_cast<void>(bare.read_some(asio::buffer(answer), end));
    }
    return end;
}

/// The server has told one failure, closed the socket, and serves the next client.
void expect_one_client_error_and_service(network& net, const tls_socket& failed) {
    ASSERT_EQ(net.client_errors.size(), 1U);
    EXPECT_TRUE(failed.destroyed());
    auto next = net.connect();
    trace seen(next);
    next.end();

    net.run_to_the_end();

    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "end", "close"));
    EXPECT_EQ(net.client_errors.size(), 1U);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_secure_connection);

TEST_P(M_server_secure_connection, comes_after_each_finished_handshake) {
    network net(GetParam());
    int told = 0;
    net.server.on_secure_connection([&](tls_socket socket) {
        ++told;
        EXPECT_EQ(socket.get_protocol(), name_of(GetParam().version));
        EXPECT_NE(socket.get_cipher(), nullptr);
        echo(socket);
    });
    for (int i = 0; i < 3; ++i) {
        net.connect().end();
    }

    net.run_to_the_end();

    EXPECT_EQ(told, 3);
    EXPECT_THAT(net.client_errors, IsEmpty());
}

TEST_P(M_server_secure_connection, never_comes_before_the_handshake_is_done) {
    network net(GetParam());
    std::vector<std::string> seen;
    net.server.on_connection([&](const tls_socket& socket) {
        seen.emplace_back("connection");
        EXPECT_EQ(socket.get_protocol(), "");
    });
    net.server.on_secure_connection([&](const tls_socket&) { seen.emplace_back("secure"); });
    auto bare = net.connect_bare();
    run_until(net.io, [&] { return !seen.empty(); });
    bare.close();

    net.run_to_the_end();

    EXPECT_THAT(seen, ElementsAre("connection"));
    EXPECT_EQ(net.client_errors.size(), 1U);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_client_error);

TEST_P(M_server_client_error, tells_of_plain_http_once_and_the_server_goes_on) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    tls_socket failed;
    net.server.on_client_error([&](const failure&, tls_socket socket) { failed = socket; });
    auto bare = net.connect_bare();
    asio::write(bare, asio::buffer(std::string_view("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
    bool closed = false;
    net.server.on_connection([&](tls_socket socket) {
        if (!closed) {
            socket.on_close([&](bool) { closed = true; });
        }
    });
    run_until(net.io, [&] { return closed; });

    EXPECT_EQ(read_to_the_end(bare), asio::error::eof);
    bare.close();

    expect_one_client_error_and_service(net, failed);
    EXPECT_EQ(net.client_errors.at(0).code, errc::wrong_version_number);
}

TEST_P(M_server_client_error, tells_of_a_client_that_does_not_trust_the_server) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    tls_socket failed;
    net.server.on_client_error([&](const failure&, tls_socket socket) { failed = socket; });
    auto how = net.options();
    how.secure_context = value_of(create_secure_context({.backend = GetParam().client,
                                                         .ca = one_or_many(),
                                                         .min_version = GetParam().version,
                                                         .max_version = GetParam().version}));
    auto client = net.connect(how);
    run_until(net.io, [&] { return failed && failed.destroyed() && client.destroyed(); });

    expect_one_client_error_and_service(net, failed);
    EXPECT_EQ(net.client_errors.at(0).code, errc::alert_received);
}

TEST_P(M_server_client_error, tells_of_a_hang_up) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    tls_socket failed;
    net.server.on_client_error([&](const failure&, tls_socket socket) { failed = socket; });
    { const auto bare = net.connect_bare(); }
    run_until(net.io, [&] { return failed && failed.destroyed(); });

    expect_one_client_error_and_service(net, failed);
    EXPECT_EQ(net.client_errors.at(0).name(), "ECONNRESET");
}

POLYTLS_CLAUSE_OVER_BACKENDS(M_server_listen);

server server_of(asio::io_context& io, const backend& with) {
    return value_of(create_server(
        io, {.secure_context = server_context_for({with, with, with.versions().max})}));
}

TEST_P(M_server_listen, takes_all_ipv4_addresses_and_a_port_of_the_systems_choice) {
    asio::io_context io;
    auto made = server_of(io, GetParam());
    std::vector<std::string> seen;
    made.on_listening([&] { seen.emplace_back("listening"); });

    made.listen(0, {}, [&] {
        seen.emplace_back("callback");
        made.close();
    });
    const socket_address at = made.address();
    EXPECT_THAT(seen, IsEmpty());
    run(io);

    EXPECT_EQ(at.address, "0.0.0.0");
    EXPECT_EQ(at.family, "IPv4");
    EXPECT_NE(at.port, 0);
    EXPECT_THAT(seen, testing::UnorderedElementsAre("listening", "callback"));
}

TEST_P(M_server_listen, an_address_in_use_is_an_error_event_that_names_it) {
    asio::io_context io;
    auto first = server_of(io, GetParam());
    auto second = server_of(io, GetParam());
    std::optional<failure> told;
    bool listening = false;
    second.on_error([&](const failure& why) {
        told = why;
        first.close();
    });
    first.listen(0, "127.0.0.1");
    const std::uint16_t port = first.address().port;

    second.listen(port, "127.0.0.1", [&] { listening = true; });
    EXPECT_FALSE(told);
    run(io);

    ASSERT_TRUE(told);
    EXPECT_EQ(told->name(), "EADDRINUSE");
    EXPECT_THAT(told->message, HasSubstr("127.0.0.1:" + std::to_string(port)));
    EXPECT_FALSE(listening);
    EXPECT_FALSE(second.listening());
}

POLYTLS_CLAUSE_OVER_BACKENDS(M_server_address);

TEST_P(M_server_address, is_port_family_and_address_while_it_listens) {
    asio::io_context io;
    auto made = server_of(io, GetParam());
    EXPECT_EQ(made.address().port, 0);

    made.listen(0, "127.0.0.1");
    const socket_address at = made.address();
    made.close();
    run(io);

    EXPECT_NE(at.port, 0);
    EXPECT_EQ(at.family, "IPv4");
    EXPECT_EQ(at.address, "127.0.0.1");
    EXPECT_EQ(made.address().port, 0);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_close);

TEST_P(M_server_close, standing_connections_go_on_and_the_event_comes_after_the_last) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    std::vector<std::string> order;
    auto client = net.connect();
    trace seen(client);
    seen.watch_data(client);
    run_until(net.io, [&] { return seen.has("secureConnect") && net.accepted == 1; });
    const std::uint16_t port = net.server.address().port;

    net.server.close([&] { order.emplace_back("server closed"); });
    auto how = net.options();
    how.port = port;
    auto late = value_of(connect(net.io, how));
    trace refused(late);
    client.write("still here");
    run_until(net.io, [&] { return seen.received() == "still here" && late.destroyed(); });
    EXPECT_THAT(order, IsEmpty());
    order.emplace_back("client ends");
    client.end();
    run(net.io);

    EXPECT_THAT(order, ElementsAre("client ends", "server closed"));
    EXPECT_THAT(refused.events(), ElementsAre("error ECONNREFUSED", "close after error"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_max_connections);

TEST_P(M_server_max_connections, those_above_it_are_closed_at_once_and_told) {
    network net(GetParam());
    net.server.set_max_connections(1);
    net.server.on_secure_connection(echo);
    std::optional<socket_address> dropped;
    net.server.on_drop([&](const socket_address& peer) { dropped = peer; });
    auto first = net.connect();
    trace first_seen(first);
    run_until(net.io, [&] { return first_seen.has("secureConnect"); });

    auto second = net.connect();
    trace seen(second);
    run_until(net.io, [&] { return dropped && second.destroyed(); });
    EXPECT_EQ(net.server.connections(), 1U);
    first.end();
    net.run_to_the_end();

    EXPECT_EQ(dropped->address, "127.0.0.1");
    EXPECT_THAT(seen.events(), ElementsAre("error ECONNRESET", "close after error"));
    EXPECT_THAT(first_seen.events(), ElementsAre("secureConnect", "end", "close"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_connections);

TEST_P(M_server_connections, counts_those_that_stand) {
    network net(GetParam());
    int secure = 0;
    net.server.on_secure_connection([&](tls_socket socket) {
        ++secure;
        echo(socket);
    });
    EXPECT_EQ(net.server.connections(), 0U);

    auto first = net.connect();
    auto second = net.connect();
    run_until(net.io, [&] { return secure == 2; });
    EXPECT_EQ(net.server.connections(), 2U);
    first.end();
    run_until(net.io, [&] { return net.server.connections() == 1; });
    second.end();
    net.run_to_the_end();

    EXPECT_EQ(net.server.connections(), 0U);
}

}  // namespace
}  // namespace polytls::testkit
