#pragma once

#include <polytls/context_options.hpp>
#include <polytls/core/ticket_keys.hpp>
#include <polytls/result.hpp>

#include <memory>
#include <utility>

namespace polytls {

namespace spi {
class context;
}

/// Certificates, keys, trust and policy in a library's own form (manual: SecureContext). Immutable;
/// copies share one state, and may be used by any number of connections on any thread.
class secure_context {
public:
    /// An empty context, which no connection can be made with.
    secure_context() = default;

    explicit operator bool() const noexcept { return state_ != nullptr; }

    /// The library it is made for. Not for an empty context.
    polytls::backend backend() const noexcept;

    /// The keys of its session tickets (manual: getTicketKeys): those of
    /// `context_options::ticket_keys`, else random ones. A secret. Not for an empty context.
    polytls::ticket_keys ticket_keys() const noexcept;

    /// The adapter's own object. Not for an empty context. Lives as long as any copy.
    const spi::context& implementation() const noexcept;

    struct state;

    const std::shared_ptr<const state>& shared_state() const noexcept { return state_; }

private:
    friend result<secure_context> create_secure_context(const context_options&);

    explicit secure_context(std::shared_ptr<const state> made) noexcept : state_(std::move(made)) {}

    std::shared_ptr<const state> state_;
};

/// Makes a context (manual: tls.createSecureContext). Changing the options afterwards changes
/// nothing.
///
/// Errors name the input at fault ("key[1]", "ca[0]", "ciphers", …): `errc::bad_private_key`,
/// `passphrase_required`, `wrong_passphrase`, `bad_certificate`, `bad_ca`, `bad_pem`,
/// `key_mismatch`, `unknown_cipher`, `no_cipher_match`, `unknown_group`, `unknown_version`,
/// `bad_version_range`, `invalid_argument`, `unsupported_by_backend`.
result<secure_context> create_secure_context(const context_options& options);

}  // namespace polytls
