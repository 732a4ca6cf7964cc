#include "errors.hpp"

#include "compat.hpp"

#include <mbedtls/asn1.h>
#include <mbedtls/cipher.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/dhm.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/pem.h>

#include <algorithm>
#include <cstring>

namespace polytls::mbedtls {
namespace {

struct mapping {
    int native;
    errc code;
    alert_description alert;
};

/// A number is the sum of a module's own, in these bits, and of what the module below it said.
constexpr int high_part = 0x7f80;

constexpr mapping mappings[] = {
    {MBEDTLS_ERR_SSL_INVALID_MAC, errc::bad_record_mac, alert_description::bad_record_mac},
    {MBEDTLS_ERR_SSL_INVALID_RECORD, errc::decode_error, alert_description::decode_error},
    {MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN, errc::no_shared_cipher,
     alert_description::handshake_failure},
    {MBEDTLS_ERR_SSL_NO_USABLE_CIPHERSUITE, errc::no_shared_cipher,
     alert_description::handshake_failure},
    {MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, errc::unexpected_message,
     alert_description::unexpected_message},
    {MBEDTLS_ERR_SSL_BAD_HS_CLIENT_HELLO, errc::decode_error, alert_description::decode_error},
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_HELLO, errc::decode_error, alert_description::decode_error},
    {MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE, errc::not_authorized, alert_description::bad_certificate},
    {MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE_REQUEST, errc::decode_error,
     alert_description::decode_error},
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_KEY_EXCHANGE, errc::illegal_parameter,
     alert_description::illegal_parameter},
    {MBEDTLS_ERR_SSL_BAD_HS_SERVER_HELLO_DONE, errc::decode_error, alert_description::decode_error},
    {MBEDTLS_ERR_SSL_BAD_HS_CLIENT_KEY_EXCHANGE, errc::decode_error,
     alert_description::decode_error},
    {MBEDTLS_ERR_SSL_BAD_HS_CLIENT_KEY_EXCHANGE_RP, errc::illegal_parameter,
     alert_description::illegal_parameter},
    {MBEDTLS_ERR_SSL_BAD_HS_CLIENT_KEY_EXCHANGE_CS, errc::illegal_parameter,
     alert_description::illegal_parameter},
    {MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE_VERIFY, errc::illegal_parameter,
     alert_description::decrypt_error},
    {MBEDTLS_ERR_SSL_BAD_HS_CHANGE_CIPHER_SPEC, errc::decode_error,
     alert_description::decode_error},
    {MBEDTLS_ERR_SSL_BAD_HS_FINISHED, errc::illegal_parameter, alert_description::decrypt_error},
    {MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION, errc::unsupported_protocol,
     alert_description::protocol_version},
    {MBEDTLS_ERR_SSL_BAD_HS_NEW_SESSION_TICKET, errc::decode_error,
     alert_description::decode_error},
    {MBEDTLS_ERR_SSL_PK_TYPE_MISMATCH, errc::illegal_parameter,
     alert_description::illegal_parameter},
    {MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL, errc::record_overflow, alert_description::record_overflow},
    {MBEDTLS_ERR_SSL_CERTIFICATE_TOO_LARGE, errc::record_overflow,
     alert_description::internal_error},
    {MBEDTLS_ERR_SSL_INTERNAL_ERROR, errc::internal, alert_description::internal_error},
    {MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE, errc::protocol_failure,
     alert_description::handshake_failure},
    {MBEDTLS_ERR_X509_INVALID_FORMAT, errc::not_authorized, alert_description::bad_certificate},
    {MBEDTLS_ERR_X509_FATAL_ERROR, errc::not_authorized, alert_description::certificate_unknown},
};

constexpr int out_of_memory[] = {MBEDTLS_ERR_SSL_ALLOC_FAILED,    MBEDTLS_ERR_X509_ALLOC_FAILED,
                                 MBEDTLS_ERR_PK_ALLOC_FAILED,     MBEDTLS_ERR_PEM_ALLOC_FAILED,
                                 MBEDTLS_ERR_MD_ALLOC_FAILED,     MBEDTLS_ERR_ECP_ALLOC_FAILED,
                                 MBEDTLS_ERR_CIPHER_ALLOC_FAILED, MBEDTLS_ERR_DHM_ALLOC_FAILED};

constexpr int unsupported[] = {
    MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE, MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG,
    MBEDTLS_ERR_X509_UNKNOWN_OID,         MBEDTLS_ERR_X509_UNKNOWN_VERSION,
    MBEDTLS_ERR_PK_UNKNOWN_PK_ALG,        MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE,
    MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE,   MBEDTLS_ERR_PEM_UNKNOWN_ENC_ALG};

constexpr int no_entropy[] = {
    MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED, MBEDTLS_ERR_ENTROPY_SOURCE_FAILED,
    MBEDTLS_ERR_ENTROPY_NO_SOURCES_DEFINED, MBEDTLS_ERR_ENTROPY_NO_STRONG_SOURCE};

int module_of(int native) noexcept {
    return -(-native & high_part);
}

int below(int native) noexcept {
    return -(-native & ~high_part);
}

/// X509 and PK: what could not be read in a handshake was a certificate.
bool is_of_certificates(int native) noexcept {
    const int high = -module_of(native);
    return (high >= 0x2080 && high <= 0x3000) || (high >= 0x3880 && high <= 0x3f80);
}

template <std::size_t Size>
bool is_one_of(const int (&numbers)[Size], int native) noexcept {
    return std::find(std::begin(numbers), std::end(numbers), native) != std::end(numbers);
}

}  // namespace

bool is_out_of_memory(int native) noexcept {
    return is_one_of(out_of_memory, module_of(native)) ||
           below(native) == MBEDTLS_ERR_MPI_ALLOC_FAILED ||
           below(native) == MBEDTLS_ERR_ASN1_ALLOC_FAILED;
}

bool is_unsupported(int native) noexcept {
    return is_one_of(unsupported, module_of(native));
}

status status_of(int native, errc otherwise) noexcept {
    status why{.code = otherwise, .native = native};
    const auto* found =
        std::find_if(std::begin(mappings), std::end(mappings),
                     [native](auto entry) { return entry.native == module_of(native); });
    if (is_out_of_memory(native)) {
        why.code = errc::no_memory;
        why.alert = alert_description::internal_error;
    } else if (is_one_of(no_entropy, native)) {
        why.code = errc::no_entropy;
        why.alert = alert_description::internal_error;
    } else if (found != std::end(mappings)) {
        why.code = found->code;
        why.alert = found->alert;
    } else if (is_of_certificates(native)) {
        why.code = errc::not_authorized;
        why.alert = alert_description::bad_certificate;
    }
    return why;
}

std::size_t describe_error(std::int32_t native, std::span<char> text) noexcept {
    // What mbedTLS does not know it spells out as unknown, and it knows neither 0 nor positive
    // ones.
    char whole[160] = {};
    if (native >= 0 || native < -0x7fff) {
        return 0;
    }
    mbedtls_strerror(native, whole, sizeof whole);
    if (std::strncmp(whole, "UNKNOWN ERROR CODE", 18) == 0) {
        return 0;
    }
    const std::size_t size = std::min(std::strlen(whole), text.size());
    std::copy_n(whole, size, text.begin());
    return size;
}

}  // namespace polytls::mbedtls
