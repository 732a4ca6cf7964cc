#pragma once

#include "context.hpp"
#include "handles.hpp"
#include "server_hello_gate.hpp"
#include "wire.hpp"

#include <polytls/spi/configuration.hpp>
#include <polytls/spi/engine.hpp>
#include <polytls/spi/handle.hpp>
#include <polytls/spi/handshake_events.hpp>

#include <array>

namespace polytls::wolfssl {

class engine final : public spi::engine {
public:
    static status make(const context& from,
                       const spi::engine_config& config,
                       spi::handshake_events& events,
                       spi::handle<spi::engine>& made) noexcept;

    engine(const context& from, spi::handshake_events& events) noexcept;
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    /// Has a WOLFSSL_CTX ask the engines of its WOLFSSLs.
    static void use_callbacks(WOLFSSL_CTX* ctx) noexcept;

    /// The engine that a WOLFSSL belongs to.
    static engine& of(WOLFSSL* ssl) noexcept;

    spi::handshake_events& events() const noexcept { return *events_; }

    bytes ticket_keys() const noexcept { return ticket_keys_; }

    bytes id_context() const noexcept { return context_->session_id_context(); }

    bool keeps_sessions() const noexcept { return keeps_sessions_; }

    bool takes_tickets() const noexcept { return context_->issues_tickets() && !keeps_sessions_; }

    /// Whether the ticket with this IV has been rejected before on this connection.
    bool has_rejected(bytes iv) const noexcept;
    void note_rejected(bytes iv) noexcept;

    /// Tells a session to whom it is for: a client's own, or the name of one that a server keeps.
    void tell_session(WOLFSSL_SESSION* session) noexcept;

    /// Hands out a session of TLS 1.3 to be kept under a name.
    void tell_kept(bytes id, bytes content) noexcept;

    /// The session of TLS 1.3 that was found under a name; empty for none.
    bytes kept_session(bytes id) const noexcept;

    /// The same of TLS 1.2; null for none.
    WOLFSSL_SESSION* kept_session_named(bytes id) const noexcept;

    progress handshake(bytes input, byte_sink& output) noexcept override;
    progress read(bytes input, mutable_bytes plaintext, byte_sink& output) noexcept override;
    progress write(bytes plaintext, byte_sink& output) noexcept override;
    progress update_keys(bool of_peer, byte_sink& output) noexcept override;
    progress renegotiate(spi::peer_certificate peer, byte_sink& output) noexcept override;
    progress close(byte_sink& output) noexcept override;
    void release_buffers() noexcept override;
    spi::negotiated facts() const noexcept override;
    std::size_t
    shared_signature_schemes(std::span<signature_scheme> schemes) const noexcept override;
    std::size_t shared_groups(std::span<named_group> groups) const noexcept override;
    bytes application_protocol() const noexcept override;
    bytes next_protocol() const noexcept override;
    status peer_certificates(byte_sink& output) const noexcept override;
    bytes ocsp_response() const noexcept override;
    bytes session_ticket() const noexcept override;
    status export_keying_material(std::string_view label,
                                  std::optional<bytes> context,
                                  mutable_bytes output) const noexcept override;
    std::size_t finished(spi::finished_by whose, mutable_bytes output) const noexcept override;
    void release() noexcept override;

private:
    static constexpr std::size_t most_schemes = 32;
    static constexpr std::size_t most_groups = 16;

    static int verify(int sound, WOLFSSL_X509_STORE_CTX* store) noexcept;
    static int choose_protocol(WOLFSSL* ssl,
                               const unsigned char** chosen,
                               unsigned char* chosen_size,
                               const unsigned char* offer,
                               unsigned offer_size,
                               void* unused) noexcept;

    status prepare(const spi::engine_config& config) noexcept;
    status prepare_client(const spi::engine_config& config) noexcept;
    status prepare_server(const spi::engine_config& config) noexcept;
    status offer_session(bytes blob) noexcept;
    void find_kept(bytes blob) noexcept;
    bool judge(WOLFSSL_X509_STORE_CTX* store) noexcept;
    bool begin(bytes input, byte_sink& output) noexcept;
    progress finish(progress step) noexcept;
    progress fail(status why) noexcept;
    progress outcome(int result) noexcept;
    status error_of(int native) noexcept;
    bool check_first_header() noexcept;
    bool pass_gate() noexcept;
    void log_keys() noexcept;

    const context* context_;
    spi::handshake_events* events_;
    wire wire_;
    ssl_handle ssl_;
    server_hello_gate gate_;
    status failure_{};        ///< Waits for room in the sink.
    status refusal_{};        ///< Of the peer, by whoever judges it; or there is nothing in common.
    bool gated_ = false;      ///< What the server says is held back.
    bool requested_ = false;  ///< A certificate that is missing is for others to judge.
    bool keeps_sessions_ = false;
    bool logs_keys_ = false;
    bool tells_sessions_ = false;
    bool complete_ = false;
    bool closed_ = false;
    bool updating_ = false;    ///< Keys were changed; the message waits for room.
    std::size_t written_ = 0;  ///< Of a write whose record waits for room.
    std::array<std::uint8_t, 5> first_header_{};
    std::size_t first_header_size_ = 0;
    status first_header_error_{};
    std::uint8_t chosen_protocol_size_ = 0;
    std::array<std::uint8_t, 255> chosen_protocol_{};
    std::array<std::uint8_t, 16> rejected_{};
    bool has_rejected_ = false;
    polytls::ticket_keys ticket_keys_{};
    session_handle kept_;
    blob kept_content_;  ///< Of TLS 1.3: its name, then the session.
    blob peer_chain_;    ///< As it was sent, one after the other.
    mutable blob ticket_;
    std::array<signature_scheme, most_schemes> shared_schemes_{};
    std::size_t shared_scheme_count_ = 0;
    std::array<named_group, most_groups> shared_groups_{};
    std::size_t shared_group_count_ = 0;
};

}  // namespace polytls::wolfssl
