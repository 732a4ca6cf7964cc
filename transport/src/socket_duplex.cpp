#include "socket_duplex.hpp"

#include "addresses.hpp"

#include <asio/buffer.hpp>

#include <type_traits>
#include <utility>

namespace polytls::detail {

template <class Protocol>
socket_duplex<Protocol>::socket_duplex(socket_type socket) : socket_(std::move(socket)) {
    // A peer that is gone already makes these fail; the first receive then tells.
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
    if constexpr (std::is_same_v<Protocol, asio::ip::tcp>) {
        // What is to be gathered is gathered before it is sent: waiting for more only adds delay.
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    local_ = local_address();
    remote_ = remote_address();
}

template <class Protocol>
socket_duplex<Protocol>::socket_duplex(socket_type socket, const endpoint_type& remote)
    : socket_duplex(std::move(socket)) {
    remote_ = to_address(remote);
}

template <class Protocol>
void socket_duplex<Protocol>::async_wait_readable(std::function<void(std::error_code)> ready) {
    socket_.async_wait(socket_type::wait_read, std::move(ready));
}

template <class Protocol>
void socket_duplex<Protocol>::async_wait_writable(std::function<void(std::error_code)> ready) {
    socket_.async_wait(socket_type::wait_write, std::move(ready));
}

template <class Protocol>
std::size_t socket_duplex<Protocol>::receive(mutable_bytes buffer, std::error_code& error) {
    return socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
}

template <class Protocol>
std::size_t socket_duplex<Protocol>::send(bytes data, std::error_code& error) {
    return socket_.write_some(asio::buffer(data.data(), data.size()), error);
}

template <class Protocol>
void socket_duplex<Protocol>::shutdown_send() noexcept {
    std::error_code ignored;
    socket_.shutdown(socket_type::shutdown_send, ignored);
}

template <class Protocol>
void socket_duplex<Protocol>::close() noexcept {
    std::error_code ignored;
    socket_.close(ignored);
}

// What is not known yet, since the socket is still connecting, is asked for again.

template <class Protocol>
socket_address socket_duplex<Protocol>::local_address() const {
    std::error_code unknown;
    const auto end = local_.family.empty() ? socket_.local_endpoint(unknown) : endpoint_type{};
    return unknown || !local_.family.empty() ? local_ : to_address(end);
}

template <class Protocol>
socket_address socket_duplex<Protocol>::remote_address() const {
    std::error_code unknown;
    const auto end = remote_.family.empty() ? socket_.remote_endpoint(unknown) : endpoint_type{};
    return unknown || !remote_.family.empty() ? remote_ : to_address(end);
}

template class socket_duplex<asio::ip::tcp>;
template class socket_duplex<asio::local::stream_protocol>;

}  // namespace polytls::detail
