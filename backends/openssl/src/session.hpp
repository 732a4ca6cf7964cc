#pragma once

#include "handles.hpp"

#include <polytls/spi/configuration.hpp>

namespace polytls::openssl {

/// Has an SSL_CTX issue and accept tickets as asked, each with the note of `session_note`, and tell
/// new sessions to their engines. OpenSSL's own caches stay off.
status use_sessions(SSL_CTX* ctx, const spi::session_config& session) noexcept;

/// Has a server issue and accept what its context and its configuration allow: tickets, ids of
/// sessions that somebody keeps, or nothing.
void keep_sessions(SSL* ssl, const spi::engine_config& config) noexcept;

/// Reads what `handshake_events::new_session` was given; null when it cannot be read.
ssl_session_handle read_session(bytes blob) noexcept;

/// The certificate of a client's peer, DER, on a resumed session; empty when there is none.
bytes carried_certificate(const SSL* ssl) noexcept;

/// Offers a session; `errc::bad_session` when it cannot be read.
status offer_session(SSL* ssl, bytes blob) noexcept;

}  // namespace polytls::openssl
