#include "network.hpp"

#include "link.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace polytls::testkit {

void run(asio::io_context& io) {
    io.restart();
    io.run_for(watchdog);
    ASSERT_TRUE(io.stopped()) << "something is still open";
}

void run_until(asio::io_context& io, const std::function<bool()>& happened) {
    const auto give_up = std::chrono::steady_clock::now() + watchdog;
    io.restart();
    while (!happened() && std::chrono::steady_clock::now() < give_up) {
        ASSERT_NE(io.run_one_until(give_up), 0U) << "nothing is left that could make it happen";
    }
    ASSERT_TRUE(happened());
}

std::uint16_t closed_port(asio::io_context& io) {
    const asio::ip::tcp::acceptor taken(io, {asio::ip::make_address("127.0.0.1"), 0});
    return taken.local_endpoint().port();
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    }
    return text;
}

void trace::watch(tls_socket socket) {
    socket.on_secure_connect([seen = seen_] { seen->note("secureConnect"); });
    socket.on_end([seen = seen_] { seen->note("end"); });
    socket.on_drain([seen = seen_] { seen->note("drain"); });
    socket.on_timeout([seen = seen_] { seen->note("timeout"); });
    socket.on_error([seen = seen_](const failure& why) {
        seen->note("error " + why.name());
        seen->errors.push_back(why);
    });
    socket.on_close(
        [seen = seen_](bool had_error) { seen->note(had_error ? "close after error" : "close"); });
}

void trace::watch_data(tls_socket socket) {
    socket.on_data([seen = seen_](bytes plaintext) {
        if (seen->events.empty() || seen->events.back() != "data") {
            seen->note("data");
        }
        seen->received += as_text(plaintext);
    });
}

bool trace::has(std::string_view event) const {
    return std::ranges::find(seen_->events, event) != seen_->events.end();
}

network::network(const pairing& with, server_options how, const std::string& address)
    : server(make_server(with, std::move(how))), address_(address),
      client_context_(client_context_for(with)) {
    server.on_client_error(
        [this](const failure& why, const tls_socket&) { client_errors.push_back(why); });
    server.on_connection([this](const tls_socket&) { ++accepted; });
    server.on_drop([this](const socket_address&) { ++accepted; });
    server.listen(0, address);
}

connect_options network::options() {
    return {.port = server.address().port,
            .host = address_,
            .secure_context = client_context_,
            .servername = "localhost",
            .clock = [this] { return clock.now(); }};
}

tls_socket network::connect(connect_options how, std::function<void()> secure_connect_listener) {
    ++connected;
    return value_of(polytls::connect(io, std::move(how), std::move(secure_connect_listener)));
}

asio::ip::tcp::socket network::connect_bare() {
    ++connected;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address(address_), server.address().port});
    return socket;
}

void network::close_server() {
    run_until(io, [this] { return accepted >= connected; });
    server.close();
}

void network::run_to_the_end() {
    close_server();
    run(io);
}

polytls::server network::make_server(const pairing& with, server_options how) {
    if (!how.secure_context && how.credentials.key.empty()) {
        how.secure_context = server_context_for(with);
    }
    how.clock = [this] { return clock.now(); };
    return value_of(create_server(io, std::move(how)));
}

void echo(tls_socket socket) {
    socket.pipe(socket);
}

}  // namespace polytls::testkit
