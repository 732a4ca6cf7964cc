#include "support.hpp"

#include <asio/post.hpp>
#include <asio/write.hpp>
#include <gmock/gmock.h>

#include <stdexcept>
#include <thread>

namespace polytls::testing_transport {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    }
    return text;
}

void echo(tls_socket socket) {
    socket.pipe(socket);
}

TEST(socket, data_goes_both_ways_and_ends) {
    rig link;
    link.server.on_secure_connection(echo);
    auto client = link.connect();
    trace seen(client);
    seen.watch_data(client);
    client.on_secure_connect([client]() mutable { client.end("hello"); });

    link.run_to_the_end();

    EXPECT_EQ(seen.received(), "hello");
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "data", "end", "close"));
    EXPECT_EQ(client.bytes_read(), 5U);
    EXPECT_EQ(client.bytes_written(), 5U);
    EXPECT_THAT(link.client_errors, IsEmpty());
}

TEST(socket, what_is_written_before_the_handshake_is_sent_after_it) {
    rig link;
    link.server.on_secure_connection(echo);
    auto client = link.connect();
    trace seen;
    seen.watch_data(client);

    client.write("early ");
    client.end("bird");
    link.run_to_the_end();

    EXPECT_EQ(seen.received(), "early bird");
}

TEST(socket, writes_of_any_size_arrive_whole_and_in_order) {
    rig link;
    trace at_server;
    link.server.on_secure_connection([&](tls_socket socket) { at_server.watch_data(socket); });
    const std::string sent = pattern(3'000'000);
    auto client = link.connect();

    const std::size_t sizes[] = {0, 1, 100, 16383, 16384, 16385, 70000, 250000};
    for (std::size_t at = 0, turn = 0; at < sent.size(); ++turn) {
        const std::size_t size = std::min(sizes[turn % 8], sent.size() - at);
        client.write(std::string_view(sent).substr(at, size));
        at += size;
    }
    client.end();
    link.run_to_the_end();

    EXPECT_TRUE(at_server.received() == sent) << at_server.received().size();
}

TEST(socket, a_write_above_the_mark_says_so_and_drain_follows) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.resume(); });
    auto client = link.connect();
    trace seen(client);
    std::vector<bool> answers;
    client.on_secure_connect([&answers, client]() mutable {
        answers.push_back(client.write(pattern(tls_socket::high_water_mark)));
        answers.push_back(client.write("one more"));
        EXPECT_EQ(client.writable_length(), tls_socket::high_water_mark + 8);
    });
    client.on_drain([client]() mutable {
        EXPECT_EQ(client.writable_length(), 0U);
        client.end();
    });

    link.run_to_the_end();

    EXPECT_THAT(answers, ElementsAre(true, false));
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "drain", "end", "close"));
}

TEST(socket, data_that_comes_before_anybody_listens_is_not_lost) {
    rig link;
    tls_socket server_side;
    link.server.on_secure_connection([&](tls_socket socket) { server_side = std::move(socket); });
    auto client = link.connect();
    client.end(pattern(300'000));
    run_until(link.io, [&] { return static_cast<bool>(server_side); });
    for (int i = 0; i < 50; ++i) {
        link.io.poll();
    }

    trace seen;
    seen.watch_data(server_side);
    link.run_to_the_end();

    EXPECT_TRUE(seen.received() == pattern(300'000)) << seen.received().size();
}

TEST(socket, a_paused_socket_delivers_nothing_and_holds_the_peer_back) {
    rig link;
    tls_socket server_side;
    trace seen;
    link.server.on_secure_connection([&](tls_socket socket) {
        server_side = std::move(socket);
        seen.watch_data(server_side);
        server_side.pause();
    });
    const std::string sent = pattern(20'000'000);
    auto client = link.connect();
    client.end(sent);
    run_until(link.io, [&] { return static_cast<bool>(server_side); });
    for (int i = 0; i < 1000; ++i) {
        link.io.poll();
    }

    EXPECT_EQ(seen.received(), "");
    EXPECT_GT(client.writable_length(), 0U);

    server_side.resume();
    link.run_to_the_end();

    EXPECT_TRUE(seen.received() == sent) << seen.received().size();
}

TEST(socket, pausing_within_data_stops_it_at_once) {
    rig link;
    tls_socket server_side;
    std::string received;
    int calls = 0;
    link.server.on_secure_connection([&](tls_socket socket) {
        server_side = socket;
        socket.on_data([&](bytes plaintext) {
            received += as_text(plaintext);
            ++calls;
            server_side.pause();
            asio::post(link.io, [&] {
                EXPECT_EQ(calls, 1);
                calls = 0;
                server_side.resume();
            });
        });
    });
    auto client = link.connect();
    client.end(pattern(500'000));

    link.run_to_the_end();

    server_side = {};
    EXPECT_TRUE(received == pattern(500'000)) << received.size();
}

TEST(socket, our_side_ends_with_the_peers) {
    rig link;
    trace at_server;
    link.server.on_secure_connection([&](tls_socket socket) {
        at_server.watch(socket);
        at_server.watch_data(socket);
        socket.on_end([socket]() mutable { EXPECT_TRUE(socket.write("last words")); });
    });
    auto client = link.connect();
    trace seen(client);
    seen.watch_data(client);
    client.end();

    link.run_to_the_end();

    EXPECT_EQ(seen.received(), "last words");
    EXPECT_THAT(at_server.events(), ElementsAre("end", "close"));
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "data", "end", "close"));
}

TEST(socket, a_half_open_side_goes_on_writing_after_the_peers_end) {
    rig link({.allow_half_open = true});
    tls_socket server_side;
    link.server.on_secure_connection([&](tls_socket socket) {
        server_side = socket;
        socket.resume();
        socket.on_end([&] {
            asio::post(link.io,
                       [&] { asio::post(link.io, [&] { server_side.end("still here"); }); });
        });
    });
    auto client = link.connect();
    trace seen(client);
    seen.watch_data(client);
    client.end();

    link.run_to_the_end();

    server_side = {};
    EXPECT_EQ(seen.received(), "still here");
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "data", "end", "close"));
}

TEST(socket, nobody_has_to_listen_for_a_socket_to_close) {
    rig link;
    trace at_server;
    link.server.on_secure_connection([&](tls_socket socket) {
        at_server.watch(socket);
        socket.end("unheard");
    });
    auto client = link.connect();
    trace seen(client);
    client.end("unheard too");

    link.run_to_the_end();

    EXPECT_THAT(at_server.events(), ElementsAre("end", "close"));
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "end", "close"));
}

TEST(socket, an_end_without_close_notify_is_told_after_the_data) {
    rig link;
    trace at_server;
    link.server.on_secure_connection([&](tls_socket socket) {
        at_server.watch(socket);
        at_server.watch_data(socket);
        socket.on_data([socket](bytes) mutable { socket.write("seen"); });
    });
    auto client = link.connect();
    client.write("cut");
    // All that came is read by then: what is left unread would make the system send a reset.
    client.on_data([client](bytes) mutable { client.destroy(); });

    link.run_to_the_end();

    EXPECT_EQ(at_server.received(), "cut");
    EXPECT_THAT(at_server.events(), ElementsAre("data", "error TRUNCATED", "close after error"));
    EXPECT_EQ(at_server.errors().at(0).code, errc::truncated);
}

TEST(socket, an_end_without_close_notify_is_an_end_where_the_user_allows_it) {
    rig link({.allow_truncation = true});
    trace at_server;
    link.server.on_secure_connection([&](tls_socket socket) {
        at_server.watch(socket);
        at_server.watch_data(socket);
        socket.on_data([socket](bytes) mutable { socket.write("seen"); });
    });
    auto client = link.connect();
    client.write("cut");
    client.on_data([client](bytes) mutable { client.destroy(); });

    link.run_to_the_end();

    EXPECT_EQ(at_server.received(), "cut");
    EXPECT_THAT(at_server.events(), ElementsAre("data", "end", "close"));
}

TEST(socket, nothing_but_one_close_comes_after_destroy) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.write(pattern(100'000)); });
    auto client = link.connect();
    trace seen(client);
    int calls = 0;
    client.on_data([&, client](bytes) mutable {
        ++calls;
        client.destroy();
        client.destroy();
        EXPECT_TRUE(client.destroyed());
        EXPECT_FALSE(client.write("ignored"));
    });

    link.run_to_the_end();

    EXPECT_EQ(calls, 1);
    EXPECT_THAT(seen.events(), ElementsAre("secureConnect", "close"));
}

TEST(socket, destroying_with_a_failure_tells_it_first) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.resume(); });
    auto client = link.connect();
    trace seen(client);
    client.on_secure_connect([client]() mutable {
        client.destroy(make_failure(errc::invalid_argument, "enough", "peer"));
    });

    link.run_to_the_end();

    EXPECT_THAT(seen.events(),
                ElementsAre("secureConnect", "error INVALID_ARGUMENT", "close after error"));
    EXPECT_EQ(seen.errors().at(0).message, "enough");
}

TEST(socket, no_listener_is_called_from_within_destroy) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.resume(); });
    auto client = link.connect();
    bool within = false;
    bool closed = false;
    client.on_close([&](bool) {
        EXPECT_FALSE(within);
        closed = true;
    });

    within = true;
    client.destroy();
    within = false;
    link.run_to_the_end();

    EXPECT_TRUE(closed);
}

TEST(socket, writing_after_the_end_is_told_once_and_harms_nothing) {
    rig link;
    link.server.on_secure_connection(echo);
    auto client = link.connect();
    trace seen(client);
    seen.watch_data(client);
    client.end("kept");

    EXPECT_FALSE(client.write("refused"));
    EXPECT_FALSE(client.write("refused"));
    link.run_to_the_end();

    EXPECT_EQ(seen.received(), "kept");
    ASSERT_EQ(seen.errors().size(), 1U);
    EXPECT_EQ(seen.errors()[0].code, errc::wrong_state);
    EXPECT_EQ(seen.events().back(), "close");
}

TEST(socket, listeners_that_hold_their_socket_are_let_go_after_close) {
    rig link;
    const auto token = std::make_shared<int>(0);
    const std::weak_ptr<int> held = token;
    link.server.on_secure_connection([token](tls_socket socket) {
        socket.on_data([token, socket](bytes data) mutable { socket.write(data); });
        socket.on_close([token, socket](bool) {});
    });
    {
        auto client = link.connect();
        client.on_secure_connect([token, client]() mutable { client.end("x"); });
        client.on_close(
            [token, client](bool) mutable { client.on_close([token, client](bool) {}); });
    }

    link.run_to_the_end();

    EXPECT_EQ(held.use_count(), 1);
}

TEST(socket, listeners_that_hold_their_socket_are_let_go_with_the_loop) {
    const auto token = std::make_shared<int>(0);
    tls_socket survivor;
    {
        rig link;
        link.server.on_secure_connection(
            [token](tls_socket socket) { socket.on_data([token, socket](bytes) {}); });
        link.server.on_close([token, server = link.server] {});
        auto client = link.connect();
        bool secure = false;
        client.on_secure_connect([&secure, token, client] { secure = true; });
        run_until(link.io, [&] { return secure; });
        survivor = client;
    }

    EXPECT_EQ(token.use_count(), 1);
    EXPECT_TRUE(survivor.destroyed());
    EXPECT_FALSE(survivor.write("nobody"));
    survivor.destroy();
}

TEST(socket, an_exception_passes_through_run_and_the_socket_goes_on) {
    rig link;
    std::string received;
    int throws = 0;
    link.server.on_secure_connection([&](tls_socket socket) {
        socket.on_data([&](bytes plaintext) {
            received += as_text(plaintext);
            if (throws < 3) {
                ++throws;
                throw std::runtime_error("a listener's own");
            }
        });
        throw std::runtime_error("another one's");
    });
    auto client = link.connect();
    client.on_secure_connect([] { throw std::runtime_error("the client's"); });
    trace seen(client);
    client.end(pattern(200'000));

    int passed = 0;
    link.close_server();
    for (bool done = false; !done;) {
        try {
            run(link.io);
            done = true;
        } catch (const std::runtime_error&) {
            ++passed;
        }
    }

    EXPECT_EQ(passed, 5);
    EXPECT_TRUE(received == pattern(200'000)) << received.size();
    EXPECT_THAT(seen.events(), ElementsAre("end", "close"));
}

TEST(socket, an_exception_from_error_does_not_keep_close_from_coming) {
    rig link;
    link.server.on_secure_connection([](tls_socket socket) { socket.resume(); });
    auto client = link.connect();
    trace seen(client);
    client.on_error([](const failure&) { throw std::runtime_error("from error"); });
    client.on_secure_connect([client]() mutable { client.destroy(make_failure(errc::internal)); });
    link.close_server();

    EXPECT_THROW(run(link.io), std::runtime_error);
    run(link.io);

    EXPECT_EQ(seen.events().back(), "close after error");
}

TEST(socket, a_view_of_data_survives_another_loop_run_within_the_call) {
    rig outer;
    rig inner;
    inner.server.on_secure_connection(echo);
    std::string received;
    std::string received_inside;
    outer.server.on_secure_connection([&](tls_socket socket) {
        socket.on_data([&](bytes plaintext) {
            if (received_inside.empty()) {
                auto client = inner.connect();
                client.on_data([&](bytes inside) { received_inside += as_text(inside); });
                client.end(std::string(50'000, '#'));
                inner.run_to_the_end();
            }
            received += as_text(plaintext);
        });
    });
    auto client = outer.connect();
    client.end(pattern(100'000));

    outer.run_to_the_end();

    EXPECT_EQ(received_inside, std::string(50'000, '#'));
    EXPECT_TRUE(received == pattern(100'000)) << received.size();
}

TEST(socket, timeout_comes_once_while_nothing_moves) {
    rig link;
    tls_socket server_side;
    link.server.on_secure_connection([&](tls_socket socket) {
        server_side = socket;
        echo(socket);
    });
    auto client = link.connect();
    trace seen(client);
    seen.watch_data(client);
    client.set_timeout(std::chrono::seconds(10));
    // The answer comes after whatever else a server sends of its own accord.
    client.write("settled");
    run_until(link.io, [&] { return seen.received() == "settled"; });

    link.clock.advance(std::chrono::seconds(9));
    client.check_deadlines();
    link.io.poll();
    EXPECT_FALSE(seen.has("timeout"));

    link.clock.advance(std::chrono::seconds(1));
    client.check_deadlines();
    link.io.poll();
    client.check_deadlines();
    link.io.poll();
    client.write("moves");
    run_until(link.io, [&] { return seen.received() == "settledmoves"; });
    link.clock.advance(std::chrono::seconds(10));
    client.check_deadlines();
    link.io.poll();
    client.set_timeout({});
    link.clock.advance(std::chrono::hours(10));
    client.check_deadlines();
    client.end();
    link.run_to_the_end();

    server_side = {};
    EXPECT_THAT(seen.events(),
                ElementsAre("secureConnect", "data", "timeout", "data", "timeout", "end", "close"));
}

TEST(socket, addresses_stay_readable_after_the_peer_has_left) {
    rig link;
    tls_socket server_side;
    link.server.on_secure_connection([&](tls_socket socket) {
        server_side = socket;
        socket.resume();
    });
    auto client = link.connect();
    client.end();
    const std::uint16_t port = link.server.address().port;

    link.run_to_the_end();

    EXPECT_TRUE(client.destroyed());
    EXPECT_EQ(client.remote_port(), port);
    EXPECT_EQ(client.remote_address(), "127.0.0.1");
    EXPECT_EQ(client.remote_family(), "IPv4");
    EXPECT_EQ(client.local_port(), server_side.remote_port());
    EXPECT_EQ(server_side.local_port(), port);
    EXPECT_EQ(server_side.address().address, "127.0.0.1");
    EXPECT_EQ(server_side.local_address(), "127.0.0.1");
    EXPECT_EQ(server_side.remote_address(), "127.0.0.1");
}

TEST(socket, a_session_is_told_after_secure_connect) {
    rig link;
    link.server.on_secure_connection(echo);
    auto client = link.connect();
    trace seen(client);
    std::vector<std::uint8_t> session;
    client.on_session([&](const std::vector<std::uint8_t>& told) {
        EXPECT_TRUE(seen.has("secureConnect"));
        session = told;
    });
    client.write("ask for an answer");
    client.on_data([client](bytes) mutable { client.end(); });

    link.run_to_the_end();

    EXPECT_FALSE(session.empty());
    EXPECT_EQ(client.get_session(), session);
}

TEST(socket, an_empty_handle_does_nothing) {
    tls_socket none;

    none.on_data([](bytes) {});
    none.pipe(none);
    none.end("text");
    none.destroy();
    none.check_deadlines();

    EXPECT_FALSE(none);
    EXPECT_FALSE(none.write("text"));
    EXPECT_TRUE(none.destroyed());
    EXPECT_FALSE(none.set_max_send_fragment(1024));
    EXPECT_EQ(none.get_cipher(), nullptr);
    EXPECT_EQ(none.remote_address(), "");
    EXPECT_TRUE(none.get_peer_certificate().empty());
}

TEST(socket, the_size_of_fragments_has_bounds) {
    rig link;
    link.server.on_secure_connection(echo);
    auto client = link.connect();

    EXPECT_FALSE(client.set_max_send_fragment(511));
    EXPECT_FALSE(client.set_max_send_fragment(16385));
    EXPECT_TRUE(client.set_max_send_fragment(512));
    trace seen;
    seen.watch_data(client);
    client.end(pattern(5000));
    link.run_to_the_end();

    EXPECT_EQ(seen.received(), pattern(5000));
}

TEST(socket, a_context_serves_sockets_of_several_threads) {
    rig link;
    link.server.on_secure_connection(echo);
    constexpr int clients = 4;
    std::vector<std::string> received(clients);
    std::vector<std::thread> threads;
    const std::uint16_t port = link.server.address().port;
    int closed = 0;
    link.server.on_connection([&](tls_socket socket) {
        socket.on_close([&](bool) {
            if (++closed == clients) {
                link.server.close();
            }
        });
    });

    for (std::string& text : received) {
        threads.emplace_back([&text, port] {
            asio::io_context io;
            auto client = value_of(polytls::connect(
                io, {.port = port, .host = "127.0.0.1", .secure_context = client_context()}));
            client.on_data([&](bytes plaintext) { text += as_text(plaintext); });
            client.end(pattern(200'000));
            io.run_for(watchdog);
        });
    }
    run(link.io);
    for (std::thread& each : threads) {
        each.join();
    }

    for (const std::string& text : received) {
        EXPECT_TRUE(text == pattern(200'000)) << text.size();
    }
}

}  // namespace
}  // namespace polytls::testing_transport
