#include "stream_link.hpp"

#include <polytls/transport/stream.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>
#include <gtest/gtest.h>

#include <concepts>
#include <exception>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace polytls::testing {
namespace {

using tls_over_tcp = stream<asio::ip::tcp::socket>;

static_assert(std::is_nothrow_move_constructible_v<tls_over_tcp>);
static_assert(std::is_nothrow_move_assignable_v<tls_over_tcp>);
static_assert(!std::is_copy_constructible_v<tls_over_tcp>);
static_assert(std::same_as<tls_over_tcp::executor_type, asio::any_io_executor>);
static_assert(
    std::same_as<tls_over_tcp::lowest_layer_type, asio::ip::tcp::socket::lowest_layer_type>);
static_assert(std::same_as<stream<tls_over_tcp&>::next_layer_type, tls_over_tcp>);

TEST(stream_tokens, blocking_calls_work_in_two_threads) {
    stream_link<over_tcp> link;
    const std::string question = pattern(200'000);
    std::string asked(question.size(), '\0');
    std::error_code server_end;
    std::thread server([&] {
        link.server.handshake(stream_base::server);
        asio::read(link.server, asio::buffer(asked));
        asio::write(link.server, asio::buffer("done", 4));
        link.server.shutdown(server_end);
    });
    std::string answer(4, '\0');
    std::error_code end;

    link.client.handshake(stream_base::client);
    asio::write(link.client, asio::buffer(question));
    asio::read(link.client, asio::buffer(answer));
    link.client.read_some(asio::buffer(answer), end);
    link.client.shutdown();
    server.join();

    EXPECT_EQ(end, asio::error::eof);
    EXPECT_EQ(answer, "done");
    EXPECT_TRUE(asked == question);
    EXPECT_EQ(server_end, std::error_code());
}

TEST(stream_tokens, a_blocking_handshake_throws_what_went_wrong) {
    stream_link<over_tcp> link;
    link.client.set_host_name("elsewhere.example");
    std::error_code server_error;
    std::thread server([&] { link.server.handshake(stream_base::server, server_error); });

    std::error_code thrown;
    try {
        link.client.handshake(stream_base::client);
    } catch (const std::system_error& error) {
        thrown = error.code();
    }
    server.join();

    EXPECT_EQ(thrown, make_error_code(errc::altname_invalid));
    EXPECT_EQ(server_error, make_error_code(errc::alert_received));
}

TEST(stream_tokens, a_blocking_handshake_cannot_wait_for_a_late_answer) {
    stream_link<over_tcp> link;
    std::optional<late_answer<secure_context>> waiting;
    link.server.set_sni_callback(
        [&](std::string_view, late_answer<secure_context> done) { waiting = done; });
    std::error_code client_error;
    std::thread client([&] { link.client.handshake(stream_base::client, client_error); });
    std::error_code error;

    link.server.handshake(stream_base::server, error);
    std::error_code ignored;
    link.server.lowest_layer().close(ignored);
    client.join();

    EXPECT_EQ(error, make_error_code(errc::wrong_state));
    EXPECT_TRUE(client_error);
}

TEST(stream_tokens, futures_are_fulfilled) {
    stream_link<over_tcp> link;
    auto work = asio::make_work_guard(link.context);
    std::thread runner([&] { link.context.run(); });
    std::string room(5, '\0');

    auto client = link.client.async_handshake(stream_base::client, asio::use_future);
    auto server = link.server.async_handshake(stream_base::server, asio::use_future);
    client.get();
    server.get();
    auto read = asio::async_read(link.server, asio::buffer(room), asio::use_future);
    auto written = link.client.async_write_some(asio::buffer("hello", 5), asio::use_future);

    EXPECT_EQ(written.get(), 5U);
    EXPECT_EQ(read.get(), 5U);
    EXPECT_EQ(room, "hello");
    work.reset();
    runner.join();
}

#if defined(ASIO_HAS_CO_AWAIT)

template <class Stream>
asio::awaitable<void> answer_one_line(Stream& stream) {
    co_await stream.async_handshake(stream_base::server, asio::use_awaitable);
    std::string line;
    co_await asio::async_read_until(stream, asio::dynamic_buffer(line), '\n', asio::use_awaitable);
    line.insert(0, "you said ");
    co_await asio::async_write(stream, asio::buffer(line), asio::use_awaitable);
    co_await stream.async_shutdown(asio::use_awaitable);
}

template <class Stream>
asio::awaitable<std::string> ask_one_line(Stream& stream) {
    co_await stream.async_handshake(stream_base::client, asio::use_awaitable);
    co_await asio::async_write(stream, asio::buffer("hello\n", 6), asio::use_awaitable);
    std::string answer;
    co_await asio::async_read_until(stream, asio::dynamic_buffer(answer), '\n',
                                    asio::use_awaitable);
    co_await stream.async_shutdown(asio::use_awaitable);
    co_return answer;
}

TEST(stream_tokens, coroutines_await_each_operation) {
    stream_link<over_tcp> link;
    std::string answer;

    asio::co_spawn(link.context, answer_one_line(link.server), asio::detached);
    asio::co_spawn(link.context, ask_one_line(link.client),
                   [&](std::exception_ptr, std::string text) { answer = text; });
    link.run();

    EXPECT_EQ(answer, "you said hello\n");
}

TEST(stream_tokens, tls_runs_in_tls) {
    stream_link<over_tcp> outer;
    outer.handshake();
    stream<tls_over_tcp> client(std::move(outer.client),
                                client_settings{.context = client_context(), .host = "127.0.0.1"});
    stream<tls_over_tcp&> server(outer.server, server_settings{.context = server_context()});
    std::string answer;

    asio::co_spawn(outer.context, answer_one_line(server), asio::detached);
    asio::co_spawn(outer.context, ask_one_line(client),
                   [&](std::exception_ptr, std::string text) { answer = text; });
    outer.run();

    EXPECT_EQ(answer, "you said hello\n");
}

#endif

}  // namespace
}  // namespace polytls::testing
