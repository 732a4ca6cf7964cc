#include "shown_certificate.hpp"

#include <polytls/core/x509.hpp>

#include <algorithm>
#include <array>

namespace polytls::detail {
namespace {

/// The content of the OIDs of RSA keys (RFC 8017, appendix A) but for their last byte.
constexpr std::array<std::uint8_t, 8> pkcs1 = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01};

bool has_rsa_key(const x509::certificate_view& certificate) {
    constexpr std::uint8_t sequence = 0x30;
    constexpr std::uint8_t object_identifier = 0x06;
    x509::der_element element;
    const bool found =
        x509::der_reader(certificate.subject_public_key_info).next(sequence, element) &&
        x509::der_reader(element.content).next(sequence, element) &&
        x509::der_reader(element.content).next(object_identifier, element);
    return found && element.content.size() == pkcs1.size() + 1 &&
           std::equal(pkcs1.begin(), pkcs1.end(), element.content.begin());
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
