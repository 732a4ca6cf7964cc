#pragma once

#include "compat.hpp"

#include <polytls/spi/configuration.hpp>

namespace polytls::mbedtls {

/// Reads a private key in any of its forms: `errc::bad_private_key`, `passphrase_required`,
/// `wrong_passphrase`, `unsupported_by_backend` for what mbedTLS has no algorithm for.
status read_key(const spi::private_key_source& source, mbedtls_pk_context& key) noexcept;

}  // namespace polytls::mbedtls
