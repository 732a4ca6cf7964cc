// A client in coroutines: asks an HTTPS server for its start page and prints the answer.
//
//     coroutine_client HOST PORT [CA-FILE]

#include <polytls/pem.hpp>
#include <polytls/transport/stream.hpp>

#include <asio/co_spawn.hpp>
#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <exception>
#include <iostream>
#include <string>

using asio::use_awaitable;
using asio::ip::tcp;

asio::awaitable<void> get(std::string host, std::string port, polytls::secure_context context) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    tcp::socket socket(executor);
    co_await asio::async_connect(socket, co_await resolver.async_resolve(host, port, use_awaitable),
                                 use_awaitable);

    polytls::stream<tcp::socket> stream(std::move(socket), context);
    stream.set_host_name(host);
    co_await stream.async_handshake(polytls::stream_base::client, use_awaitable);
    std::clog << stream.details().protocol() << ", "
              << stream.details().peer_certificate().subject_field("CN") << '\n';

    const std::string request = "GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n";
    co_await asio::async_write(stream, asio::buffer(request), use_awaitable);

    std::string answer;
    std::error_code end;
    co_await asio::async_read(stream, asio::dynamic_buffer(answer),
                              asio::redirect_error(use_awaitable, end));
    if (end != asio::error::eof) {
        throw std::system_error(end);
    }
    std::cout << answer;
}

int main(int argc, char** argv) {
    if (argc < 3 || argc > 4) {
        std::cerr << "usage: coroutine_client HOST PORT [CA-FILE]\n";
        return 2;
    }
    try {
        polytls::context_options options;
        if (argc == 4) {
            options.ca = polytls::value_of(polytls::read_file(argv[3]));
        }
        const auto context = polytls::value_of(polytls::create_secure_context(options));

        asio::io_context loop;
        std::exception_ptr failed;
        asio::co_spawn(loop, get(argv[1], argv[2], context),
                       [&](std::exception_ptr error) { failed = error; });
        loop.run();
        if (failed) {
            std::rethrow_exception(failed);
        }
    } catch (const std::exception& error) {
        std::cerr << "coroutine_client: " << error.what() << '\n';
        return 1;
    }
}
