#include "support.hpp"

#include <asio/post.hpp>
#include <asio/write.hpp>
#include <gmock/gmock.h>

#include <optional>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

namespace polytls::testing_transport {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(server, listening_is_told_and_the_address_is_known) {
    asio::io_context io;
    auto made = value_of(create_server(io, {.secure_context = server_context()}));
    events seen;

    made.listen(0, {}, [&] {
        seen.emplace_back("listening");
        made.close([&] { seen.emplace_back("close"); });
    });
    const socket_address at = made.address();
    EXPECT_TRUE(made.listening());
    EXPECT_THAT(seen, IsEmpty());
    run(io);

    EXPECT_EQ(at.family, "IPv4");
    EXPECT_EQ(at.address, "0.0.0.0");
    EXPECT_NE(at.port, 0);
    EXPECT_THAT(seen, ElementsAre("listening", "close"));
    EXPECT_FALSE(made.listening());
    EXPECT_EQ(made.address().port, 0);
}

TEST(server, listens_on_a_name) {
    asio::io_context io;
    auto made = value_of(create_server(io, {.secure_context = server_context()}));
    socket_address at;

    made.listen(0, "localhost", [&] {
        at = made.address();
        made.close();
    });
    run(io);

    EXPECT_THAT(at.address, testing::AnyOf("127.0.0.1", "::1"));
}

TEST(server, a_port_in_use_is_an_error_that_names_it) {
    rig link;
    const std::uint16_t port = link.server.address().port;
    auto second = value_of(create_server(link.io, {.secure_context = server_context()}));
    std::optional<failure> told;
    second.on_error([&](const failure& why) { told = why; });

    second.listen(port, "127.0.0.1", [] { FAIL(); });
    EXPECT_FALSE(told);
    link.run_to_the_end();

    ASSERT_TRUE(told);
    EXPECT_EQ(told->name(), "EADDRINUSE");
    EXPECT_THAT(told->message, HasSubstr("127.0.0.1:" + std::to_string(port)));
    EXPECT_FALSE(second.listening());
}

TEST(server, listening_twice_is_an_error_and_the_first_goes_on) {
    rig link;
    std::optional<failure> told;
    link.server.on_error([&](const failure& why) { told = why; });

    link.server.listen(0);
    run_until(link.io, [&] { return told.has_value(); });

    EXPECT_EQ(told->code, errc::wrong_state);
    EXPECT_TRUE(link.server.listening());
    link.run_to_the_end();
}

TEST(server, options_that_cannot_work_are_refused_at_once) {
    asio::io_context io;

    const auto bad_protocol = create_server(io, {.credentials = {.key = "bad", .cert = "bad"}});

    EXPECT_FALSE(bad_protocol);
}

TEST(server, connection_comes_before_the_handshake_and_secure_connection_after) {
    rig link;
    events seen;
    link.server.on_connection([&](const tls_socket& socket) {
        seen.emplace_back("connection");
        EXPECT_EQ(socket.get_protocol(), "");
        EXPECT_EQ(link.server.connections(), 1U);
    });
    link.server.on_secure_connection([&](tls_socket socket) {
        seen.emplace_back("secureConnection");
        EXPECT_NE(socket.get_protocol(), "");
        socket.pipe(socket);
    });
    auto client = link.connect();
    client.end();

    link.run_to_the_end();

    EXPECT_THAT(seen, ElementsAre("connection", "secureConnection"));
    EXPECT_EQ(link.server.connections(), 0U);
}

TEST(server, a_hang_up_in_the_handshake_is_one_client_error) {
    rig link;
    trace at_server;
    link.server.on_connection([&](tls_socket socket) { at_server.watch(socket); });
    { const auto bare = link.connect_bare(); }

    link.run_to_the_end();

    ASSERT_EQ(link.client_errors.size(), 1U);
    EXPECT_EQ(link.client_errors[0].message, "socket hang up");
    EXPECT_EQ(link.client_errors[0].name(), "ECONNRESET");
    EXPECT_THAT(at_server.events(), ElementsAre("close after error"));
}

TEST(server, a_client_that_does_not_speak_tls_is_one_client_error) {
    rig link;
    auto bare = link.connect_bare();
    asio::write(bare, asio::buffer("GET / HTTP/1.0\r\n\r\n", 18));
    bool closed = false;
    link.server.on_connection(
        [&](tls_socket socket) { socket.on_close([&](bool) { closed = true; }); });
    run_until(link.io, [&] { return closed; });

    std::error_code end;
    std::vector<char> answer(100);
    while (!end) {
        static_cast<void>(bare.read_some(asio::buffer(answer), end));
    }
    bare.close();
    link.run_to_the_end();

    ASSERT_EQ(link.client_errors.size(), 1U);
    EXPECT_EQ(link.client_errors[0].code, errc::wrong_version_number);
    EXPECT_EQ(end, asio::error::eof) << "an orderly end, not a reset";
}

TEST(server, a_silent_client_is_dropped_in_time) {
    rig link({.handshake_timeout = std::chrono::seconds(2)});
    tls_socket server_side;
    link.server.on_connection([&](tls_socket socket) { server_side = std::move(socket); });
    const auto bare = link.connect_bare();
    run_until(link.io, [&] { return static_cast<bool>(server_side); });
    for (int i = 0; i < 10; ++i) {
        link.io.poll();
    }

    link.clock.advance(std::chrono::milliseconds(1999));
    server_side.check_deadlines();
    link.io.poll();
    EXPECT_THAT(link.client_errors, IsEmpty());
    link.clock.advance(std::chrono::milliseconds(1));
    server_side.check_deadlines();
    link.run_to_the_end();

    server_side = {};
    ASSERT_EQ(link.client_errors.size(), 1U);
    EXPECT_EQ(link.client_errors[0].code, errc::handshake_timed_out);
}

TEST(server, standing_connections_outlive_close_and_its_event) {
    rig link;
    tls_socket server_side;
    link.server.on_secure_connection([&](tls_socket socket) {
        server_side = socket;
        socket.pipe(socket);
    });
    auto client = link.connect();
    trace seen(client);
    seen.watch_data(client);
    bool closed = false;
    run_until(link.io, [&] { return static_cast<bool>(server_side); });

    link.server.close([&] { closed = true; });
    client.write("after close");
    run_until(link.io, [&] { return seen.has("data"); });
    EXPECT_FALSE(closed);
    client.end();
    run(link.io);

    server_side = {};
    EXPECT_TRUE(closed);
    EXPECT_EQ(seen.received(), "after close");
}

TEST(server, connections_above_the_limit_are_dropped) {
    rig link;
    link.server.set_max_connections(1);
    link.server.on_secure_connection([](tls_socket socket) { socket.pipe(socket); });
    std::optional<socket_address> dropped;
    link.server.on_drop([&](const socket_address& peer) { dropped = peer; });
    auto first = link.connect();
    bool secure = false;
    first.on_secure_connect([&] { secure = true; });
    run_until(link.io, [&] { return secure; });

    auto second = link.connect();
    trace seen(second);
    run_until(link.io, [&] { return dropped && second.destroyed(); });
    ++link.accepted;

    EXPECT_EQ(dropped->address, "127.0.0.1");
    EXPECT_EQ(link.server.connections(), 1U);
    first.end();
    link.run_to_the_end();
    EXPECT_THAT(seen.events(), ElementsAre("error ECONNRESET", "close after error"));
}

TEST(server, an_exception_from_a_listener_does_not_end_the_listening) {
    rig link;
    int throws = 0;
    link.server.on_connection([&](const tls_socket&) {
        if (throws++ == 0) {
            throw std::runtime_error("a listener's own");
        }
    });
    link.server.on_secure_connection([](tls_socket socket) { socket.pipe(socket); });
    auto first = link.connect();
    auto second = link.connect();
    first.end();
    second.end();
    trace first_seen(first);
    trace second_seen(second);

    EXPECT_THROW(run(link.io), std::runtime_error);
    link.run_to_the_end();

    EXPECT_THAT(first_seen.events(), ElementsAre("secureConnect", "end", "close"));
    EXPECT_THAT(second_seen.events(), ElementsAre("secureConnect", "end", "close"));
}

TEST(server, a_decision_may_come_late) {
    std::optional<late_answer<secure_context>> question;
    rig link({.sni_callback = [&](std::string_view, late_answer<secure_context> done) {
        question = std::move(done);
    }});
    link.server.on_secure_connection([](tls_socket socket) { socket.pipe(socket); });
    auto how = link.options();
    how.servername = "localhost";
    auto client = link.connect(how);
    trace seen(client);
    client.end();
    run_until(link.io, [&] { return question.has_value(); });
    EXPECT_FALSE(seen.has("secureConnect"));

    (*question)(secure_context());
    link.run_to_the_end();

    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "end", "close"));
}

TEST(server, lets_its_listeners_go_after_close) {
    asio::io_context io;
    const auto token = std::make_shared<int>(0);
    {
        auto made = value_of(create_server(io, {.secure_context = server_context()}));
        made.on_close([made, token] {});
        made.on_secure_connection([made, token](const tls_socket&) {});
        made.listen(0, "127.0.0.1", [made]() mutable { made.close(); });
    }

    run(io);

    EXPECT_EQ(token.use_count(), 1);
}

/// Takes all file descriptors of the process away but those in use.
class no_descriptors {
public:
    no_descriptors() {
        getrlimit(RLIMIT_NOFILE, &before_);
        rlimit none = before_;
        // The lowest number that is free: no new one is below it.
        const int lowest = ::dup(0);
        ::close(lowest);
        none.rlim_cur = static_cast<rlim_t>(lowest);
        setrlimit(RLIMIT_NOFILE, &none);
    }

    ~no_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

    no_descriptors(const no_descriptors&) = delete;
    no_descriptors& operator=(const no_descriptors&) = delete;

private:
    rlimit before_{};
};

TEST(server, survives_running_out_of_file_descriptors) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.pipe(socket); });
    auto client = link.connect();
    trace seen(client);
    client.end();
    {
        const no_descriptors none;
        run_until(link.io, [&] { return client.remote_port() != 0; });
        const auto busy = link.io.poll();
        EXPECT_LT(busy, 20U) << "the loop must not spin";
        EXPECT_EQ(link.accepted, 0);
    }

    link.run_to_the_end();

    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "end", "close"));
}

TEST(server, an_empty_handle_does_nothing) {
    server none;

    none.listen(0);
    none.close();
    none.on_close([] {});

    EXPECT_FALSE(none);
    EXPECT_FALSE(none.listening());
    EXPECT_EQ(none.connections(), 0U);
    EXPECT_FALSE(none.add_context("example.com", server_context()));
}

}  // namespace
}  // namespace polytls::testing_transport
