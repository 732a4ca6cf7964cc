#pragma once

#include "handles.hpp"

#include <polytls/spi/configuration.hpp>

namespace polytls::openssl {

/// Has an SSL_CTX issue and accept tickets as asked, each with the note of `session_note`, and tell
/// clients' sessions to their engines. OpenSSL's own caches stay off.
status use_sessions(SSL_CTX* ctx, const spi::session_config& session) noexcept;

/// Has a server whose context has tickets off neither issue nor accept any.
void refuse_tickets(SSL* ssl) noexcept;

/// Offers a session; `errc::bad_session` when it cannot be read.
status offer_session(SSL* ssl, bytes blob) noexcept;

}  // namespace polytls::openssl
