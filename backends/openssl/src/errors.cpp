#include "errors.hpp"

#include <openssl/ssl.h>
#include <openssl/sslerr.h>

#include <algorithm>
#include <cstring>

namespace polytls::openssl {
namespace {

struct mapping {
    int reason;
    errc code;
};

/// What libssl's reasons mean; those of other breaches of the protocol are not worth telling apart.
constexpr mapping mappings[] = {
    {SSL_R_HTTP_REQUEST, errc::wrong_version_number},
    {SSL_R_HTTPS_PROXY_REQUEST, errc::wrong_version_number},
    {SSL_R_WRONG_VERSION_NUMBER, errc::wrong_version_number},
    {SSL_R_WRONG_SSL_VERSION, errc::wrong_version_number},
    {SSL_R_UNKNOWN_PROTOCOL, errc::wrong_version_number},
    {SSL_R_UNSUPPORTED_PROTOCOL, errc::unsupported_protocol},
    {SSL_R_VERSION_TOO_LOW, errc::unsupported_protocol},
    {SSL_R_VERSION_TOO_HIGH, errc::unsupported_protocol},
    {SSL_R_NO_PROTOCOLS_AVAILABLE, errc::unsupported_protocol},
    {SSL_R_INAPPROPRIATE_FALLBACK, errc::unsupported_protocol},
    {SSL_R_NO_SHARED_CIPHER, errc::no_shared_cipher},
    {SSL_R_NO_CIPHERS_AVAILABLE, errc::no_shared_cipher},
    {SSL_R_NO_SUITABLE_KEY_SHARE, errc::no_shared_group},
    {SSL_R_NO_SUITABLE_GROUPS, errc::no_shared_group},
    {SSL_R_NO_SHARED_GROUPS, errc::no_shared_group},
    {SSL_R_UNSUPPORTED_ELLIPTIC_CURVE, errc::no_shared_group},
    {SSL_R_WRONG_CURVE, errc::no_shared_group},
    {SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, errc::no_shared_signature_algorithm},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, errc::no_shared_signature_algorithm},
    {SSL_R_NO_APPLICATION_PROTOCOL, errc::no_application_protocol},
    {SSL_R_NO_RENEGOTIATION, errc::renegotiation_refused},
    {SSL_R_CERTIFICATE_VERIFY_FAILED, errc::not_authorized},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, errc::certificate_required},
    {SSL_R_PSK_IDENTITY_NOT_FOUND, errc::unknown_psk_identity},
    {SSL_R_BINDER_DOES_NOT_VERIFY, errc::wrong_psk},
    {SSL_R_UNEXPECTED_MESSAGE, errc::unexpected_message},
    {SSL_R_UNEXPECTED_RECORD, errc::unexpected_message},
    {SSL_R_UNEXPECTED_CCS_MESSAGE, errc::unexpected_message},
    {SSL_R_CCS_RECEIVED_EARLY, errc::unexpected_message},
    {SSL_R_DATA_BETWEEN_CCS_AND_FINISHED, errc::unexpected_message},
    {SSL_R_APP_DATA_IN_HANDSHAKE, errc::unexpected_message},
    {SSL_R_BAD_RECORD_TYPE, errc::unexpected_message},
    {SSL_R_NOT_ON_RECORD_BOUNDARY, errc::unexpected_message},
    {SSL_R_DECRYPTION_FAILED, errc::bad_record_mac},
    {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, errc::bad_record_mac},
    {SSL_R_PACKET_LENGTH_TOO_LONG, errc::record_overflow},
    {SSL_R_DATA_LENGTH_TOO_LONG, errc::record_overflow},
    {SSL_R_ENCRYPTED_LENGTH_TOO_LONG, errc::record_overflow},
    {SSL_R_EXCESSIVE_MESSAGE_SIZE, errc::record_overflow},
    {SSL_R_BAD_EXTENSION, errc::decode_error},
    {SSL_R_BAD_LENGTH, errc::decode_error},
    {SSL_R_BAD_PACKET, errc::decode_error},
    {SSL_R_LENGTH_MISMATCH, errc::decode_error},
    {SSL_R_LENGTH_TOO_SHORT, errc::decode_error},
    {SSL_R_BAD_CIPHER, errc::illegal_parameter},
    {SSL_R_WRONG_CIPHER_RETURNED, errc::illegal_parameter},
    {SSL_R_UNSOLICITED_EXTENSION, errc::illegal_parameter},
    {SSL_R_EE_KEY_TOO_SMALL, errc::weak_key},
    {SSL_R_CA_KEY_TOO_SMALL, errc::weak_key},
    {SSL_R_CA_MD_TOO_WEAK, errc::weak_key},
};

errc meaning_of(int reason, errc otherwise) noexcept {
    const auto* found = std::find_if(std::begin(mappings), std::end(mappings),
                                     [reason](auto entry) { return entry.reason == reason; });
    return found == std::end(mappings) ? otherwise : found->code;
}

/// Above an offset, a reason is the number of an alert that came from the peer. The reasons that
/// all of OpenSSL shares lie above those.
bool is_alert(int reason) noexcept {
    constexpr int highest_alert = 255;
    return reason >= SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + highest_alert;
}

status status_of(unsigned long error, bool out_of_memory, errc otherwise) noexcept {
    status why{.code = otherwise, .native = static_cast<std::int32_t>(error)};
    const int reason = ERR_GET_REASON(error);
    if (out_of_memory) {
        why.code = errc::no_memory;
    } else if (ERR_GET_LIB(error) == ERR_LIB_SSL && is_alert(reason)) {
        why.code = errc::alert_received;
        why.alert = static_cast<alert_description>(reason - SSL_AD_REASON_OFFSET);
    } else if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
        why.code = meaning_of(reason, otherwise);
    }
    return why;
}

}  // namespace

status take_error(errc otherwise) noexcept {
    // A provider's own words ("cipher operation failed") may come before those of libssl, which
    // say what that meant for the connection.
    const unsigned long first = ERR_get_error();
    unsigned long error = 0;
    bool out_of_memory = false;
    for (unsigned long each = first; each != 0; each = ERR_get_error()) {
        // Whatever came of it.
        out_of_memory = out_of_memory || ERR_GET_REASON(each) == ERR_R_MALLOC_FAILURE;
        if (error == 0 && ERR_GET_LIB(each) == ERR_LIB_SSL) {
            error = each;
        }
    }
    return status_of(error == 0 ? first : error, out_of_memory, otherwise);
}

status take_latest_error(errc otherwise) noexcept {
    const unsigned long latest = ERR_peek_last_error();
    ERR_clear_error();
    return status_of(latest, ERR_GET_REASON(latest) == ERR_R_MALLOC_FAILURE, otherwise);
}

std::size_t describe_error(std::int32_t native, std::span<char> text) noexcept {
    const char* reason = ERR_reason_error_string(static_cast<std::uint32_t>(native));
    if (reason == nullptr) {
        return 0;
    }
    const std::size_t size = std::min(std::strlen(reason), text.size());
    std::copy_n(reason, size, text.begin());
    return size;
}

}  // namespace polytls::openssl
