#pragma once

#include <polytls/core/status.hpp>
#include <polytls/spi/configuration.hpp>

#include <openssl/ssl.h>

namespace polytls::openssl {

/// Makes an engine use pre-shared keys, which it is asked for.
status use_psk(SSL* ssl, const spi::engine_config& config) noexcept;

/// Whether a complete handshake was one of pre-shared keys, given that keys were used.
bool by_psk(const SSL* ssl, bool key_given) noexcept;

}  // namespace polytls::openssl
