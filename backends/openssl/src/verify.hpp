#pragma once

#include <openssl/ssl.h>

namespace polytls::openssl {

/// Has an SSL_CTX put what OpenSSL finds out about a peer's chain to the engine's `judge_peer`, and
/// do as it says.
void judge_peers(SSL_CTX* ctx) noexcept;

}  // namespace polytls::openssl
