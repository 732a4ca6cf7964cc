#pragma once

#include <openssl/ssl.h>

namespace polytls::openssl {

/// Has clients with several certificates show the one that the server asks for. Of its own accord
/// OpenSSL does so under TLS 1.3 only, and else shows the one it was given last.
void choose_client_certificates(SSL_CTX* ctx) noexcept;

}  // namespace polytls::openssl
