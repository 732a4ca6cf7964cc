#pragma once

#include <polytls/transport/duplex.hpp>

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

namespace polytls::detail {

/// A TCP or unix socket that is connected, or still connecting.
template <class Protocol>
class socket_duplex final : public duplex {
public:
    using socket_type = typename Protocol::socket;
    using endpoint_type = typename Protocol::endpoint;

    /// A socket whose addresses are asked for when they are wanted.
    explicit socket_duplex(socket_type socket);

    /// `remote` as it was when the connection was made: the system forgets it once the peer has
    /// left.
    socket_duplex(socket_type socket, const endpoint_type& remote);

    asio::any_io_executor executor() override { return socket_.get_executor(); }

    void async_wait_readable(std::function<void(std::error_code)> ready) override;
    void async_wait_writable(std::function<void(std::error_code)> ready) override;
    std::size_t receive(mutable_bytes buffer, std::error_code& error) override;
    std::size_t send(bytes data, std::error_code& error) override;
    void shutdown_send() noexcept override;
    void close() noexcept override;
    socket_address local_address() const override;
    socket_address remote_address() const override;

private:
    socket_type socket_;
    socket_address local_;
    socket_address remote_;
};

extern template class socket_duplex<asio::ip::tcp>;
extern template class socket_duplex<asio::local::stream_protocol>;

using tcp_duplex = socket_duplex<asio::ip::tcp>;
using unix_duplex = socket_duplex<asio::local::stream_protocol>;

}  // namespace polytls::detail
