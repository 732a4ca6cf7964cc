#pragma once

#include "key_material.hpp"
#include "trust.hpp"

#include <polytls/core/ticket_keys.hpp>
#include <polytls/spi/context.hpp>

#include <array>
#include <atomic>
#include <optional>

namespace polytls::wolfssl {

/// One certificate with its chain and key. wolfSSL has room for one in each WOLFSSL_CTX, and what
/// becomes of sessions is its business, too.
struct identity {
    ctx_handle issuing;     ///< Sessions travel in tickets, or not at all.
    ctx_handle keeping;     ///< Sessions have names. For clients, too.
    ctx_handle ticketless;  ///< Looks at no ticket.
    key_type type = key_type::other;
};

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

    void release() noexcept override { drop(); }

    /// Engines hold on to the context they were made from.
    void retain() const noexcept { ++owners_; }

    void drop() const noexcept;

    const trust& trusted() const noexcept { return trust_; }

    bool issues_tickets() const noexcept { return tickets_; }

    std::span<const cipher_suite_id> suites() const noexcept {
        return std::span(suites_).first(suite_count_);
    }

    std::span<const named_group> groups() const noexcept {
        return std::span(groups_).first(group_count_);
    }

    std::span<const signature_scheme> schemes() const noexcept {
        return std::span(schemes_).first(scheme_count_);
    }

    bool honors_cipher_order() const noexcept { return honor_cipher_order_; }

    bool has_dh_parameters() const noexcept { return !dh_parameters_.empty(); }

    std::span<const identity> identities() const noexcept {
        return std::span(identities_).first(identity_count_);
    }

private:
    spi::config_error configure(const spi::context_config& config) noexcept;
    status use_protocol(const spi::protocol_config& protocol) noexcept;
    status use_cipher_suites(std::span<const cipher_suite_id> suites) noexcept;
    status use_signature_schemes(std::span<const signature_scheme> schemes) noexcept;
    status use_groups(std::span<const named_group> groups) noexcept;
    status use_dh_parameters(bytes parameters) noexcept;
    status use_ticket_keys(bytes given) noexcept;
    spi::config_error use_identity(const spi::identity_config& config) noexcept;
    spi::config_error use_key(const spi::identity_config& config, std::size_t index) noexcept;
    status add_identity(const spi::certificate_chain* chain, bytes key) noexcept;
    status prepare(WOLFSSL_CTX* ctx) noexcept;

    static constexpr std::size_t most_identities = 8;
    static constexpr std::size_t most_suites = 64;
    static constexpr std::size_t most_groups = 16;
    static constexpr std::size_t most_schemes = 32;

    mutable std::atomic<unsigned> owners_{1};
    trust trust_;
    std::array<identity, most_identities> identities_{};
    std::size_t identity_count_ = 0;
    version_range versions_{};
    std::array<cipher_suite_id, most_suites> suites_{};
    std::size_t suite_count_ = 0;
    std::array<named_group, most_groups> groups_{};
    std::size_t group_count_ = 0;
    std::array<signature_scheme, most_schemes> schemes_{};
    std::size_t scheme_count_ = 0;
    blob dh_parameters_;
    bool honor_cipher_order_ = false;
    bool tickets_ = true;
    std::chrono::seconds session_timeout_{0};
    std::array<std::uint8_t, 32> id_context_{};
    std::size_t id_context_size_ = 0;
    polytls::ticket_keys ticket_keys_{};
    const spi::session_config* session_ = nullptr;  ///< While it is made.
};

}  // namespace polytls::wolfssl
