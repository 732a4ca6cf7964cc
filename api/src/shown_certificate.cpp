#include "shown_certificate.hpp"

#include <polytls/core/public_key.hpp>
#include <polytls/core/x509.hpp>

#include <algorithm>

namespace polytls::detail {
namespace {

bool has_rsa_key(const x509::certificate_view& certificate) {
    x509::public_key_view key;
    return !x509::parse_public_key(certificate.subject_public_key_info, key) &&
           (key.kind == x509::key_kind::rsa || key.kind == x509::key_kind::rsa_pss);
}

std::vector<std::uint8_t> find_issuer(const x509::certificate_view& leaf,
                                      std::span<const std::vector<std::uint8_t>> candidates) {
    for (const auto& der : candidates) {
        x509::certificate_view candidate;
        if (!x509::parse_certificate(der, candidate) &&
            std::ranges::equal(candidate.subject, leaf.issuer)) {
            return der;
        }
    }
    return {};
}

/// Whether a list of two-byte numbers holds one that is asked for.
template <class Wanted>
bool any_number(bytes list, Wanted wanted) noexcept {
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        if (wanted(static_cast<std::uint16_t>(list[i] << 8U | list[i + 1]))) {
            return true;
        }
    }
    return false;
}

/// ECDSA and EdDSA by their SignatureScheme (RFC 8446, section 4.2.3).
bool is_elliptic(std::uint16_t scheme) noexcept {
    return scheme == 0x0403 || scheme == 0x0503 || scheme == 0x0603 || scheme == 0x0807 ||
           scheme == 0x0808;
}

}  // namespace

std::vector<shown_certificate>
shown_certificates(std::span<const std::vector<std::vector<std::uint8_t>>> chains,
                   std::span<const std::vector<std::uint8_t>> anchors) {
    std::vector<shown_certificate> shown;
    for (const auto& chain : chains) {
        x509::certificate_view leaf;
        if (chain.empty() || x509::parse_certificate(chain.front(), leaf)) {
            continue;
        }
        auto issuer = find_issuer(leaf, std::span(chain).subspan(1));
        if (issuer.empty()) {
            issuer = find_issuer(leaf, anchors);
        }
        shown.push_back(
            {.certificate = chain.front(), .issuer = std::move(issuer), .rsa = has_rsa_key(leaf)});
    }
    return shown;
}

const shown_certificate* shown_to(const client_hello& hello,
                                  std::span<const shown_certificate> certificates) noexcept {
    const bool elliptic = any_number(hello.signature_algorithms, is_elliptic);
    const auto found = std::ranges::find(certificates, !elliptic, &shown_certificate::rsa);
    if (found != certificates.end()) {
        return &*found;
    }
    return certificates.empty() ? nullptr : &certificates.front();
}

}  // namespace polytls::detail
