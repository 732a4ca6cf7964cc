#pragma once

#include <polytls/transport/duplex.hpp>

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <string>

namespace polytls::detail {

/// An endpoint of Asio's in the manual's form. IPv4 that came in by an IPv6 socket stays as the
/// system reports it, "::ffff:127.0.0.1".
socket_address to_address(const asio::ip::tcp::endpoint& end);

/// "127.0.0.1:443", "[::1]:443".
std::string to_text(const std::string& host, std::uint16_t port);
std::string to_text(const asio::ip::tcp::endpoint& end);

}  // namespace polytls::detail
