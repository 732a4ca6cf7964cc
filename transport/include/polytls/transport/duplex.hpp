#pragma once

#include <polytls/core/bytes.hpp>

#include <asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <system_error>

namespace polytls {

/// An address of a socket as the operating system reports it (manual: socket.address()).
struct socket_address {
    std::uint16_t port = 0;
    std::string family{};   ///< "IPv4", "IPv6" or "unix"; empty where there is no address.
    std::string address{};  ///< "127.0.0.1", "::1", or a unix socket's path, which may be empty.
};

/// A two-way stream of bytes that TLS can run over: a TCP socket, and whatever else can be waited
/// for. Used by one thread at a time (one executor).
///
/// Waiting and moving are apart, so that many connections of a thread can share one receive buffer.
class duplex {
public:
    virtual ~duplex() = default;

    virtual asio::any_io_executor executor() = 0;

    /// Calls `ready` once when `receive` would bring something, an end or an error; never from
    /// within this call. At most one such wait at a time.
    virtual void async_wait_readable(std::function<void(std::error_code)> ready) = 0;

    /// Calls `ready` once when `send` would take something; as above.
    virtual void async_wait_writable(std::function<void(std::error_code)> ready) = 0;

    /// Moves what is there, without waiting. 0 with `asio::error::would_block` when there is
    /// nothing, with `asio::error::eof` at the end.
    virtual std::size_t receive(mutable_bytes buffer, std::error_code& error) = 0;

    /// Moves as much as is taken, without waiting; 0 with `asio::error::would_block` for nothing.
    virtual std::size_t send(bytes data, std::error_code& error) = 0;

    /// Nothing more will be sent; the other side reads an end. A stream that can only be ended both
    /// ways does nothing: TLS has said by itself that its data ends.
    virtual void shutdown_send() noexcept = 0;

    /// Closes both ways at once; waits that stand end with `asio::error::operation_aborted`.
    virtual void close() noexcept = 0;

    /// The addresses; still readable after the peer has left and after `close`.
    virtual socket_address local_address() const = 0;
    virtual socket_address remote_address() const = 0;
};

}  // namespace polytls
