#include "ascii.hpp"

#include <polytls/core/signature_scheme.hpp>

namespace polytls {
namespace {

struct naming {
    signature_scheme scheme;
    std::string_view name;
    std::string_view other;  // OpenSSL's.
};

constexpr naming namings[] = {
    {signature_scheme::rsa_pkcs1_sha256, "rsa_pkcs1_sha256", "RSA+SHA256"},
    {signature_scheme::ecdsa_secp256r1_sha256, "ecdsa_secp256r1_sha256", "ECDSA+SHA256"},
    {signature_scheme::rsa_pkcs1_sha384, "rsa_pkcs1_sha384", "RSA+SHA384"},
    {signature_scheme::ecdsa_secp384r1_sha384, "ecdsa_secp384r1_sha384", "ECDSA+SHA384"},
    {signature_scheme::rsa_pkcs1_sha512, "rsa_pkcs1_sha512", "RSA+SHA512"},
    {signature_scheme::ecdsa_secp521r1_sha512, "ecdsa_secp521r1_sha512", "ECDSA+SHA512"},
    {signature_scheme::rsa_pss_rsae_sha256, "rsa_pss_rsae_sha256", "RSA-PSS+SHA256"},
    {signature_scheme::rsa_pss_rsae_sha384, "rsa_pss_rsae_sha384", "RSA-PSS+SHA384"},
    {signature_scheme::rsa_pss_rsae_sha512, "rsa_pss_rsae_sha512", "RSA-PSS+SHA512"},
    {signature_scheme::ed25519, "ed25519", "ed25519"},
    {signature_scheme::ed448, "ed448", "ed448"},
    {signature_scheme::rsa_pss_pss_sha256, "rsa_pss_pss_sha256", "rsa_pss_pss_sha256"},
    {signature_scheme::rsa_pss_pss_sha384, "rsa_pss_pss_sha384", "rsa_pss_pss_sha384"},
    {signature_scheme::rsa_pss_pss_sha512, "rsa_pss_pss_sha512", "rsa_pss_pss_sha512"},
};

}  // namespace

std::string_view name_of(signature_scheme scheme) noexcept {
    for (const naming& known : namings) {
        if (known.scheme == scheme) {
            return known.name;
        }
    }
    return "unknown";
}

std::optional<signature_scheme> signature_scheme_named(std::string_view name) noexcept {
    for (const naming& known : namings) {
        if (detail::equals_without_case(known.name, name) ||
            detail::equals_without_case(known.other, name)) {
            return known.scheme;
        }
    }
    return std::nullopt;
}

}  // namespace polytls
