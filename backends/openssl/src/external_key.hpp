#pragma once

#include "handles.hpp"

namespace polytls::openssl {

/// The private key of a certificate as far as it is known here, which is its public half. What it
/// is to sign is asked of the `late_answers` under way. Null for a type of key that signs no
/// handshake, and without memory.
pkey_handle make_external_key(X509* certificate) noexcept;

}  // namespace polytls::openssl
