#pragma once

#include "anchored.hpp"

#include <polytls/transport/duplex.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <functional>
#include <memory>
#include <system_error>

namespace polytls::detail {

class server_state;

/// A socket that listens, TCP or unix. Ending it ends what is awaited on it.
class listener {
public:
    using accepted = std::function<void(server_state&, std::error_code, std::unique_ptr<duplex>)>;

    virtual ~listener() = default;

    /// Passes on the next connection, never from within this call. One at a time.
    virtual void async_accept(anchored<server_state, accepted> taken) = 0;

    virtual socket_address address() const = 0;
};

/// Begins to listen; null with an error.
std::unique_ptr<listener> listen_on(const asio::any_io_executor& executor,
                                    const asio::ip::tcp::endpoint& local,
                                    std::error_code& error);

/// The same on a path, which is removed again when the listener ends.
std::unique_ptr<listener> listen_on(const asio::any_io_executor& executor,
                                    const asio::local::stream_protocol::endpoint& local,
                                    std::error_code& error);

}  // namespace polytls::detail
