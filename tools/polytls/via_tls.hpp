#pragma once

#include "common_options.hpp"

#include <polytls/transport/connect.hpp>

#include <asio/io_context.hpp>

#include <functional>

namespace polytls::tool {

/// TLS in TLS (--via-tls): a connection inside another one, to a peer that passes on what comes out
/// of the outer. That one has the same credentials and judges its peer as strictly. `listen` gets
/// it before anything has happened.
result<tls_socket> connect_via(asio::io_context& context,
                               const network_place& outer,
                               const connect_options& inner,
                               const std::function<void(tls_socket)>& listen);

}  // namespace polytls::tool
