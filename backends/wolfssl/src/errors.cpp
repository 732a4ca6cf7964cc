#include "errors.hpp"

#include "compat.hpp"

#include <wolfssl/error-ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace polytls::wolfssl {
namespace {

struct mapping {
    int native;
    errc code;
};

/// What wolfSSL's numbers mean; those of other breaches of the protocol are not worth telling
/// apart.
constexpr mapping mappings[] = {
    {MEMORY_E, errc::no_memory},
    {MEMORY_ERROR, errc::no_memory},
    {RNG_FAILURE_E, errc::no_entropy},
    {VERSION_ERROR, errc::unsupported_protocol},
    {UNSUPPORTED_PROTO_VERSION, errc::unsupported_protocol},
    {MATCH_SUITE_ERROR, errc::no_shared_cipher},
    {UNSUPPORTED_SUITE, errc::no_shared_cipher},
    {ECC_CURVETYPE_ERROR, errc::no_shared_group},
    {ECC_CURVE_ERROR, errc::no_shared_group},
    {BAD_KEY_SHARE_DATA, errc::no_shared_group},
    {KEY_SHARE_ERROR, errc::no_shared_group},
    {UNKNOWN_ALPN_PROTOCOL_NAME_E, errc::no_application_protocol},
    {NO_PEER_CERT, errc::certificate_required},
    {VERIFY_CERT_ERROR, errc::not_authorized},
    {ASN_NO_SIGNER_E, errc::not_authorized},
    {ASN_SELF_SIGNED_E, errc::not_authorized},
    {ASN_CRIT_EXT_E, errc::not_authorized},
    {ASN_AFTER_DATE_E, errc::not_authorized},
    {ASN_BEFORE_DATE_E, errc::not_authorized},
    {ASN_SIG_CONFIRM_E, errc::not_authorized},
    {ASN_NAME_INVALID_E, errc::not_authorized},
    {ASN_PATHLEN_INV_E, errc::not_authorized},
    {ASN_PATHLEN_SIZE_E, errc::not_authorized},
    {EXTKEYUSE_AUTH_E, errc::not_authorized},
    {KEYUSE_SIGNATURE_E, errc::not_authorized},
    {KEYUSE_ENCIPHER_E, errc::not_authorized},
    {MAX_CHAIN_ERROR, errc::not_authorized},
    {RSA_KEY_SIZE_E, errc::not_authorized},
    {ECC_KEY_SIZE_E, errc::not_authorized},
    {PEER_KEY_ERROR, errc::not_authorized},
    {DH_KEY_SIZE_E, errc::weak_key},
    {OUT_OF_ORDER_E, errc::unexpected_message},
    {SANITY_MSG_E, errc::unexpected_message},
    {DUPLICATE_MSG_E, errc::unexpected_message},
    {UNKNOWN_HANDSHAKE_TYPE, errc::unexpected_message},
    {UNKNOWN_RECORD_TYPE, errc::unexpected_message},
    {APP_DATA_READY, errc::unexpected_message},
    {NO_CHANGE_CIPHER_E, errc::unexpected_message},
    {LENGTH_ERROR, errc::record_overflow},
    {DECRYPT_ERROR, errc::bad_record_mac},
    {VERIFY_MAC_ERROR, errc::bad_record_mac},
    {AES_GCM_AUTH_E, errc::bad_record_mac},
    {AES_CCM_AUTH_E, errc::bad_record_mac},
    {MAC_CMP_FAILED_E, errc::bad_record_mac},
    {BUFFER_ERROR, errc::decode_error},
    {PARSE_ERROR, errc::decode_error},
    {INCOMPLETE_DATA, errc::decode_error},
    {INVALID_PARAMETER, errc::illegal_parameter},
    {EXT_NOT_ALLOWED, errc::illegal_parameter},
    {SECURE_RENEGOTIATION_E, errc::renegotiation_refused},
};

}  // namespace

status status_of(int native, errc otherwise) noexcept {
    const auto* found = std::find_if(std::begin(mappings), std::end(mappings),
                                     [native](auto entry) { return entry.native == native; });
    return {.code = found == std::end(mappings) ? otherwise : found->code, .native = native};
}

alert_description alert_of(errc code) noexcept {
    switch (code) {
    case errc::unexpected_message:
    case errc::wrong_version_number:
        return alert_description::unexpected_message;
    case errc::unsupported_protocol:
        return alert_description::protocol_version;
    case errc::record_overflow:
        return alert_description::record_overflow;
    case errc::bad_record_mac:
        return alert_description::bad_record_mac;
    case errc::illegal_parameter:
        return alert_description::illegal_parameter;
    case errc::decode_error:
    case errc::protocol_failure:
        return alert_description::decode_error;
    case errc::not_authorized:
        return alert_description::bad_certificate;
    case errc::no_application_protocol:
        return alert_description::no_application_protocol;
    case errc::no_memory:
    case errc::no_entropy:
    case errc::internal:
        return alert_description::internal_error;
    default:
        return alert_description::handshake_failure;
    }
}

std::size_t describe_error(std::int32_t native, std::span<char> text) noexcept {
    // wolfSSL has a text, too, for what is no number of its own.
    constexpr std::int32_t last = -1000;
    if (native >= 0 || native < last) {
        return 0;
    }
    const char* reason = native > WC_LAST_E
                             ? wc_GetErrorString(native)
                             : wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(native));
    if (reason == nullptr) {
        return 0;
    }
    const std::size_t size = std::min(std::strlen(reason), text.size());
    std::copy_n(reason, size, text.begin());
    return size;
}

}  // namespace polytls::wolfssl
