#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace polytls {

/// SignatureScheme of RFC 8446, section 4.2.3: how a handshake is signed.
enum class signature_scheme : std::uint16_t {
    rsa_pkcs1_sha256 = 0x0401,
    ecdsa_secp256r1_sha256 = 0x0403,
    rsa_pkcs1_sha384 = 0x0501,
    ecdsa_secp384r1_sha384 = 0x0503,
    rsa_pkcs1_sha512 = 0x0601,
    ecdsa_secp521r1_sha512 = 0x0603,
    rsa_pss_rsae_sha256 = 0x0804,
    rsa_pss_rsae_sha384 = 0x0805,
    rsa_pss_rsae_sha512 = 0x0806,
    ed25519 = 0x0807,
    ed448 = 0x0808,
    rsa_pss_pss_sha256 = 0x0809,
    rsa_pss_pss_sha384 = 0x080a,
    rsa_pss_pss_sha512 = 0x080b,
};

/// The RFC's name, as "ecdsa_secp256r1_sha256"; "unknown" for a number without one. Lives for ever.
std::string_view name_of(signature_scheme scheme) noexcept;

/// Reads a scheme's name without regard to case: the RFC's, or OpenSSL's as "ECDSA+SHA256",
/// "RSA+SHA256" and "RSA-PSS+SHA256". Nothing for any other text, MD5 and SHA-1 among them.
std::optional<signature_scheme> signature_scheme_named(std::string_view name) noexcept;

}  // namespace polytls
