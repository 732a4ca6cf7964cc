#pragma once

#include "blob.hpp"
#include "certificate.hpp"
#include "handles.hpp"

#include <polytls/spi/configuration.hpp>

namespace polytls::wolfssl {

/// Checks that every chain can be read and shown.
spi::config_error check_chains(std::span<const spi::certificate_chain> chains) noexcept;

/// Reads a private key into plain DER: `errc::bad_private_key`, `errc::passphrase_required`,
/// `errc::wrong_passphrase`, and `errc::unsupported_by_backend` for an encryption that wolfSSL does
/// not have.
status read_key(const spi::private_key_source& source, blob& key) noexcept;

/// Gives a WOLFSSL_CTX a chain with a key in plain DER; `errc::key_mismatch` when they do not fit,
/// `errc::bad_private_key` for what is no key.
status use_pair(WOLFSSL_CTX* ctx, const spi::certificate_chain& chain, bytes key) noexcept;

/// Whether a certificate can be read, to its last byte.
bool is_certificate(bytes der) noexcept;

}  // namespace polytls::wolfssl
