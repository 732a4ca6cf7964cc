#pragma once

#include <polytls/transport/duplex.hpp>
#include <polytls/transport/socket.hpp>

#include <memory>

namespace polytls::detail {

/// A TLS socket as a stream of bytes for another TLS connection.
class tls_duplex final : public duplex {
public:
    explicit tls_duplex(tls_socket socket);
    ~tls_duplex() override;
    tls_duplex(const tls_duplex&) = delete;
    tls_duplex& operator=(const tls_duplex&) = delete;

    asio::any_io_executor executor() override { return socket_.get_executor(); }

    void async_wait_readable(std::function<void(std::error_code)> ready) override;
    void async_wait_writable(std::function<void(std::error_code)> ready) override;
    std::size_t receive(mutable_bytes buffer, std::error_code& error) override;
    std::size_t send(bytes data, std::error_code& error) override;

    // Not by ending the outer connection: its peer may take that for the end of both ways and throw
    // away what it still has to send (RFC 5246, section 7.2.1).
    void shutdown_send() noexcept override {}

    void close() noexcept override;

    socket_address local_address() const override;
    socket_address remote_address() const override;

private:
    struct incoming;

    tls_socket socket_;
    std::shared_ptr<incoming> in_;  // What the socket's listeners see of this.
};

}  // namespace polytls::detail
