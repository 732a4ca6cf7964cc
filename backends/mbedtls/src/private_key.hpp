#pragma once

#include "compat.hpp"

#include <polytls/spi/configuration.hpp>

#include <optional>

namespace polytls::mbedtls {

/// Reads a private key in any of its forms: `errc::bad_private_key`, `passphrase_required`,
/// `wrong_passphrase`, `unsupported_by_backend` for what mbedTLS has no algorithm for.
status read_key(const spi::private_key_source& source, mbedtls_pk_context& key) noexcept;

/// An EncryptedPrivateKeyInfo (RFC 5208, section 6).
struct encrypted_key {
    bytes algorithm{};  ///< Content of the AlgorithmIdentifier.
    bytes data{};
};

/// Reads one; nothing when the DER is something else.
std::optional<encrypted_key> parse_encrypted_key(bytes der) noexcept;

}  // namespace polytls::mbedtls
