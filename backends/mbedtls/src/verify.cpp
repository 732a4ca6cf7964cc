#include "verify.hpp"

#include "errors.hpp"
#include "key_material.hpp"
#include "path.hpp"

#include <mbedtls/oid.h>

#include <algorithm>

namespace polytls::mbedtls {
namespace {

/// 112 bits of security, as with other backends.
constexpr std::size_t least_rsa_bits = 2048;
constexpr std::size_t least_elliptic_bits = 224;

struct mapping {
    std::uint32_t flag;
    fault found;
};

/// Dates are judged by the time given, and not by mbedTLS's clock; whether the issuer is known is
/// read off the path, and which keys are weak off the keys.
constexpr mapping mappings[] = {
    {MBEDTLS_X509_BADCERT_KEY_USAGE, fault::wrong_purpose},
    {MBEDTLS_X509_BADCERT_EXT_KEY_USAGE, fault::wrong_purpose},
    {MBEDTLS_X509_BADCERT_NS_CERT_TYPE, fault::wrong_purpose},
    {MBEDTLS_X509_BADCERT_BAD_MD, fault::weak_digest},
    {MBEDTLS_X509_BADCERT_BAD_PK, fault::other},
    {MBEDTLS_X509_BADCERT_OTHER, fault::other},
};

fault faults_of(std::uint32_t flags) noexcept {
    fault found = fault::none;
    for (const mapping& one : mappings) {
        if ((flags & one.flag) != 0) {
            found |= one.found;
        }
    }
    return found;
}

std::size_t length_of(const mbedtls_x509_crt& list) noexcept {
    std::size_t length = 0;
    for (const mbedtls_x509_crt* one = &list; one != nullptr; one = one->next) {
        ++length;
    }
    return length;
}

/// What a key may be used for below TLS 1.3, where a leaf says.
bool has_wrong_usage(const mbedtls_x509_crt& leaf, role peer) noexcept {
    const char* purpose = peer == role::server ? MBEDTLS_OID_SERVER_AUTH : MBEDTLS_OID_CLIENT_AUTH;
    const bool signs = compat::allows_usage(leaf, MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
    const bool decrypts = compat::allows_usage(leaf, MBEDTLS_X509_KU_KEY_ENCIPHERMENT);
    return !(signs || (decrypts && peer == role::server)) ||
           mbedtls_x509_crt_check_extended_key_usage(
               &leaf, purpose, MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)) != 0;
}

}  // namespace

int chain_record::note(void* record,
                       mbedtls_x509_crt* certificate,
                       int depth,
                       std::uint32_t* flags) {
    auto& into = *static_cast<chain_record*>(record);
    const auto place = static_cast<std::size_t>(depth);
    if (place < into.elements_.size()) {
        into.elements_[place] = {certificate, *flags};
        into.size_ = std::max(into.size_, place + 1);
    }
    return 0;
}

const mbedtls_x509_crt_profile& profile() noexcept {
    static constexpr mbedtls_x509_crt_profile strong = {
        MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA224) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) |
            MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
        0xffffffff, 0xffffffff, least_rsa_bits};
    return strong;
}

bool is_self_issued(const mbedtls_x509_crt& certificate) noexcept {
    return std::ranges::equal(view_of(certificate.issuer_raw), view_of(certificate.subject_raw));
}

bool has_weak_key(const mbedtls_x509_crt& certificate) noexcept {
    const bool rsa = mbedtls_pk_can_do(&certificate.pk, MBEDTLS_PK_RSA) == 1;
    return mbedtls_pk_get_bitlen(&certificate.pk) < (rsa ? least_rsa_bits : least_elliptic_bits);
}

bool is_weakly_signed(const mbedtls_x509_crt& certificate) noexcept {
    return (profile().allowed_mds & MBEDTLS_X509_ID_FLAG(compat::digest_of(certificate))) == 0;
}

spi::peer_judgement judge_chain(const chain_record& found,
                                std::uint32_t flags,
                                const mbedtls_x509_crt& sent,
                                const trust& by,
                                spi::peer_judge& judge) noexcept {
    path built(by, sent, judge.now());
    const auto elements = found.elements();
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const auto& [certificate, own_flags] = elements[i];
        const fault faults = faults_of(i == 0 ? own_flags | flags : own_flags);
        const bool trusted = (own_flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) == 0;
        if (!built.add(*certificate, faults, trusted) || !trusted) {
            break;
        }
    }
    built.complete();
    return judge.judge_peer(
        {.path = built.elements(), .sent = length_of(sent), .accepted = built.is_flawless()});
}

status examine_chain(std::span<const bytes> chain,
                     role peer,
                     const trust& by,
                     spi::peer_judge& judge) noexcept {
    if (chain.empty()) {
        return {.code = errc::invalid_argument};
    }
    certificate_holder sent;
    for (const bytes der : chain) {
        if (status bad = add_certificate(der, *sent)) {
            bad.code = bad.code == errc::no_memory ? bad.code : errc::bad_certificate;
            return bad;
        }
    }
    chain_record found;
    std::uint32_t flags = 0;
    const int result = mbedtls_x509_crt_verify_with_profile(
        sent.get(), by.anchors(), nullptr, &profile(), nullptr, &flags, chain_record::note, &found);
    if (result == MBEDTLS_ERR_X509_FATAL_ERROR) {
        // Longer than mbedTLS goes: what it has of the path it does not tell.
        path_element leaf{.der = view_of(sent->raw), .faults = fault::chain_too_long};
        static_cast<void>(judge.judge_peer(
            {.path = std::span(&leaf, 1), .sent = chain.size(), .accepted = false}));
        return {};
    }
    if (result != 0 && result != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        return status_of(result, errc::bad_certificate);
    }
    if (has_wrong_usage(*sent, peer)) {
        flags |= MBEDTLS_X509_BADCERT_KEY_USAGE;
    }
    static_cast<void>(judge_chain(found, flags, *sent, by, judge));
    return {};
}

}  // namespace polytls::mbedtls
