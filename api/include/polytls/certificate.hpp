#pragma once

#include <polytls/backends.hpp>
#include <polytls/core/bytes.hpp>
#include <polytls/result.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace polytls {

/// A Name as the manual shows it: short names ("CN", "O", …; dotted numbers where there is none)
/// and values in the order of the certificate. A name may come more than once.
using distinguished_name = std::vector<std::pair<std::string, std::string>>;

/// Where more about a certificate is to be had, as the manual's infoAccess: "OCSP - URI",
/// "CA Issuers - URI", … (dotted numbers for methods without a name), each once, in the order of
/// the certificate, with its values in theirs.
using access_locations = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// A certificate as the manual's getPeerCertificate gives it. Read from the DER by polytls itself,
/// hence byte for byte alike on every backend.
struct certificate {
    distinguished_name subject{};
    distinguished_name issuer{};
    /// "DNS:localhost, IP Address:127.0.0.1"; empty when absent. A value that could be taken for
    /// more than one stands quoted as JSON quotes: splitting at ", " always gives the names.
    std::string subjectaltname{};
    access_locations info_access{};  ///< Empty when absent. Values as they are, never quoted.
    bool ca = false;                 ///< It may sign certificates.

    /// RSA keys, those for PSS alone among them: hex in capitals, as "C1F2…"; else empty.
    std::string modulus{};
    std::string exponent{};  ///< RSA keys: "0x10001"; else empty.
    std::uint32_t bits = 0;  ///< Of the modulus, or of the order of the curve; 0 for other keys.
    /// The key as SubjectPublicKeyInfo, DER; of EC keys the point alone, as today's manual has it.
    std::vector<std::uint8_t> pubkey{};
    /// EC keys: OpenSSL's name of the curve, as "prime256v1", or its OID where it has none; empty
    /// where the curve is spelled out, and for other keys.
    std::string asn1_curve{};
    std::string nist_curve{};  ///< NIST's name of the same, as "P-256"; empty where it has none.

    std::string valid_from{};  ///< "Nov 11 09:52:22 2009 GMT".
    std::string valid_to{};
    std::string fingerprint{};  ///< SHA-1, as "2A:7A:…".
    std::string fingerprint256{};
    std::string fingerprint512{};
    std::vector<std::string> ext_key_usage{};  ///< OIDs, as "1.3.6.1.5.5.7.3.1".
    std::string serial_number{};               ///< Hex in capitals, as "B9B0D332A1AA5635".
    std::vector<std::uint8_t> raw{};           ///< The DER.

    /// It names itself as its issuer, and its key identifiers do not say otherwise.
    bool self_issued = false;

    /// The issuer's, where the chain was asked for and has one. A root's is null and not the root
    /// itself, which would own itself then and never be freed: see `issued_by`.
    std::shared_ptr<const certificate> issuer_certificate{};

    /// No certificate at all.
    bool empty() const noexcept { return raw.empty(); }

    /// The subject's last value under a short name; empty when there is none.
    std::string_view subject_field(std::string_view name) const noexcept;

    /// The manual's issuerCertificate: `issuer_certificate`, for a root the root itself, and null
    /// where the issuer is not known. Lives as long as this object.
    const certificate* issued_by() const noexcept {
        return self_issued ? this : issuer_certificate.get();
    }
};

/// Reads a certificate; fingerprints are computed by `with`. `errc::bad_certificate` when the DER
/// is none.
result<certificate> parse_certificate(bytes der, backend with);

/// Links a chain issuer by issuer, starting at the first of `sent` and going on in `anchors`, up to
/// a self-issued root, which is linked to no further certificate. Certificates in any order.
result<certificate> link_chain(std::span<const std::vector<std::uint8_t>> sent,
                               std::span<const std::vector<std::uint8_t>> anchors,
                               backend with);

/// Cuts DER certificates that stand one after the other (`connection::peer_certificates`) apart.
std::vector<std::vector<std::uint8_t>> split_der(bytes concatenated);

}  // namespace polytls
