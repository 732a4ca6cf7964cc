#pragma once

#include <polytls/transport/duplex.hpp>

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace polytls::detail {

/// An endpoint of Asio's in the manual's form. IPv4 that came in by an IPv6 socket stays as the
/// system reports it, "::ffff:127.0.0.1".
socket_address to_address(const asio::ip::tcp::endpoint& end);
/// The path of a unix socket; an unnamed end, as a client's is, has none.
socket_address to_address(const asio::local::stream_protocol::endpoint& end);

/// "127.0.0.1:443", "[::1]:443".
std::string to_text(const std::string& host, std::uint16_t port);
std::string to_text(const asio::ip::tcp::endpoint& end);

/// What a resolver found; where it found nothing, the loopback addresses for "localhost", which
/// means them also on a machine without a hosts file (RFC 6761, section 6.3).
std::vector<asio::ip::tcp::endpoint> candidates(const asio::ip::tcp::resolver::results_type& found,
                                                std::string_view host,
                                                std::uint16_t port);

/// The endpoint of a path, which may be too long for the system: an error then.
asio::local::stream_protocol::endpoint to_endpoint(const std::string& path, std::error_code& error);

}  // namespace polytls::detail
