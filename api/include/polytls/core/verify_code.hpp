#pragma once

#include <polytls/core/alert.hpp>

#include <cstdint>
#include <string_view>

namespace polytls {

/// The verdict on a peer's certificate chain. Names and texts are OpenSSL's, on every backend.
enum class verify_code : std::uint8_t {
    ok = 0,
    unspecified,  ///< Refused by the library for a reason that has no name here.
    unable_to_get_issuer_cert,
    unable_to_get_crl,
    cert_signature_failure,
    crl_signature_failure,
    cert_not_yet_valid,
    cert_has_expired,
    crl_not_yet_valid,
    crl_has_expired,
    depth_zero_self_signed_cert,
    self_signed_cert_in_chain,
    unable_to_get_issuer_cert_locally,
    unable_to_verify_leaf_signature,
    cert_chain_too_long,
    cert_revoked,
    invalid_ca,
    path_length_exceeded,
    invalid_purpose,
    cert_untrusted,
    unhandled_critical_extension,
    name_constraint_violation,
    ee_key_too_small,
    ca_key_too_small,
    ca_md_too_weak,
    altname_invalid,  ///< The certificate is for another host.
};

/// The name as the manual's `authorizationError` and `err.code` give it, as "CERT_HAS_EXPIRED".
std::string_view name_of(verify_code code) noexcept;

/// OpenSSL's sentence for the code, as "certificate has expired".
std::string_view message_of(verify_code code) noexcept;

/// The code a name stands for (`name_of` turned round); `unspecified` for an unknown name.
verify_code verify_code_named(std::string_view name) noexcept;

/// The alert that tells a peer it was refused for this reason (RFC 8446, section 6.2).
alert_description alert_for(verify_code code) noexcept;

}  // namespace polytls
