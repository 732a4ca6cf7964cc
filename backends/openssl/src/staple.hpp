#pragma once

#include "handles.hpp"

#include <polytls/spi/configuration.hpp>

namespace polytls::openssl {

/// Has an SSL_CTX answer clients that ask for an OCSP response with the one its engine holds.
void staple_responses(SSL_CTX* ctx) noexcept;

/// Gives a server's SSL a response, and returns the certificate it is for; null when there is none
/// or the SSL shows no such certificate.
const X509* hold_staple(SSL* ssl, const spi::stapled_response& staple) noexcept;

/// The response a client received; empty when none.
bytes received_staple(SSL* ssl) noexcept;

}  // namespace polytls::openssl
