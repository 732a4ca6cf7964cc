#pragma once

#include "handles.hpp"

#include <polytls/core/ticket_keys.hpp>
#include <polytls/spi/context.hpp>

#include <array>

namespace polytls::openssl {

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

    bool allows_partial_chain() const noexcept override { return allows_partial_chain_; }

    std::chrono::seconds session_timeout() const noexcept override { return session_timeout_; }

    bytes session_id_context() const noexcept override {
        return bytes(id_context_).first(id_context_size_);
    }

    bytes ticket_keys() const noexcept override { return ticket_keys_; }

    void release() noexcept override;

private:
    spi::config_error configure(const spi::context_config& config) noexcept;
    status use_protocol(const spi::protocol_config& protocol) noexcept;
    status use_cipher_suites(std::span<const cipher_suite_id> suites) noexcept;
    status use_signature_schemes(std::span<const signature_scheme> schemes) noexcept;
    status use_dh_parameters(bytes parameters) noexcept;
    status use_ticket_keys(bytes given) noexcept;
    status use_groups(std::span<const named_group> groups) noexcept;

    ssl_ctx_handle ctx_;
    version_range versions_{};
    bool allows_partial_chain_ = false;
    bool external_keys_ = false;
    std::chrono::seconds session_timeout_{0};
    std::array<std::uint8_t, SSL_MAX_SID_CTX_LENGTH> id_context_{};
    std::size_t id_context_size_ = 0;
    polytls::ticket_keys ticket_keys_{};
};

}  // namespace polytls::openssl
