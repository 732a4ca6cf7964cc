// Clauses on what TLS runs over besides TCP that polytls connects itself: unix sockets, streams
// that stand already, the caller's own, and TLS.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/own_stream.hpp"
#include "../testkit/pki.hpp"

#include <polytls/transport/make_duplex.hpp>
#include <polytls/transport/wrap.hpp>

#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace polytls::testkit {
namespace {

using stream_protocol = asio::local::stream_protocol;
using testing::ElementsAre;
using testing::HasSubstr;

/// A folder for sockets that is removed in the end.
class scratch_folder {
public:
    scratch_folder() {
        std::string name = testing::TempDir() + "polytls_XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }

    ~scratch_folder() { std::filesystem::remove_all(folder_); }

    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    std::string operator/(const std::string& name) const { return folder_ / name; }

private:
    std::filesystem::path folder_;
};

/// A loop, a clock, and the two ends of a connection between unix sockets.
struct joined_ends {
    joined_ends() { asio::local::connect_pair(at_client, at_server); }

    wrap_options options() {
        return {.clock = [this] { return clock.now(); }};
    }

    manual_clock clock;
    asio::io_context io;
    stream_protocol::socket at_client{io};
    stream_protocol::socket at_server{io};
};

client_settings client_of(const pairing& with) {
    return {.context = client_context_for(with), .host = "localhost"};
}

server_settings server_of(const pairing& with) {
    return {.context = server_context_for(with)};
}

/// Has a client say something and end, and runs until both sides are done.
void talk(asio::io_context& io, tls_socket client, trace& heard) {
    heard.watch(client);
    heard.watch_data(client);
    client.end("hello");
    run(io);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_path);
POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_listen_path);
POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_socket);
POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_wrap);

/// A server on the path of a unix socket.
struct server_on_path {
    explicit server_on_path(const pairing& with)
        : server(value_of(create_server(io,
                                        {.secure_context = server_context_for(with),
                                         .clock = [this] { return clock.now(); }}))),
          path(folder / "tls.sock"), client_context(client_context_for(with)) {
        server.on_error([this](const failure& why) { errors.push_back(why); });
        server.on_secure_connection([this](tls_socket socket) {
            echo(socket);
            server.close();
        });
    }

    connect_options options() {
        return {.path = path, .secure_context = client_context, .clock = [this] {
                    return clock.now();
                }};
    }

    scratch_folder folder;
    manual_clock clock;
    asio::io_context io;
    polytls::server server;
    std::string path;
    secure_context client_context;
    std::vector<failure> errors;
};

TEST_P(M_connect_path, a_client_reaches_a_server_over_a_unix_socket) {
    server_on_path at(GetParam());
    at.server.listen_path(at.path);
    trace heard;

    talk(at.io, value_of(connect(at.io, at.options())), heard);

    EXPECT_EQ(heard.received(), "hello");
    EXPECT_THAT(heard.events(), ElementsAre("secureConnect", "data", "end", "close"));
}

TEST_P(M_connect_path, path_wins_over_port) {
    server_on_path at(GetParam());
    at.server.listen_path(at.path);
    auto options = at.options();
    options.port = closed_port(at.io);
    trace heard;

    talk(at.io, value_of(connect(at.io, options)), heard);

    EXPECT_EQ(heard.received(), "hello");
}

TEST_P(M_connect_path, the_certificate_must_be_for_the_host_all_the_same) {
    server_on_path at(GetParam());
    at.server.listen_path(at.path);
    at.server.on_client_error([&](const failure&, const tls_socket&) { at.server.close(); });
    auto options = at.options();
    options.host = "elsewhere.test";
    trace heard;

    talk(at.io, value_of(connect(at.io, options)), heard);

    ASSERT_EQ(heard.errors().size(), 1U);
    EXPECT_EQ(heard.errors().at(0).name(), "ALTNAME_INVALID");
}

TEST_P(M_connect_path, a_path_where_nobody_listens_is_one_error_that_names_it) {
    server_on_path at(GetParam());
    trace heard;

    talk(at.io, value_of(connect(at.io, at.options())), heard);

    EXPECT_THAT(heard.events(), ElementsAre("error ENOENT", "close after error"));
    EXPECT_THAT(heard.errors().at(0).message, HasSubstr(at.path));
}

TEST_P(M_connect_path, a_path_too_long_for_the_system_is_one_error) {
    server_on_path at(GetParam());
    at.path = at.folder / std::string(200, 'x');
    trace heard;

    talk(at.io, value_of(connect(at.io, at.options())), heard);

    EXPECT_THAT(heard.events(), ElementsAre("error ENAMETOOLONG", "close after error"));
}

TEST_P(M_server_listen_path, the_address_is_the_path_which_goes_with_the_server) {
    server_on_path at(GetParam());
    int listening = 0;
    at.server.listen_path(at.path, [&] { ++listening; });
    EXPECT_EQ(at.server.address().address, at.path);
    EXPECT_EQ(at.server.address().family, "unix");
    EXPECT_TRUE(std::filesystem::exists(at.path));

    run_until(at.io, [&] { return listening == 1; });
    at.server.close();
    run(at.io);

    EXPECT_FALSE(std::filesystem::exists(at.path));
}

TEST_P(M_server_listen_path, a_path_in_use_is_an_error_that_names_it_and_is_left_alone) {
    server_on_path at(GetParam());
    std::ofstream(at.path) << "mine";

    at.server.listen_path(at.path);
    run(at.io);

    ASSERT_EQ(at.errors.size(), 1U);
    EXPECT_EQ(at.errors.at(0).name(), "EADDRINUSE");
    EXPECT_THAT(at.errors.at(0).message, HasSubstr(at.path));
    EXPECT_TRUE(std::filesystem::exists(at.path));
    EXPECT_FALSE(at.server.listening());
}

TEST_P(M_connect_socket, runs_over_a_connection_that_stands) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    trace heard;
    const auto client = value_of(connect_over(make_duplex(net.connect_bare()), net.options()));
    heard.watch(client);
    heard.watch_data(client);
    EXPECT_EQ(client.remote_port(), net.server.address().port);

    auto writing = client;
    writing.end("over what stands");
    net.run_to_the_end();

    EXPECT_EQ(heard.received(), "over what stands");
    EXPECT_THAT(heard.events(), ElementsAre("secureConnect", "data", "end", "close"));
}

TEST_P(M_connect_socket, runs_over_a_connection_that_is_still_being_made) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    asio::ip::tcp::socket connecting(net.io, asio::ip::tcp::v4());
    connecting.native_non_blocking(true);
    const asio::ip::tcp::endpoint target(asio::ip::make_address("127.0.0.1"),
                                         net.server.address().port);
    const int begun =
        ::connect(connecting.native_handle(), target.data(), static_cast<socklen_t>(target.size()));
    ASSERT_TRUE(begun == 0 || errno == EINPROGRESS);
    ++net.connected;
    trace heard;

    auto client = value_of(connect_over(make_duplex(std::move(connecting)), net.options()));
    heard.watch(client);
    heard.watch_data(client);
    client.end("early");
    net.run_to_the_end();

    EXPECT_EQ(heard.received(), "early");
    EXPECT_EQ(client.remote_port(), target.port());
    EXPECT_EQ(client.remote_address(), "127.0.0.1");
}

TEST_P(M_connect_socket, a_connection_that_is_refused_while_it_is_being_made_is_one_error) {
    asio::io_context io;
    const std::uint16_t port = closed_port(io);
    asio::ip::tcp::socket connecting(io, asio::ip::tcp::v4());
    connecting.native_non_blocking(true);
    const asio::ip::tcp::endpoint target(asio::ip::make_address("127.0.0.1"), port);
    const int begun =
        ::connect(connecting.native_handle(), target.data(), static_cast<socklen_t>(target.size()));
    ASSERT_TRUE(begun != 0 && (errno == EINPROGRESS || errno == ECONNREFUSED));

    const auto client =
        value_of(connect_over(make_duplex(std::move(connecting)),
                              connect_options{.secure_context = client_context_for(GetParam())}));
    trace heard(client);
    run(io);

    ASSERT_EQ(heard.errors().size(), 1U);
    EXPECT_EQ(heard.errors().at(0).name(), "ECONNREFUSED");
    EXPECT_THAT(heard.events(), testing::Not(testing::Contains("secureConnect")));
    EXPECT_EQ(heard.events().back(), "close after error");
}

TEST_P(M_connect_socket, runs_over_a_stream_of_the_callers_own) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    const auto up = std::make_shared<own_pipe>();
    const auto down = std::make_shared<own_pipe>();
    trace heard;

    auto client =
        value_of(connect_over(std::make_unique<own_stream>(net.io, down, up), net.options()));
    ASSERT_TRUE(net.server.take_connection(std::make_unique<own_stream>(net.io, up, down)));
    ++net.connected;
    heard.watch(client);
    heard.watch_data(client);
    client.end(pattern(50'000));
    net.run_to_the_end();

    EXPECT_EQ(heard.received(), pattern(50'000));
    EXPECT_THAT(heard.events(), ElementsAre("secureConnect", "data", "end", "close"));
    EXPECT_EQ(client.remote_address(), "");
}

TEST_P(M_connect_socket, runs_over_another_tls_socket_whose_handshake_goes_on) {
    network outer(GetParam());
    std::vector<tls_socket> inner_servers;
    outer.server.on_secure_connection([&](tls_socket socket) {
        auto inner = value_of(wrap(make_duplex(socket), server_of(GetParam()),
                                   {.clock = [&] { return outer.clock.now(); }}));
        echo(inner);
        inner_servers.push_back(inner);
    });
    trace heard;
    auto options = outer.options();
    options.host = "localhost";

    auto client = value_of(connect_over(make_duplex(outer.connect()), options));
    heard.watch(client);
    heard.watch_data(client);
    client.end(pattern(200'000));
    outer.run_to_the_end();

    EXPECT_EQ(heard.received(), pattern(200'000));
    EXPECT_THAT(heard.events(), ElementsAre("secureConnect", "data", "end", "close"));
    ASSERT_EQ(inner_servers.size(), 1U);
    EXPECT_TRUE(inner_servers.at(0).destroyed());
}

TEST_P(M_connect_socket, tls_in_tls_ends_the_outer_connection_last) {
    network outer(GetParam());
    std::vector<tls_socket> outer_servers;
    outer.server.on_secure_connection([&](tls_socket socket) {
        // As RFC 5246 wants it: who reads close_notify throws away what is still to be sent.
        socket.on_end([socket]() mutable { socket.destroy(); });
        echo(value_of(wrap(make_duplex(socket), server_of(GetParam()),
                           {.clock = [&] { return outer.clock.now(); }})));
        outer_servers.push_back(socket);
    });
    trace heard;
    auto options = outer.options();
    options.host = "localhost";

    auto client = value_of(connect_over(make_duplex(outer.connect()), options));
    heard.watch(client);
    heard.watch_data(client);
    client.end(pattern(200'000));
    outer.run_to_the_end();

    EXPECT_EQ(heard.received(), pattern(200'000));
    EXPECT_THAT(heard.events(), ElementsAre("secureConnect", "data", "end", "close"));
    ASSERT_EQ(outer_servers.size(), 1U);
    EXPECT_TRUE(outer_servers.at(0).destroyed());
}

TEST_P(M_connect_socket, tls_in_tls_whose_outer_connection_fails_fails_with_it) {
    network outer(GetParam());
    trace heard;
    auto to_nobody = outer.options();
    to_nobody.port = closed_port(outer.io);
    const auto outer_client = value_of(connect(outer.io, to_nobody));

    auto client = value_of(connect_over(make_duplex(outer_client), outer.options()));
    heard.watch(client);
    outer.run_to_the_end();

    EXPECT_THAT(heard.events(), ElementsAre("error ECONNREFUSED", "close after error"));
}

TEST_P(M_connect_socket, no_stream_at_all_is_refused) {
    const auto made =
        connect_over(std::unique_ptr<duplex>(),
                     connect_options{.secure_context = client_context_for(GetParam())});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::invalid_argument);
    EXPECT_EQ(made.error().input, "stream");
}

TEST_P(M_socket_wrap, makes_both_sides_out_of_streams_that_stand) {
    joined_ends ends;
    trace at_client;
    trace at_server;
    auto client = value_of(
        wrap(make_duplex(std::move(ends.at_client)), client_of(GetParam()), ends.options()));
    auto server = value_of(
        wrap(make_duplex(std::move(ends.at_server)), server_of(GetParam()), ends.options()));
    at_server.watch(server);
    echo(server);

    at_client.watch(client);
    talk(ends.io, client, at_client);

    EXPECT_EQ(at_client.received(), "hello");
    EXPECT_TRUE(client.authorized());
    EXPECT_EQ(client.servername(), "localhost");
    EXPECT_EQ(server.servername(), "localhost");
    EXPECT_THAT(at_server.events(), ElementsAre("secureConnect", "end", "close"));
}

TEST_P(M_socket_wrap, takes_what_was_read_from_the_stream_before) {
    joined_ends ends;
    trace heard;
    auto client = value_of(
        wrap(make_duplex(std::move(ends.at_client)), client_of(GetParam()), ends.options()));
    heard.watch(client);
    heard.watch_data(client);
    std::vector<std::uint8_t> first(5);
    ends.at_server.async_receive(asio::buffer(first), [&](std::error_code error, std::size_t size) {
        ASSERT_FALSE(error);
        ASSERT_EQ(size, first.size());
        EXPECT_EQ(first.front(), 22) << "a handshake record";
        auto how = ends.options();
        how.head = first;
        echo(value_of(wrap(make_duplex(std::move(ends.at_server)), server_of(GetParam()), how)));
    });

    client.end("peeked at");
    run(ends.io);

    EXPECT_EQ(heard.received(), "peeked at");
}

TEST_P(M_socket_wrap, a_server_takes_what_was_received_before_it_got_the_connection) {
    for (const std::size_t peeked : {std::size_t{1}, std::size_t{5}, std::size_t{4096}}) {
        network net(GetParam());
        net.server.on_secure_connection(echo);
        stream_protocol::socket near(net.io);
        stream_protocol::socket far(net.io);
        asio::local::connect_pair(near, far);
        trace heard;
        auto client = value_of(connect_over(make_duplex(std::move(near)), net.options()));
        ++net.connected;
        heard.watch(client);
        heard.watch_data(client);
        std::vector<std::uint8_t> head(peeked);
        far.async_receive(asio::buffer(head), [&](std::error_code error, std::size_t size) {
            ASSERT_FALSE(error);
            ASSERT_TRUE(
                net.server.take_connection(make_duplex(std::move(far)), bytes(head).first(size)));
        });

        client.end("peeked at");
        net.run_to_the_end();

        EXPECT_EQ(heard.received(), "peeked at") << peeked;
    }
}

TEST_P(M_socket_wrap, bytes_received_before_that_are_not_tls_are_refused) {
    joined_ends ends;
    auto how = ends.options();
    how.head = {'G', 'E', 'T', ' ', '/'};
    trace heard(value_of(wrap(make_duplex(std::move(ends.at_server)), server_of(GetParam()), how)));

    run(ends.io);

    ASSERT_EQ(heard.errors().size(), 1U);
    EXPECT_EQ(heard.errors().at(0).code, errc::wrong_version_number);
}

TEST_P(M_socket_wrap, a_server_takes_connections_that_somebody_else_accepted) {
    joined_ends ends;
    network net(GetParam());
    trace heard;
    net.server.on_secure_connection(echo);
    stream_protocol::socket near(net.io);
    stream_protocol::socket far(net.io);
    asio::local::connect_pair(near, far);
    auto options = net.options();
    options.host = "localhost";

    auto client = value_of(connect_over(make_duplex(std::move(near)), options));
    ++net.connected;
    ASSERT_TRUE(net.server.take_connection(make_duplex(std::move(far))));
    EXPECT_EQ(net.server.connections(), 1U);
    heard.watch(client);
    heard.watch_data(client);
    client.end("taken over");
    net.run_to_the_end();

    EXPECT_EQ(heard.received(), "taken over");
}

TEST_P(M_socket_wrap, a_server_asks_for_certificates_and_refuses_as_it_is_told) {
    joined_ends ends;
    trace at_client;
    trace at_server;
    auto settings = server_of(GetParam());
    settings.request_cert = true;
    settings.reject_unauthorized = true;
    auto client = value_of(
        wrap(make_duplex(std::move(ends.at_client)), client_of(GetParam()), ends.options()));
    auto server = value_of(wrap(make_duplex(std::move(ends.at_server)), settings, ends.options()));
    at_client.watch(client);
    at_server.watch(server);

    run(ends.io);

    EXPECT_EQ(at_server.errors().size(), 1U);
    EXPECT_FALSE(at_server.has("secureConnect"));
    EXPECT_EQ(at_client.errors().size(), 1U);
}

TEST_P(M_socket_wrap, no_stream_and_no_context_are_refused) {
    const auto without_stream = wrap(nullptr, client_of(GetParam()));
    joined_ends ends;
    const auto without_context = wrap(make_duplex(std::move(ends.at_client)), client_settings{});

    EXPECT_EQ(without_stream.error().input, "stream");
    ASSERT_FALSE(without_context);
}

}  // namespace
}  // namespace polytls::testkit
