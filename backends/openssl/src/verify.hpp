#pragma once

#include <openssl/ssl.h>

namespace polytls::openssl {

/// Has an SSL_CTX put what OpenSSL finds out about a peer's chain to the engine's `judge_peer`, and
/// do as it says.
void judge_peers(SSL_CTX* ctx) noexcept;

/// Has a server that asks for a certificate, but can do without, put its absence to `judge_peer`.
void judge_absence(SSL* ssl) noexcept;

}  // namespace polytls::openssl
