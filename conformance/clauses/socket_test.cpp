// Clauses on sockets that need a network, over loopback.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/pki.hpp"

#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <unistd.h>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_address);

/// Connects over a loopback address, and compares what both ends say of it after all has closed.
void expect_addresses(const pairing& with, const std::string& address, const std::string& family) {
    network net(with, {}, address);
    const std::uint16_t port = net.server.address().port;
    tls_socket server_side;
    net.server.on_secure_connection([&](tls_socket socket) {
        server_side = socket;
        echo(socket);
    });
    auto client = net.connect();
    client.end();

    net.run_to_the_end();

    ASSERT_TRUE(server_side);
    EXPECT_TRUE(client.destroyed());
    EXPECT_EQ(client.remote_address(), address);
    EXPECT_EQ(client.remote_family(), family);
    EXPECT_EQ(client.remote_port(), port);
    EXPECT_EQ(client.local_address(), address);
    EXPECT_EQ(client.address().family, family);
    EXPECT_EQ(client.address().address, address);
    EXPECT_EQ(client.address().port, client.local_port());
    EXPECT_EQ(server_side.remote_address(), address);
    EXPECT_EQ(server_side.remote_family(), family);
    EXPECT_EQ(server_side.remote_port(), client.local_port());
    EXPECT_EQ(server_side.local_port(), port);
}

TEST_P(M_socket_address, is_known_on_both_ends_over_ipv4_even_after_the_end) {
    expect_addresses(GetParam(), "127.0.0.1", "IPv4");
}

bool has_ipv6() {
    asio::io_context io;
    std::error_code failed;
    asio::ip::tcp::acceptor probe(io);
    failed = probe.open(asio::ip::tcp::v6(), failed);
    if (!failed) {
        failed = probe.bind({asio::ip::make_address("::1"), 0}, failed);
    }
    return !failed;
}

TEST_P(M_socket_address, is_known_on_both_ends_over_ipv6_where_the_machine_has_it) {
    if (has_ipv6()) {
        expect_addresses(GetParam(), "::1", "IPv6");
        return;
    }
    asio::io_context io;
    auto made = value_of(create_server(io, {.secure_context = server_context_for(GetParam())}));
    std::optional<failure> told;
    made.on_error([&](const failure& why) { told = why; });
    made.listen(0, "::1");

    run(io);

    ASSERT_TRUE(told);
    EXPECT_THAT(told->message, testing::HasSubstr("::1"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_destroy);

TEST_P(M_socket_destroy, closes_at_once_with_one_close_and_no_event_after_it) {
    network net(GetParam());
    net.server.on_secure_connection([](tls_socket socket) { socket.write(pattern(300'000)); });
    auto client = net.connect();
    trace seen(client);
    int calls = 0;
    client.on_data([&, client](bytes) mutable {
        ++calls;
        client.destroy();
        client.destroy(make_failure(errc::internal));
        EXPECT_TRUE(client.destroyed());
        EXPECT_FALSE(client.write("ignored"));
    });

    net.run_to_the_end();

    EXPECT_EQ(calls, 1);
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "close"));
}

TEST_P(M_socket_destroy, with_an_error_tells_it_before_the_close) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto client = net.connect();
    trace seen(client);
    client.on_secure_connect([client]() mutable {
        client.destroy(make_failure(errc::invalid_argument, "enough of it"));
    });

    net.run_to_the_end();

    EXPECT_THAT(seen.events(),
                ElementsAre("secureConnect", "error INVALID_ARGUMENT", "close after error"));
    EXPECT_EQ(seen.errors().at(0).message, "enough of it");
}

TEST_P(M_socket_destroy, in_the_handshake_closes_without_an_error) {
    network net(GetParam());
    auto client = net.connect();
    trace seen(client);
    run_until(net.io, [&] { return client.remote_port() != 0; });

    client.destroy();
    net.run_to_the_end();

    EXPECT_THAT(seen.events(), ElementsAre("close"));
}

TEST_P(M_socket_destroy, lets_the_listeners_go) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto token = std::make_shared<int>(0);
    const std::weak_ptr<int> held = token;
    auto client = net.connect();
    client.on_data([token, client](bytes) {});
    client.on_close([token, client](bool) {});
    client.on_secure_connect([token = std::move(token), client]() mutable { client.destroy(); });
    EXPECT_FALSE(held.expired());

    net.run_to_the_end();

    EXPECT_TRUE(held.expired());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_timeout);

TEST_P(M_socket_timeout, comes_when_nothing_moved_for_so_long_and_the_connection_goes_on) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto client = net.connect();
    trace seen(client);
    seen.watch_data(client);
    client.set_timeout(std::chrono::seconds(10));
    // The answer comes after whatever else a server sends of its own accord.
    client.write("settled");
    run_until(net.io, [&] { return seen.received() == "settled"; });
    const auto let_pass = [&](std::chrono::milliseconds time) {
        net.clock.advance(time);
        client.check_deadlines();
        net.io.poll();
    };

    let_pass(std::chrono::milliseconds(9'999));
    EXPECT_FALSE(seen.has("timeout"));
    let_pass(std::chrono::milliseconds(1));
    EXPECT_TRUE(seen.has("timeout"));
    client.write(", moved");
    run_until(net.io, [&] { return seen.received() == "settled, moved"; });
    client.set_timeout({});
    let_pass(std::chrono::hours(10));
    client.end();
    net.run_to_the_end();

    EXPECT_THAT(seen.events(),
                ElementsAre("secureConnect", "data", "timeout", "data", "end", "close"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_stream);

TEST_P(M_socket_stream, a_write_above_the_mark_says_so_and_drain_follows) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    auto client = net.connect();
    trace seen(client);
    std::vector<bool> answers;
    client.on_secure_connect([&answers, client]() mutable {
        answers.push_back(client.write(pattern(tls_socket::high_water_mark)));
        answers.push_back(client.write("one more"));
    });
    client.on_drain([client]() mutable {
        EXPECT_EQ(client.writable_length(), 0U);
        client.end();
    });

    net.run_to_the_end();

    EXPECT_THAT(answers, ElementsAre(true, false));
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "drain", "end", "close"));
}

/// Writes a text in pieces, each only when the socket has room, and ends.
class polite_writer {
public:
    static constexpr std::size_t piece = 50'000;

    polite_writer(tls_socket socket, std::string text)
        : socket_(std::move(socket)), text_(std::move(text)) {}

    void go_on() {
        bool room = true;
        while (room && at_ < text_.size()) {
            room = socket_.write(std::string_view(text_).substr(at_, piece));
            at_ = std::min(text_.size(), at_ + piece);
            most_queued = std::max(most_queued, socket_.writable_length());
        }
        if (!room) {
            ++times_full;
            return;
        }
        socket_.end();
    }

    std::size_t most_queued = 0;
    int times_full = 0;

private:
    tls_socket socket_;
    std::string text_;
    std::size_t at_ = 0;
};

TEST_P(M_socket_stream, a_reader_that_pauses_gets_all_of_it_and_the_writer_holds_little) {
    network net(GetParam());
    const std::string sent = pattern(8U << 20U);
    tls_socket reader;
    std::string received;
    net.server.on_secure_connection([&](tls_socket socket) {
        reader = socket;
        socket.on_data([&](bytes plaintext) {
            received += as_text(plaintext);
            reader.pause();
            asio::post(net.io, [&] { reader.resume(); });
        });
        socket.pause();
    });
    auto client = net.connect();
    polite_writer writer(client, sent);
    client.on_secure_connect([&] { writer.go_on(); });
    client.on_drain([&] { writer.go_on(); });
    run_until(net.io, [&] { return reader && writer.times_full > 0; });
    net.io.poll();
    EXPECT_EQ(received, "");

    reader.resume();
    net.run_to_the_end();

    EXPECT_TRUE(received == sent) << received.size();
    EXPECT_LE(writer.most_queued, tls_socket::high_water_mark + polite_writer::piece);
    reader = {};
}

}  // namespace
}  // namespace polytls::testkit
