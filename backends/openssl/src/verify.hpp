#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/progress.hpp>
#include <polytls/core/status.hpp>
#include <polytls/spi/peer_judge.hpp>

#include <openssl/ssl.h>

#include <span>

namespace polytls::openssl {

/// Has an SSL_CTX put what OpenSSL finds out about a peer's chain to the engine's `judge_peer`, and
/// do as it says.
void judge_peers(SSL_CTX* ctx) noexcept;

/// Examines a chain as an SSL of this SSL_CTX would that its peer has shown it to, and puts what is
/// found to `judge`.
status examine_chain(SSL_CTX* ctx,
                     std::span<const bytes> chain,
                     role peer,
                     spi::peer_judge& judge) noexcept;

/// Has a server that asks for a certificate, but can do without, put its absence to `judge_peer`.
void judge_absence(SSL* ssl) noexcept;

}  // namespace polytls::openssl
