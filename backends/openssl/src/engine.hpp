#pragma once

#include "bio.hpp"
#include "handles.hpp"
#include "late_answers.hpp"
#include "memory.hpp"

#include <polytls/core/ticket_keys.hpp>
#include <polytls/spi/configuration.hpp>
#include <polytls/spi/engine.hpp>
#include <polytls/spi/handle.hpp>
#include <polytls/spi/handshake_events.hpp>

#include <memory>

namespace polytls::openssl {

class engine final : public spi::engine {
public:
    /// What an engine has of its context, besides the SSL_CTX.
    struct shared {
        bytes ticket_keys;  ///< For a server whose configuration brings none.
        bool external_keys = false;
    };

    static status make(SSL_CTX* ctx,
                       const shared& of_context,
                       const spi::engine_config& config,
                       spi::handshake_events& events,
                       spi::handle<spi::engine>& made) noexcept;

    explicit engine(spi::handshake_events& events) noexcept : events_(&events) {}

    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    /// The engine that an SSL belongs to.
    static engine& of(const SSL* ssl) noexcept;

    spi::handshake_events& events() const noexcept {
        return late_answers_ ? late_answers_->events() : *events_;
    }

    /// The protocols for NPN, in its wire format.
    bytes next_protocols() const noexcept { return next_protocols_; }

    /// The protocol that a server chose before OpenSSL saw the client's offer, and, once a
    /// handshake is complete, that ALPN agreed on; empty for none.
    bytes chosen_protocol() const noexcept { return {chosen_protocol_, chosen_protocol_size_}; }

    bytes ticket_keys() const noexcept { return ticket_keys_; }

    /// The certificate that the OCSP response it holds is for; null without any.
    const X509* stapled_to() const noexcept { return stapled_to_; }

    bool logs_keys() const noexcept { return logs_keys_; }

    bool tells_sessions() const noexcept { return tells_sessions_; }

    bool keeps_sessions() const noexcept { return keeps_sessions_; }

    /// The session that the client was found to ask for; null when there is none.
    SSL_SESSION* kept_session() const noexcept { return kept_session_.get(); }

    /// Asks for a pre-shared key, and waits for it.
    spi::answer find_psk(bytes about) noexcept { return late_answers_->find_psk(about); }

    /// Whether the key that was asked for last is what may be used: not when there was none, nor
    /// when a session was found afterwards.
    void note_psk(bool given) noexcept { psk_given_ = given; }

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
    status prepare(SSL_CTX* ctx, const spi::engine_config& config) noexcept;
    status prepare_client(const spi::engine_config& config) noexcept;
    status prepare_server(const spi::engine_config& config) noexcept;
    int reason_for(int result, bool queue_was_empty) const noexcept;
    progress outcome(int result, bool queue_was_empty) noexcept;
    progress finish(progress step) noexcept;
    std::size_t end() noexcept;
    bool advance(int (*function)(SSL*), int& result) noexcept;
    progress awaiting_answer() noexcept;
    bool may_sign_in_read() const noexcept;
    void begin(bytes input, byte_sink& output) noexcept;
    void begin_handshake(bytes input, byte_sink& output) noexcept;
    void ask_for_certificate(spi::peer_certificate peer) noexcept;
    void keep_protocol(bytes name) noexcept;
    void handshake_begins() noexcept;
    void handshake_ends() noexcept;
    static void watch(const SSL* ssl, int where, int value) noexcept;

    enum class renegotiation_state : std::uint8_t {
        none,
        requested,  ///< By us; the peer's answer has not come.
        under_way,
        refused,
    };

    /// What OpenSSL told of during one call: nothing while only data moves.
    struct observations {
        bool anything = false;  ///< Errors may have been left in the thread's queue, then.
        bool peer_closes = false;
        alert_description alert = alert_description::none;  ///< A fatal one, from either end.
    };

    spi::handshake_events* events_;
    wire wire_{};
    ssl_handle ssl_;
    ssl_session_handle kept_session_;
    std::unique_ptr<late_answers, unmaker> late_answers_;  // Only where something is asked.
    const X509* stapled_to_ = nullptr;
    polytls::ticket_keys ticket_keys_{};
    observations watched_;
    bytes next_protocols_;
    renegotiation_state renegotiation_ = renegotiation_state::none;
    bool complete_ = false;
    bool sending_request_ = false;
    bool logs_keys_ = false;
    bool tells_sessions_ = false;
    bool keeps_sessions_ = false;
    bool psk_given_ = false;
    std::uint8_t chosen_protocol_size_ = 0;
    std::uint8_t chosen_protocol_[255] = {};
};

/// The server's answer to a client's ALPN offer: the protocol its engine was made with.
int choose_protocol(SSL* ssl,
                    const unsigned char** chosen,
                    unsigned char* chosen_size,
                    const unsigned char* offer,
                    unsigned offer_size,
                    void* unused) noexcept;

}  // namespace polytls::openssl
