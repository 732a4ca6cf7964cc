#pragma once

#include <polytls/endpoint.hpp>
#include <polytls/system_moment.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace polytls {

namespace detail {
class secure_pair_state;
}

/// How a secure pair is to be (manual: tls.createSecurePair).
struct secure_pair_options {
    secure_context context{};
    bool is_server = false;
    bool request_cert = false;         ///< Server: ask the client for a certificate.
    bool reject_unauthorized = false;  ///< End the pair when the peer does not verify.
    std::string host{};                ///< Client: whom the certificate must be for. Empty: any.
    std::vector<std::string> alpn_protocols{};
    std::function<moment()> clock = system_moment;
};

/// The end of a secure pair that carries plaintext. A cheap handle on its pair.
class cleartext_end {
public:
    /// Encrypts; what is written before the handshake is done goes out after it. Nothing after
    /// `end`.
    void write(bytes plaintext);

    /// Sends what is queued, then close_notify.
    void end();

    /// Hears plaintext from the peer. The view ends with the call.
    void on_data(std::function<void(bytes)> call);

    /// Hears that the peer has sent close_notify.
    void on_end(std::function<void()> call);

    /// Hears why the pair failed, once.
    void on_error(std::function<void(const failure&)> call);

    /// What is known of the connection: authorized, peer_certificate, cipher, ….
    const endpoint& details() const noexcept;

private:
    friend class secure_pair;

    explicit cleartext_end(std::shared_ptr<detail::secure_pair_state> state) noexcept
        : state_(std::move(state)) {}

    std::shared_ptr<detail::secure_pair_state> state_;
};

/// The end of a secure pair that carries ciphertext. A cheap handle on its pair.
class encrypted_end {
public:
    /// Takes ciphertext that came from the peer; chunks of any size.
    void write(bytes ciphertext);

    /// The peer's transport has ended. Without its close_notify the pair fails as truncated.
    void end();

    /// Hears ciphertext that is to go to the peer; what was made before is told at once. The view
    /// ends with the call.
    void on_data(std::function<void(bytes)> call);

    /// Ciphertext made so far, TLS overhead included, in bytes (manual: cryptoStream.bytesWritten).
    std::uint64_t bytes_written() const noexcept;

private:
    friend class secure_pair;

    explicit encrypted_end(std::shared_ptr<detail::secure_pair_state> state) noexcept
        : state_(std::move(state)) {}

    std::shared_ptr<detail::secure_pair_state> state_;
};

/// TLS between two byte streams and no socket at all (manual: SecurePair). A cheap handle; copies
/// are the same pair.
///
/// Nothing happens but within calls on the pair and its ends. Used by one thread at a time.
///
/// All listeners are released once the pair has failed or both sides have ended, or by `destroy`: a
/// listener may hold its own pair or the other one.
class secure_pair {
public:
    cleartext_end cleartext() const noexcept { return cleartext_end(state_); }

    encrypted_end encrypted() const noexcept { return encrypted_end(state_); }

    /// Hears, once, that the handshake is done; `cleartext().details().authorized()` is then to be
    /// read.
    void on_secure(std::function<void()> call);

    /// Ends a handshake whose time is up. Call it from time to time when nothing comes.
    void check_deadline();

    /// Ends the pair at once and without a word (manual: securePair.destroy). What is known of the
    /// connection can still be read.
    void destroy();

private:
    friend result<secure_pair> create_secure_pair(secure_pair_options);

    explicit secure_pair(std::shared_ptr<detail::secure_pair_state> state) noexcept
        : state_(std::move(state)) {}

    std::shared_ptr<detail::secure_pair_state> state_;
};

/// Makes a pair; a client's hello waits in its encrypted end. Errors as `endpoint::make`.
result<secure_pair> create_secure_pair(secure_pair_options options);

}  // namespace polytls
