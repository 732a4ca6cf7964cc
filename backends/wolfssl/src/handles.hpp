#pragma once

#include "compat.hpp"

#include <memory>

namespace polytls::wolfssl {

/// Frees with one of wolfSSL's functions.
template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

using cert_manager_handle =
    std::unique_ptr<WOLFSSL_CERT_MANAGER, freed_by<wolfSSL_CertManagerFree>>;
using ctx_handle = std::unique_ptr<WOLFSSL_CTX, freed_by<wolfSSL_CTX_free>>;
using session_handle = std::unique_ptr<WOLFSSL_SESSION, freed_by<wolfSSL_SESSION_free>>;
using ssl_handle = std::unique_ptr<WOLFSSL, freed_by<wolfSSL_free>>;

}  // namespace polytls::wolfssl
