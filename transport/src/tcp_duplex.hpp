#pragma once

#include <polytls/transport/duplex.hpp>

#include <asio/ip/tcp.hpp>

namespace polytls::detail {

/// A connected TCP socket.
class tcp_duplex final : public duplex {
public:
    /// `remote` as it was when the connection was made: the system forgets it once the peer has
    /// left.
    tcp_duplex(asio::ip::tcp::socket socket, const asio::ip::tcp::endpoint& remote);

    asio::any_io_executor executor() override { return socket_.get_executor(); }

    void async_wait_readable(std::function<void(std::error_code)> ready) override;
    void async_wait_writable(std::function<void(std::error_code)> ready) override;
    std::size_t receive(mutable_bytes buffer, std::error_code& error) override;
    std::size_t send(bytes data, std::error_code& error) override;
    void shutdown_send() noexcept override;
    void close() noexcept override;

    socket_address local_address() const override { return local_; }

    socket_address remote_address() const override { return remote_; }

private:
    asio::ip::tcp::socket socket_;
    socket_address local_;
    socket_address remote_;
};

}  // namespace polytls::detail
