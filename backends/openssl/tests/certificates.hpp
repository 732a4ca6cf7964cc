#pragma once

#include "handles.hpp"

#include <polytls/core/bytes.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace polytls::openssl {

using buffer = std::vector<std::uint8_t>;

/// Dates that test certificates are valid between, and one at which they are.
inline constexpr std::int64_t year_2020 = 1'577'836'800;
inline constexpr std::int64_t year_2026 = 1'767'225'600;
inline constexpr std::int64_t year_2049 = 2'493'072'000;

/// What a test certificate is to say.
struct request {
    std::string name = "leaf";
    bool ca = false;
    bool rsa = false;
    unsigned rsa_bits = 2048;
    std::int64_t not_before = year_2020;
    std::int64_t not_after = year_2049;
    std::string purpose{};      ///< As "serverAuth"; empty leaves the extension out.
    std::string constraints{};  ///< Instead of what `ca` says.
    bool sha1 = false;
    std::string name_constraints{};
    std::string alternative_name{};
};

/// A certificate with its key, made with libcrypto.
struct credential {
    std::shared_ptr<X509> certificate{};
    std::shared_ptr<EVP_PKEY> key{};

    buffer der() const;

    /// PKCS#8 in PEM; encrypted with AES-256 where there is a passphrase.
    std::string key_pem(const std::string& passphrase = {}) const;

    /// The traditional form, encrypted under a DEK-Info header.
    std::string dek_info_pem(const std::string& passphrase) const;

    buffer key_der() const;

    /// EncryptedPrivateKeyInfo.
    buffer encrypted_key_der(const std::string& passphrase) const;

    credential issue(const request& wanted) const;
};

credential self_signed(const request& wanted);

/// A CA, one for all tests.
const credential& root();

/// "leaf", issued by `root()`; one for all tests.
const credential& leaf();

/// As `leaf()`, with an RSA key.
const credential& rsa_leaf();

}  // namespace polytls::openssl
