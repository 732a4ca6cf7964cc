#pragma once

#include <polytls/core/bytes.hpp>

namespace polytls::openssl {

/// Takes the peer's certificate out of a session as i2d_SSL_SESSION wrote it, and returns what is
/// left, at the front of `session`. All of it when there is none, or the form is unknown.
bytes without_peer(mutable_bytes session) noexcept;

}  // namespace polytls::openssl
