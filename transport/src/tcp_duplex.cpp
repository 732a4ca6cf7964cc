#include "tcp_duplex.hpp"

#include "addresses.hpp"

#include <asio/buffer.hpp>

#include <utility>

namespace polytls::detail {

tcp_duplex::tcp_duplex(asio::ip::tcp::socket socket, const asio::ip::tcp::endpoint& remote)
    : socket_(std::move(socket)), remote_(to_address(remote)) {
    // A peer that is gone already makes these fail; the first receive then tells.
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
    // What is to be gathered is gathered before it is sent: waiting for more only adds delay.
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto local = socket_.local_endpoint(ignored);
    if (!ignored) {
        local_ = to_address(local);
    }
}

void tcp_duplex::async_wait_readable(std::function<void(std::error_code)> ready) {
    socket_.async_wait(asio::ip::tcp::socket::wait_read, std::move(ready));
}

void tcp_duplex::async_wait_writable(std::function<void(std::error_code)> ready) {
    socket_.async_wait(asio::ip::tcp::socket::wait_write, std::move(ready));
}

std::size_t tcp_duplex::receive(mutable_bytes buffer, std::error_code& error) {
    return socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
}

std::size_t tcp_duplex::send(bytes data, std::error_code& error) {
    return socket_.write_some(asio::buffer(data.data(), data.size()), error);
}

void tcp_duplex::shutdown_send() noexcept {
    std::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void tcp_duplex::close() noexcept {
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace polytls::detail
