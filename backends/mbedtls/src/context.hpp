#pragma once

#include "key_material.hpp"
#include "trust.hpp"

#include <polytls/core/ticket_keys.hpp>
#include <polytls/spi/context.hpp>

#include <array>
#include <atomic>

namespace polytls::mbedtls {

/// What connections are configured from. mbedTLS's own form of that is made with each of them, once
/// it is known what the client asks for; what is costly to make stands here and is shared.
class context final : public spi::context {
public:
    context() = default;
    ~context();
    context(const context&) = delete;
    context& operator=(const context&) = delete;

    static spi::config_error make(const spi::context_config& config,
                                  spi::handle<spi::context>& made) noexcept;

    status make_engine(const spi::engine_config& config,
                       spi::handshake_events& events,
                       spi::handle<spi::engine>& made) const noexcept override;
    status examine_chain(std::span<const bytes> chain,
                         role peer,
                         spi::peer_judge& judge) const noexcept override;
    const spi::backend& owner() const noexcept override;

    version_range versions() const noexcept override { return versions_; }

    bool allows_partial_chain() const noexcept override { return trust_.allows_partial_chain(); }

    std::chrono::seconds session_timeout() const noexcept override { return session_timeout_; }

    bytes session_id_context() const noexcept override {
        return bytes(id_context_).first(id_context_size_);
    }

    bytes ticket_keys() const noexcept override { return ticket_keys_; }

    /// Lets go of it; the last who does so ends it.
    void release() noexcept override;

    /// Engines have a hold on their context, and let go by `release`.
    void hold() const noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }

    const identity& own() const noexcept { return identity_; }

    const trust& peers() const noexcept { return trust_; }

    std::span<const cipher_suite_id> suites() const noexcept {
        return std::span(suites_).first(suite_count_);
    }

    std::span<const named_group> groups() const noexcept {
        return std::span(groups_).first(group_count_);
    }

    /// A server's parameters for DHE; null when it has none.
    const mbedtls_dhm_context* dh_parameters() const noexcept {
        return has_dh_ ? dh_.get() : nullptr;
    }

    bool honors_cipher_order() const noexcept { return honors_cipher_order_; }

    bool renegotiates() const noexcept { return renegotiates_; }

    bool has_tickets() const noexcept { return has_tickets_; }

    static constexpr std::size_t most_suites = 64;
    static constexpr std::size_t most_groups = 16;

private:
    spi::config_error configure(const spi::context_config& config) noexcept;
    status use_protocol(const spi::protocol_config& protocol) noexcept;
    status use_cipher_suites(std::span<const cipher_suite_id> suites) noexcept;
    status use_groups(std::span<const named_group> groups) noexcept;
    status use_dh_parameters(bytes parameters) noexcept;
    status use_sessions(const spi::session_config& session) noexcept;

    mutable std::atomic<unsigned> holders_{1};
    identity identity_;
    trust trust_;
    dh_holder dh_;
    version_range versions_{};
    std::array<cipher_suite_id, most_suites> suites_{};
    std::size_t suite_count_ = 0;
    std::array<named_group, most_groups> groups_{};
    std::size_t group_count_ = 0;
    bool has_dh_ = false;
    bool honors_cipher_order_ = false;
    bool renegotiates_ = false;
    bool has_tickets_ = false;
    std::chrono::seconds session_timeout_{0};
    std::array<std::uint8_t, 32> id_context_{};
    std::size_t id_context_size_ = 0;
    polytls::ticket_keys ticket_keys_{};
};

}  // namespace polytls::mbedtls
