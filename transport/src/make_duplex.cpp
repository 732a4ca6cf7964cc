#include "socket_duplex.hpp"
#include "tls_duplex.hpp"

#include <polytls/transport/make_duplex.hpp>

#include <utility>

namespace polytls {

std::unique_ptr<duplex> make_duplex(asio::ip::tcp::socket socket) {
    return std::make_unique<detail::tcp_duplex>(std::move(socket));
}

std::unique_ptr<duplex> make_duplex(asio::local::stream_protocol::socket socket) {
    return std::make_unique<detail::unix_duplex>(std::move(socket));
}

std::unique_ptr<duplex> make_duplex(tls_socket socket) {
    return socket ? std::make_unique<detail::tls_duplex>(std::move(socket)) : nullptr;
}

}  // namespace polytls
