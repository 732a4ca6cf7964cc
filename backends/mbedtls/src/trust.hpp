#pragma once

#include "handles.hpp"

#include <polytls/spi/backend.hpp>

#include <atomic>

namespace polytls::mbedtls {

/// Trust anchors parsed once. Whoever shares them has a hold; the last to let go ends them.
class shared_anchors final : public spi::anchor_set {
public:
    mbedtls_x509_crt& list() noexcept { return *list_; }

    void hold() noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }

    void release() noexcept override;

private:
    certificate_holder list_;
    std::atomic<unsigned> holders_{1};
};

/// Whom a context trusts.
class trust {
public:
    trust() = default;
    ~trust();
    trust(const trust&) = delete;
    trust& operator=(const trust&) = delete;

    spi::config_error read(const spi::trust_config& config) noexcept;

    /// All anchors, as a list; null when there are none. mbedTLS does not change what it is given,
    /// though it does not say so.
    mbedtls_x509_crt* anchors() const noexcept;

    /// The revocation lists; null when there are none.
    const mbedtls_x509_crl* crls() const noexcept { return has_crls_ ? crls_.get() : nullptr; }

    bool allows_partial_chain() const noexcept { return allows_partial_chain_; }

    /// The anchors are those of this context alone, so that a server may name them to its clients.
    bool may_be_named() const noexcept { return has_own_ && shared_ == nullptr; }

private:
    spi::config_error read_crls(std::span<const bytes> crls) noexcept;

    mutable certificate_holder own_;
    mbedtls_x509_crt* last_own_ = nullptr;
    shared_anchors* shared_ = nullptr;
    crl_holder crls_;
    bool has_own_ = false;
    bool has_crls_ = false;
    bool allows_partial_chain_ = false;
};

/// As `spi::backend::make_anchor_set`.
status make_anchor_set(std::span<const bytes> anchors, spi::handle<spi::anchor_set>& made) noexcept;

}  // namespace polytls::mbedtls
