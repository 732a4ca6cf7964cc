#pragma once

#include "handles.hpp"
#include "trust.hpp"

#include <polytls/core/moment.hpp>
#include <polytls/core/verdict.hpp>

#include <array>
#include <span>

namespace polytls::mbedtls {

/// The path from a peer's leaf to an anchor, with what is wrong with each certificate.
///
/// mbedTLS builds it, but stops at the first thing that is not right, without saying which: an
/// issuer that is no CA, or whose signature does not fit, is to it no issuer at all. What it did
/// not accept is gone through here again, with its own primitives, to tell these apart. That finds
/// reasons; it never turns a refusal into anything else.
class path {
public:
    path(const trust& by, const mbedtls_x509_crt& sent, moment now) noexcept
        : trust_(&by), sent_(&sent), now_(now) {}

    /// Adds a certificate that mbedTLS went through. `trusted` says that it found its issuer, or
    /// that it needs none. False when there is no room for more.
    bool add(const mbedtls_x509_crt& certificate, fault faults, bool trusted) noexcept;

    /// Goes on to the path's end, and looks for all that mbedTLS does not.
    void complete() noexcept;

    std::span<const path_element> elements() const noexcept {
        return std::span(elements_).first(size_);
    }

    /// Neither mbedTLS nor we found anything wrong.
    bool is_flawless() const noexcept;

private:
    /// Longer paths are refused.
    static constexpr std::size_t longest = 32;

    const mbedtls_x509_crt& last() const noexcept { return *certificates_[size_ - 1]; }

    path_element& end() noexcept { return elements_[size_ - 1]; }

    bool has(const mbedtls_x509_crt& certificate) const noexcept;
    bool is_anchor(const mbedtls_x509_crt& certificate) const noexcept;
    const mbedtls_x509_crt* issuer_among(const mbedtls_x509_crt* list) const noexcept;
    const mbedtls_x509_crt* issuer_of_last() const noexcept;
    bool extend() noexcept;
    fault fault_of_issuer(const mbedtls_x509_crt& issuer) const noexcept;
    fault faults_of_revocation(std::size_t place) const noexcept;

    const trust* trust_;
    const mbedtls_x509_crt* sent_;
    moment now_;
    std::array<const mbedtls_x509_crt*, longest> certificates_{};
    std::array<path_element, longest> elements_{};
    std::size_t size_ = 0;
    bool refused_ = false;      // By mbedTLS, at the last certificate that it went through.
    bool unexplained_ = false;  // And we have not looked yet why.
};

}  // namespace polytls::mbedtls
