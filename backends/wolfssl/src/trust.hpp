#pragma once

#include "blob.hpp"
#include "handles.hpp"

#include <polytls/spi/configuration.hpp>
#include <polytls/spi/handle.hpp>

#include <atomic>
#include <chrono>

namespace polytls::wolfssl {

/// Certificates of our own, in the order in which they were added. wolfSSL does not give the ones
/// that it holds back, and the verdict rests on them.
class certificate_list {
public:
    /// Adds a copy; false without memory.
    bool add(bytes der) noexcept;

    std::size_t size() const noexcept { return count_; }

    bool empty() const noexcept { return count_ == 0; }

    /// Calls `take` with each until it returns true; whether one did.
    template <class Take>
    bool any(Take take) const noexcept {
        bytes rest = all_.view();
        while (rest.size() >= size_field) {
            const std::size_t size = read_size(rest);
            if (take(rest.subspan(size_field, size))) {
                return true;
            }
            rest = rest.subspan(size_field + size);
        }
        return false;
    }

private:
    static constexpr std::size_t size_field = 4;
    static std::size_t read_size(bytes at) noexcept;

    blob all_;
    std::size_t count_ = 0;
};

/// Anchors, in our hands and in wolfSSL's.
struct anchors {
    certificate_list list;
    cert_manager_handle manager;

    /// Makes the manager; false without memory.
    bool prepare() noexcept;
    /// Adds an anchor; `errc::bad_ca` for what wolfSSL cannot read.
    status add(bytes der) noexcept;
};

/// Anchors that several contexts share.
class shared_anchors final : public spi::anchor_set {
public:
    explicit shared_anchors(anchors from) noexcept : anchors_(std::move(from)) {}

    const anchors& get() const noexcept { return anchors_; }

    void retain() const noexcept { ++owners_; }

    void release() noexcept override { drop(); }

    void drop() const noexcept;

private:
    anchors anchors_;
    mutable std::atomic<unsigned> owners_{1};
};

/// Whom a context trusts.
class trust {
public:
    trust() = default;
    ~trust();
    trust(const trust&) = delete;
    trust& operator=(const trust&) = delete;

    spi::config_error configure(const spi::trust_config& config) noexcept;

    /// Has an SSL_CTX verify by the same anchors; false without memory.
    bool use(WOLFSSL_CTX* ctx) const noexcept;

    bool has_crls() const noexcept { return !crls_.empty(); }

    const certificate_list& crls() const noexcept { return crls_; }

    bool allows_partial_chain() const noexcept { return partial_; }

    /// Calls `take` with each anchor until it returns true; whether one did.
    template <class Take>
    bool any_anchor(Take take) const noexcept {
        return own_.list.any(take) || (shared_ != nullptr && shared_->get().list.any(take));
    }

private:
    bool shares_manager() const noexcept;

    anchors own_;
    certificate_list crls_;
    const shared_anchors* shared_ = nullptr;
    bool partial_ = false;
};

status make_anchor_set(std::span<const bytes> anchors, spi::handle<spi::anchor_set>& made) noexcept;

}  // namespace polytls::wolfssl
