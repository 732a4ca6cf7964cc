#include <polytls/core/verify_code.hpp>

#include <iterator>

namespace polytls {
namespace {

struct entry {
    std::string_view name;
    std::string_view message;
    alert_description alert;
};

/// In the order of `verify_code`. The alerts are those OpenSSL sends for the same code.
constexpr entry entries[] = {
    {"OK", "ok", alert_description::none},
    {"UNSPECIFIED", "unspecified certificate verification error",
     alert_description::certificate_unknown},
    {"UNABLE_TO_GET_ISSUER_CERT", "unable to get issuer certificate",
     alert_description::unknown_ca},
    {"UNABLE_TO_GET_CRL", "unable to get certificate CRL", alert_description::unknown_ca},
    {"CERT_SIGNATURE_FAILURE", "certificate signature failure", alert_description::decrypt_error},
    {"CRL_SIGNATURE_FAILURE", "CRL signature failure", alert_description::decrypt_error},
    {"CERT_NOT_YET_VALID", "certificate is not yet valid", alert_description::bad_certificate},
    {"CERT_HAS_EXPIRED", "certificate has expired", alert_description::certificate_expired},
    {"CRL_NOT_YET_VALID", "CRL is not yet valid", alert_description::bad_certificate},
    {"CRL_HAS_EXPIRED", "CRL has expired", alert_description::certificate_expired},
    {"DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate", alert_description::unknown_ca},
    {"SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain",
     alert_description::unknown_ca},
    {"UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate",
     alert_description::unknown_ca},
    {"UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate",
     alert_description::unknown_ca},
    {"CERT_CHAIN_TOO_LONG", "certificate chain too long", alert_description::unknown_ca},
    {"CERT_REVOKED", "certificate revoked", alert_description::certificate_revoked},
    {"INVALID_CA", "invalid CA certificate", alert_description::unknown_ca},
    {"PATH_LENGTH_EXCEEDED", "path length constraint exceeded", alert_description::unknown_ca},
    {"INVALID_PURPOSE", "unsuitable certificate purpose",
     alert_description::unsupported_certificate},
    {"CERT_UNTRUSTED", "certificate not trusted", alert_description::bad_certificate},
    {"UNHANDLED_CRITICAL_EXTENSION", "unhandled critical extension",
     alert_description::certificate_unknown},
    {"PERMITTED_VIOLATION", "permitted subtree violation", alert_description::certificate_unknown},
    {"EE_KEY_TOO_SMALL", "EE certificate key too weak", alert_description::bad_certificate},
    {"CA_KEY_TOO_SMALL", "CA certificate key too weak", alert_description::bad_certificate},
    {"CA_MD_TOO_WEAK", "CA signature digest algorithm too weak",
     alert_description::bad_certificate},
    {"ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames",
     alert_description::bad_certificate},
};

constexpr entry unknown{"UNSPECIFIED", "unknown verification code",
                        alert_description::certificate_unknown};

const entry& entry_of(verify_code code) noexcept {
    const auto index = static_cast<std::size_t>(code);
    return index < std::size(entries) ? entries[index] : unknown;
}

static_assert(std::size(entries) == static_cast<std::size_t>(verify_code::altname_invalid) + 1);

}  // namespace

std::string_view name_of(verify_code code) noexcept {
    return entry_of(code).name;
}

std::string_view message_of(verify_code code) noexcept {
    return entry_of(code).message;
}

verify_code verify_code_named(std::string_view name) noexcept {
    for (std::size_t i = 0; i < std::size(entries); ++i) {
        if (entries[i].name == name) {
            return static_cast<verify_code>(i);
        }
    }
    return verify_code::unspecified;
}

alert_description alert_for(verify_code code) noexcept {
    return entry_of(code).alert;
}

}  // namespace polytls
