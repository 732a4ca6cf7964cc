#pragma once

#include "socket_state.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace polytls::detail {

/// Finds the addresses of a host and tries one after the other; then starts the socket over the
/// first connection that stands, or ends it with the last attempt's failure.
void connect_socket(const std::shared_ptr<socket_state>& socket,
                    std::string host,
                    std::uint16_t port);

/// The same over a unix socket.
void connect_socket(const std::shared_ptr<socket_state>& socket, const std::string& path);

}  // namespace polytls::detail
