#pragma once

#include "handles.hpp"

#include <polytls/spi/configuration.hpp>

namespace polytls::openssl {

/// Gives an SSL_CTX its certificates and keys, each key with the chain whose leaf it fits.
spi::config_error use_identity(SSL_CTX* ctx, const spi::identity_config& identity) noexcept;

/// Reads a certificate; null when the DER is none, or has something behind it.
x509_handle read_certificate(bytes der) noexcept;

}  // namespace polytls::openssl
