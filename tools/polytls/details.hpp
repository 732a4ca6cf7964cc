#pragma once

#include <polytls/certificate.hpp>
#include <polytls/transport/socket.hpp>

#include <nlohmann/json.hpp>

namespace polytls::tool {

/// What a handshake agreed on, for secureConnect and secureConnection.
nlohmann::ordered_json agreed(const tls_socket& socket);

/// Every getter of a socket.
nlohmann::ordered_json every_getter(const tls_socket& socket);

/// A certificate with its issuers. Bytes are in hex; the issuer of a root is "self".
nlohmann::ordered_json to_json(const certificate& shown);

nlohmann::ordered_json to_json(const socket_address& shown);

}  // namespace polytls::tool
