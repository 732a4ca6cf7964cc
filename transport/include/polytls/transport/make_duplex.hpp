#pragma once

#include <polytls/transport/duplex.hpp>
#include <polytls/transport/socket.hpp>

#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <memory>

namespace polytls {

/// A duplex over a socket of Asio's, which it takes over; one that is still connecting will do. No
/// operation may be under way on it.
std::unique_ptr<duplex> make_duplex(asio::ip::tcp::socket socket);
std::unique_ptr<duplex> make_duplex(asio::local::stream_protocol::socket socket);

/// A duplex over a TLS socket, for TLS in TLS; one whose handshake is still going on will do. It
/// listens to the socket's events from now on, so nobody else should take its data. When the inner
/// connection fails, so does the outer, with the inner one's error.
std::unique_ptr<duplex> make_duplex(tls_socket socket);

}  // namespace polytls
