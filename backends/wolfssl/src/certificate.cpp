#include "certificate.hpp"

#include "clock.hpp"
#include "handles.hpp"

#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/rsa.h>
#include <wolfssl/wolfcrypt/signature.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace polytls::wolfssl {
namespace {

constexpr std::size_t least_rsa_bits = 2048;
constexpr std::size_t least_curve_bits = 224;

word32 size_in_words32(bytes data) noexcept {
    return static_cast<word32>(data.size());
}

/// A certificate as wolfSSL parses it, no more than that.
class parsed_certificate {
public:
    explicit parsed_certificate(bytes der) noexcept {
        wc_InitDecodedCert(&cert_, der.data(), size_in_words32(der), nullptr);
        outcome_ = wc_ParseCert(&cert_, CERT_TYPE, NO_VERIFY, nullptr);
    }

    ~parsed_certificate() { wc_FreeDecodedCert(&cert_); }

    parsed_certificate(const parsed_certificate&) = delete;
    parsed_certificate& operator=(const parsed_certificate&) = delete;

    int outcome() const noexcept { return outcome_; }

    const DecodedCert& get() const noexcept { return cert_; }

private:
    DecodedCert cert_;
    int outcome_;
};

/// How something is signed, by the OID of the algorithm.
struct signature_algorithm {
    wc_HashType hash;
    wc_SignatureType type;
    std::size_t oid_size;
    std::array<std::uint8_t, 9> oid;
    bool weak;
};

constexpr signature_algorithm algorithms[] = {
    {WC_HASH_TYPE_MD5,
     WC_SIGNATURE_TYPE_RSA_W_ENC,
     9,
     {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4},
     true},
    {WC_HASH_TYPE_SHA,
     WC_SIGNATURE_TYPE_RSA_W_ENC,
     9,
     {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5},
     true},
    {WC_HASH_TYPE_SHA256,
     WC_SIGNATURE_TYPE_RSA_W_ENC,
     9,
     {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11},
     false},
    {WC_HASH_TYPE_SHA384,
     WC_SIGNATURE_TYPE_RSA_W_ENC,
     9,
     {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12},
     false},
    {WC_HASH_TYPE_SHA512,
     WC_SIGNATURE_TYPE_RSA_W_ENC,
     9,
     {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13},
     false},
    {WC_HASH_TYPE_SHA, WC_SIGNATURE_TYPE_ECC, 7, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1}, true},
    {WC_HASH_TYPE_SHA224, WC_SIGNATURE_TYPE_ECC, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1}, false},
    {WC_HASH_TYPE_SHA256, WC_SIGNATURE_TYPE_ECC, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}, false},
    {WC_HASH_TYPE_SHA384, WC_SIGNATURE_TYPE_ECC, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3}, false},
    {WC_HASH_TYPE_SHA512, WC_SIGNATURE_TYPE_ECC, 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4}, false},
};

constexpr std::uint8_t ed25519_oid[] = {0x2b, 0x65, 0x70};
constexpr std::uint8_t ed448_oid[] = {0x2b, 0x65, 0x71};
constexpr std::uint8_t sequence_tag = 0x30;
constexpr std::uint8_t oid_tag = 0x06;

const signature_algorithm* algorithm_of(bytes oid) noexcept {
    const auto* found =
        std::find_if(std::begin(algorithms), std::end(algorithms), [oid](const auto& one) {
            return std::equal(oid.begin(), oid.end(), one.oid.begin(),
                              one.oid.begin() + static_cast<std::ptrdiff_t>(one.oid_size));
        });
    return found == std::end(algorithms) ? nullptr : found;
}

bool same(bytes a, bytes b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

bool verify_rsa(const signature_algorithm& by,
                bytes message,
                bytes signature,
                const DecodedCert& issuer) noexcept {
    RsaKey key;
    if (wc_InitRsaKey(&key, nullptr) != 0) {
        return false;
    }
    word32 at = 0;
    const bool good =
        wc_RsaPublicKeyDecode(issuer.publicKey, &at, &key, issuer.pubKeySize) == 0 &&
        wc_SignatureVerify(by.hash, by.type, message.data(), size_in_words32(message),
                           signature.data(), size_in_words32(signature), &key, sizeof key) == 0;
    wc_FreeRsaKey(&key);
    return good;
}

bool verify_ecdsa(const signature_algorithm& by,
                  bytes message,
                  bytes signature,
                  const DecodedCert& issuer) noexcept {
    ecc_key key;
    if (wc_ecc_init(&key) != 0) {
        return false;
    }
    word32 at = 0;
    const bool good =
        wc_EccPublicKeyDecode(issuer.publicKey, &at, &key, issuer.pubKeySize) == 0 &&
        wc_SignatureVerify(by.hash, by.type, message.data(), size_in_words32(message),
                           signature.data(), size_in_words32(signature), &key, sizeof key) == 0;
    wc_ecc_free(&key);
    return good;
}

bool verify_ed25519(bytes message, bytes signature, const DecodedCert& issuer) noexcept {
    ed25519_key key;
    if (wc_ed25519_init(&key) != 0) {
        return false;
    }
    int good = 0;
    const bool done =
        wc_ed25519_import_public(issuer.publicKey, issuer.pubKeySize, &key) == 0 &&
        wc_ed25519_verify_msg(signature.data(), size_in_words32(signature), message.data(),
                              size_in_words32(message), &good, &key) == 0;
    wc_ed25519_free(&key);
    return done && good == 1;
}

/// The OID of the algorithm a certificate is signed by.
bytes signature_oid(bytes certificate) noexcept {
    x509::der_element whole;
    x509::der_element skipped;
    x509::der_element algorithm;
    x509::der_element oid;
    x509::der_reader outer(certificate);
    if (!outer.next(sequence_tag, whole)) {
        return {};
    }
    x509::der_reader inner(whole.content);
    if (!inner.next(sequence_tag, skipped) || !inner.next(sequence_tag, algorithm)) {
        return {};
    }
    x509::der_reader fields(algorithm.content);
    return fields.next(oid_tag, oid) ? oid.content : bytes{};
}

}  // namespace

certificate_traits traits_of(bytes certificate) noexcept {
    const parsed_certificate parsed(certificate);
    const bool unknown = parsed.outcome() == ASN_CRIT_EXT_E;
    return {.readable = parsed.outcome() == 0 || unknown,
            .unknown_critical_extension = unknown,
            .constrains_names = parsed.get().extNameConstraintSet != 0};
}

bool is_signed_by(bytes certificate, bytes issuer) noexcept {
    const parsed_certificate by(issuer);
    const DecodedCert& key = by.get();
    return key.publicKey != nullptr &&
           wc_CheckCertSigPubKey(certificate.data(), size_in_words32(certificate), nullptr,
                                 key.publicKey, key.pubKeySize, static_cast<int>(key.keyOID)) == 0;
}

bool is_signed_by(bytes signed_part, bytes algorithm, bytes signature, bytes issuer) noexcept {
    const parsed_certificate by(issuer);
    if (by.get().publicKey == nullptr) {
        return false;
    }
    if (same(algorithm, ed25519_oid)) {
        return by.get().keyOID == ED25519k && verify_ed25519(signed_part, signature, by.get());
    }
    const signature_algorithm* how = algorithm_of(algorithm);
    if (how == nullptr || how->weak) {
        return false;
    }
    if (how->type == WC_SIGNATURE_TYPE_ECC) {
        return by.get().keyOID == ECDSAk && verify_ecdsa(*how, signed_part, signature, by.get());
    }
    return by.get().keyOID == RSAk && verify_rsa(*how, signed_part, signature, by.get());
}

bool names_are_permitted(bytes certificate, bytes issuer) noexcept {
    // wolfSSL looks at an issuer's constraints only where it has the issuer for a CA of its own.
    const cert_manager_handle manager(wolfSSL_CertManagerNew());
    if (!manager || wolfSSL_CertManagerLoadCABuffer(manager.get(), issuer.data(),
                                                    static_cast<long>(issuer.size()),
                                                    SSL_FILETYPE_ASN1) != WOLFSSL_SUCCESS) {
        return false;
    }
    return wolfSSL_CertManagerVerifyBuffer(manager.get(), certificate.data(),
                                           static_cast<long>(certificate.size()),
                                           SSL_FILETYPE_ASN1) != ASN_NAME_INVALID_E;
}

bool has_weak_key(const x509::certificate_view& certificate) noexcept {
    x509::public_key_view key;
    if (x509::parse_public_key(certificate.subject_public_key_info, key)) {
        return false;
    }
    switch (key.kind) {
    case x509::key_kind::rsa:
    case x509::key_kind::rsa_pss:
        return x509::bit_length(key.modulus) < least_rsa_bits;
    case x509::key_kind::elliptic:
        // A point is a form octet with two coordinates, or one, of the field's size.
        return !key.point.empty() &&
               (key.point.size() - 1) / (key.point[0] == 4 ? 2 : 1) * 8 < least_curve_bits;
    case x509::key_kind::other:
        break;
    }
    return false;
}

bool has_weak_digest(bytes certificate) noexcept {
    const signature_algorithm* how = algorithm_of(signature_oid(certificate));
    return how != nullptr && how->weak;
}

key_type key_type_of(const x509::certificate_view& certificate) noexcept {
    x509::public_key_view key;
    if (x509::parse_public_key(certificate.subject_public_key_info, key)) {
        return key_type::other;
    }
    switch (key.kind) {
    case x509::key_kind::rsa:
        return key_type::rsa;
    case x509::key_kind::elliptic:
        return key_type::ecdsa;
    case x509::key_kind::rsa_pss:
        break;
    case x509::key_kind::other:
        if (same(key.algorithm, ed25519_oid)) {
            return key_type::ed25519;
        }
        if (same(key.algorithm, ed448_oid)) {
            return key_type::ed448;
        }
        break;
    }
    return key_type::other;
}

}  // namespace polytls::wolfssl
