#pragma once

#include <openssl/ssl.h>

namespace polytls::openssl {

/// Has an SSL_CTX seal and open tickets with the keys of each engine, in the form that Node and
/// others share: AES-128-CBC, then HMAC-SHA-256.
bool use_ticket_keys(SSL_CTX* ctx) noexcept;

}  // namespace polytls::openssl
