#pragma once

#include "compat.hpp"

namespace polytls::wolfssl {

/// Has a WOLFSSL_CTX seal and open tickets with the keys of each engine: AES-128-CBC, then
/// HMAC-SHA-256, of which the ticket has room for half.
void use_ticket_keys(WOLFSSL_CTX* ctx) noexcept;

}  // namespace polytls::wolfssl
