#pragma once

#include <polytls/core/cipher_suite_id.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace polytls {

/// What the IANA registry and OpenSSL say of a cipher suite. Views live for ever.
struct cipher_suite {
    cipher_suite_id id{};
    std::string_view name{};       ///< OpenSSL's, as "ECDHE-RSA-AES128-GCM-SHA256".
    std::string_view iana_name{};  ///< As "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".
    std::string_view
        version{};  ///< The lowest protocol it is for, as OpenSSL writes it: "TLSv1.2".
    std::string_view key_exchange{};  ///< "ECDH", "DH", "RSA", "any", …, as `openssl ciphers -v`.
    std::string_view authentication{};  ///< "RSA", "ECDSA", "any", …
    std::string_view encryption{};      ///< "AESGCM(128)", "CHACHA20/POLY1305(256)", …
    std::string_view mac{};             ///< "AEAD", "SHA256", "SHA1", …
};

/// Every suite known by name.
std::span<const cipher_suite> every_cipher_suite() noexcept;

/// The suite with an id; null when it has no name here.
const cipher_suite* find_cipher_suite(cipher_suite_id id) noexcept;

/// The suite with a name, OpenSSL's or IANA's; null when there is none.
const cipher_suite* find_cipher_suite(std::string_view name) noexcept;

}  // namespace polytls
