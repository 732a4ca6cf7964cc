#pragma once

#include <polytls/certificate.hpp>
#include <polytls/cipher_suite.hpp>
#include <polytls/core/byte_sink.hpp>
#include <polytls/core/bytes.hpp>
#include <polytls/core/moment.hpp>
#include <polytls/core/progress.hpp>
#include <polytls/endpoint_settings.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls {

/// The key that a handshake exchanged, and no longer has.
struct ephemeral_key_info {
    std::string_view type{};  ///< "ECDH" or "DH"; empty where there was none.
    /// Its group by the RFC's name, as "x25519"; empty for a DHE server's own parameters.
    std::string_view name{};
    unsigned size = 0;  ///< In bits.
};

/// How a renegotiated handshake is to treat the peer; what is not set stays as it was.
struct renegotiate_options {
    std::optional<bool> request_cert{};  ///< Server: ask the client for a certificate.
    std::optional<bool> reject_unauthorized{};
};

/// One end of a TLS connection for hosted programs, without I/O: a `connection` that owns its
/// settings, puts its questions to callbacks, and tells what it knows in strings and certificates.
///
/// What `stream`, `tls_socket` and `secure_pair` stand on; a transport of your own would too. The
/// steps are `connection`'s. Used by one thread at a time.
class endpoint {
public:
    /// `errc::invalid_argument` without a context, `bad_server_name` for a servername that is an IP
    /// address or no name, `bad_protocol_list` for a protocol that is empty or too long.
    static result<std::unique_ptr<endpoint>> make(client_settings settings);
    static result<std::unique_ptr<endpoint>> make(server_settings settings);

    ~endpoint();
    endpoint(const endpoint&) = delete;
    endpoint& operator=(const endpoint&) = delete;

    /// Steps, as those of `connection`; reading may come upon a new handshake. `want::decision`
    /// means that a callback has not answered yet: wait for `on_answer`. What a callback throws
    /// comes out of the step, and with it is lost how much of the input was consumed: the
    /// connection is to be given up.
    progress handshake(bytes input, byte_sink& output, moment now);
    progress read(bytes input, mutable_bytes plaintext, byte_sink& output, moment now);
    progress write(bytes plaintext, byte_sink& output, moment now);
    progress close(byte_sink& output, moment now);
    /// As `connection::renegotiate`, whose errors leave the connection as it was.
    progress renegotiate(const renegotiate_options& how, byte_sink& output, moment now);
    /// As `connection::update_keys`, whose errors leave the connection as it was.
    progress update_keys(bool of_peer, byte_sink& output, moment now);
    bool renegotiating() const noexcept;
    void end_of_input() noexcept;

    /// The monotonic time at which to call `expire`, if any.
    std::optional<std::chrono::milliseconds> deadline() const noexcept;
    void expire(moment now) noexcept;

    /// Called when a late answer has come: the handshake is to be stepped again.
    void on_answer(std::function<void()> call);

    /// Called with each session that may be resumed later (client).
    void on_session(std::function<void(const std::vector<std::uint8_t>&)> call);

    /// Called with each line of the key log, as `client_settings::key_log`, in whose place it
    /// comes. Before the handshake.
    void on_key_log(key_log_callback call);

    role side() const noexcept;
    bool handshake_complete() const noexcept;
    bool peer_closed() const noexcept;

    /// Why the connection ended; nothing while it goes on. A close_notify is not a failure.
    std::optional<failure> last_failure() const;

    /// The failure for an outcome of a step, with backend, native text and the verdict.
    failure describe(const status& outcome) const;

    polytls::backend backend() const noexcept;

    /// "TLSv1.3"; empty before the handshake is complete.
    std::string_view protocol() const noexcept;

    /// The suite; null before the handshake is complete.
    const cipher_suite* cipher() const noexcept;

    /// The key exchange's group by its RFC name; empty where there was none.
    std::string_view group() const noexcept;

    /// The ephemeral key of the key exchange (manual: tls.getEphemeralKeyInfo). On a client; empty
    /// on a server, and where there was none.
    ephemeral_key_info ephemeral_key() const noexcept;

    /// The signature schemes that both ends can do, by the RFC's names, in the order of preference
    /// that counts (manual: getSharedSigalgs); as far as the backend tells: on a server, and on a
    /// client that was asked for a certificate.
    std::vector<std::string_view> shared_sigalgs() const;

    /// The groups for the key exchange that both ends can do, by the RFC's names; empty on a
    /// client.
    std::vector<std::string_view> shared_groups() const;

    /// Client: the OCSP response the server stapled, DER; empty when there was none.
    std::vector<std::uint8_t> ocsp_response() const;

    /// Client: whether `client_settings::request_ocsp` asked for one.
    bool requested_ocsp() const noexcept;

    /// Client: the latest session ticket (manual: getTLSTicket); empty when there is none.
    std::vector<std::uint8_t> tls_ticket() const;

    /// Derives `length` bytes that both ends alike can derive and nobody else (RFC 8446, section
    /// 7.5; RFC 5705). No context and an empty one differ below TLS 1.3. `errc::wrong_state` before
    /// the handshake is complete.
    result<std::vector<std::uint8_t>> export_keying_material(
        std::size_t length, std::string_view label, std::optional<bytes> context = {}) const;

    /// The verify_data of the latest Finished message that was sent, or received; empty before the
    /// handshake is complete.
    std::vector<std::uint8_t> finished() const;
    std::vector<std::uint8_t> peer_finished() const;

    /// The protocol that ALPN chose; empty when none.
    std::string_view alpn_protocol() const noexcept;

    /// The protocol that NPN chose; empty when none.
    std::string_view npn_protocol() const noexcept;

    /// The name the client asked for (server) or that was sent (client); empty when none.
    std::string_view servername() const noexcept;

    /// The identity of the pre-shared key that both ends proved to have; empty when there was none.
    std::string_view psk_identity() const noexcept;

    /// The peer gave a certificate and it verified, for the host where there is one; or it has the
    /// pre-shared key of `psk_identity`.
    bool authorized() const noexcept;

    /// Why not: the verdict's name, as "CERT_HAS_EXPIRED". Empty when authorized, and on a server
    /// that did not ask.
    std::string_view authorization_error() const noexcept;

    /// The peer's certificate; empty when there is none. `detailed` links its issuers.
    certificate peer_certificate(bool detailed = false) const;

    /// The latest session that may be resumed; empty when there is none.
    const std::vector<std::uint8_t>& session() const noexcept;

    bool session_reused() const noexcept;

    /// 512 to 16384 bytes; false outside of that.
    bool set_max_send_fragment(std::size_t size) noexcept;

    /// Gives record buffers back until there is traffic again.
    void release_buffers() noexcept;

private:
    struct state;
    explicit endpoint(std::shared_ptr<state> made) noexcept;

    std::shared_ptr<state> state_;
};

}  // namespace polytls
