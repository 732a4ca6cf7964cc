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

/// A certificate as the manual's getPeerCertificate gives it. Read from the DER by polytls itself,
/// hence byte for byte alike on every backend.
struct certificate {
    distinguished_name subject{};
    distinguished_name issuer{};
    std::string subjectaltname{};  ///< "DNS:localhost, IP Address:127.0.0.1"; empty when absent.
    std::string valid_from{};      ///< "Nov 11 09:52:22 2009 GMT".
    std::string valid_to{};
    std::string fingerprint{};  ///< SHA-1, as "2A:7A:…".
    std::string fingerprint256{};
    std::string fingerprint512{};
    std::string serial_number{};               ///< Hex in capitals, as "B9B0D332A1AA5635".
    std::vector<std::string> ext_key_usage{};  ///< OIDs, as "1.3.6.1.5.5.7.3.1".
    bool ca = false;
    std::vector<std::uint8_t> raw{};  ///< The DER.
    std::shared_ptr<const certificate>
        issuer_certificate{};  ///< Set where the chain was asked for.

    /// No certificate at all.
    bool empty() const noexcept { return raw.empty(); }

    /// The subject's last value under a short name; empty when there is none.
    std::string_view subject_field(std::string_view name) const noexcept;
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
