#pragma once

#include <polytls/core/bytes.hpp>

#include <openssl/ssl.h>

namespace polytls::openssl {

/// Has an SSL_CTX speak NPN with its engines' protocols.
void use_next_protocols(SSL_CTX* ctx) noexcept;

/// What NPN has chosen; empty when nothing.
bytes agreed_next_protocol(const SSL* ssl) noexcept;

}  // namespace polytls::openssl
