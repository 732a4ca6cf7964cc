#pragma once

#include <polytls/core/byte_sink.hpp>
#include <polytls/core/bytes.hpp>
#include <polytls/core/client_hello.hpp>
#include <polytls/core/moment.hpp>
#include <polytls/core/progress.hpp>
#include <polytls/core/protocol_list.hpp>
#include <polytls/core/renegotiation_guard.hpp>
#include <polytls/core/server_identity.hpp>
#include <polytls/core/session_envelope.hpp>
#include <polytls/core/session_note.hpp>
#include <polytls/core/status.hpp>
#include <polytls/core/verify_code.hpp>
#include <polytls/spi/context.hpp>
#include <polytls/spi/engine.hpp>
#include <polytls/spi/handshake_events.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace polytls {

/// A decision that a connection waits for (`want::decision`). It may come at any later time.
enum class question : std::uint8_t {
    none,
    server_context,        ///< Server: which context serves this name? `choose_context`.
    session,               ///< Server: the session of this id? `choose_session`.
    application_protocol,  ///< Server: which of the client's protocols? `choose_protocol`.
    ocsp_response,         ///< Server: the response to staple? `choose_ocsp_response`.
    session_stored,        ///< Server: is the new session stored? `session_stored`.
    /// Which key has this identity; or, on a client, which is to be used? `choose_psk`.
    pre_shared_key,
    signature,  ///< By a key that is not here; also while reading. `choose_signature`.
};

/// Hears what happens on a connection, from within calls on it. Calling back into the connection
/// from here is not allowed.
class connection_observer {
public:
    /// A session that a later connection may offer (`connection_settings::session`), in polytls's
    /// envelope. Client only; under TLS 1.3 once per ticket. The view ends with the call.
    virtual void session(bytes envelope) noexcept = 0;

    /// Server, with `connection_settings::keep_sessions`: a session to be stored under its id, of
    /// at most 32 bytes, in polytls's envelope. Views end with the call. One that is told in the
    /// handshake holds it back (`question::session_stored`). A secret, as the client's.
    virtual void new_session(bytes id, bytes envelope) noexcept = 0;

    /// A line of the key log in NSS's format (SSLKEYLOGFILE), without its end. A secret. Only with
    /// `connection_settings::log_keys`. The view ends with the call.
    virtual void key_log(std::string_view line) noexcept = 0;

    /// The caller's own check that a certificate is for the host, instead of RFC 9525's. Called
    /// only where `connection_settings::own_identity_check` asks for it. An error refuses the peer.
    virtual status check_identity(std::string_view host,
                                  const x509::certificate_view& leaf) noexcept = 0;

    /// `question::signature` or `pre_shared_key` is open on a backend that cannot wait for it
    /// (`feature::private_key_operations` or `feature::psk` is limited): it is refused unless it is
    /// answered before this returns. No other call is allowed, as ever.
    virtual void answer_now() noexcept = 0;

protected:
    ~connection_observer() = default;
};

/// How a new handshake is to treat the peer, instead of `connection_settings`.
struct renegotiation {
    bool request_certificate = false;  ///< Server: ask the client for a certificate.
    bool reject_unauthorized = true;
};

/// How one connection is to be. The connection keeps a reference, not a copy: settings and all they
/// point to must outlive it. They may be shared by many connections.
struct connection_settings {
    role side = role::client;

    /// Client: the name or IP address that the server's certificate must be for. Empty: any.
    std::string_view host{};

    /// Client: the name sent (RFC 6066, section 3). A DNS name; empty sends none.
    std::string_view server_name{};

    /// Client: the offer. Server: what it speaks, its favourite first. Empty: no ALPN.
    protocol_list protocols{};

    /// NPN, below TLS 1.3 and where ALPN chose nothing. Client: what it speaks, its favourite
    /// first. Server: what it advertises.
    protocol_list next_protocols{};

    /// Server: ask the client for a certificate.
    bool request_certificate = false;

    /// Server: how often a client may renegotiate; one that does so more often ends the connection.
    renegotiation_limit client_renegotiation{};

    /// A peer that does not verify is refused; otherwise its verify code is recorded.
    bool reject_unauthorized = true;

    /// Call `connection_observer::check_identity` instead of the check of RFC 9525.
    bool own_identity_check = false;

    /// Server: put `question::server_context` when the client names a server.
    bool ask_server_context = false;

    /// Server: put `question::application_protocol` when the client offers protocols.
    bool ask_application_protocol = false;

    /// Server: put `question::ocsp_response` when the client asks for one (RFC 6066, section 8).
    bool ask_ocsp_response = false;

    /// Server: sessions are stored by the caller (`connection_observer::new_session`) and asked for
    /// (`question::session`), none travels in a ticket.
    bool keep_sessions = false;

    /// Server: the keys of tickets, as `polytls::ticket_keys`, instead of the context's own.
    bytes ticket_keys{};

    /// Server: helps a client below TLS 1.3 choose its pre-shared key; without NUL.
    std::string_view psk_hint{};

    /// Client: ask the server for an OCSP response.
    bool request_ocsp = false;

    /// Pre-shared keys are used: `question::pre_shared_key`. A client offers no session then.
    bool pre_shared_keys = false;

    /// Tell `connection_observer::key_log`.
    bool log_keys = false;

    /// Client: a session got from `connection_observer::session`, to be resumed. Empty: none.
    bytes session{};

    /// How long a handshake may take, from the first call on; 0: for ever.
    std::chrono::milliseconds handshake_timeout{120'000};

    /// A transport that ends without close_notify has ended in order: `errc::closed`, not
    /// `errc::truncated`. Only for protocols that tell by themselves where their data ends.
    bool allow_truncation = false;

    /// Hears what happens; may be null.
    connection_observer* observer = nullptr;
};

/// One TLS connection, without I/O and without a clock: ciphertext in, ciphertext out, plaintext
/// in, plaintext out, and the time passed in.
///
/// Each step takes ciphertext that came from the peer, appends ciphertext for the peer to a sink,
/// and says what it needs next. A step that wants input has consumed all it was given. Errors are
/// final: after the first one every step repeats it, and what is in the sink (an alert) should
/// still be sent. Used by one thread at a time; makes no call of its own.
///
/// A server reads the ClientHello itself before the library sees a byte, so that questions which
/// may be answered late (`open_question`) are alike on every backend.
class connection final : private spi::handshake_events {
public:
    /// No plaintext record is larger, in bytes (RFC 8446, section 5.1).
    static constexpr std::size_t max_fragment = 16384;
    /// The identity of a pre-shared key, and the key, are no longer, in bytes.
    static constexpr std::size_t max_psk_identity = 128;
    static constexpr std::size_t max_psk = 256;
    /// `set_max_send_fragment` goes no lower, in bytes.
    static constexpr std::size_t min_fragment = 512;

    /// `context` and `settings` must outlive the connection.
    connection(const spi::context& context, const connection_settings& settings) noexcept;
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// @name Steps
    /// @{

    /// Moves the handshake on; complete when `next` is `want::nothing` and there is no error.
    progress handshake(bytes input, byte_sink& output, moment now) noexcept;

    /// Decrypts into `plaintext`. `errc::closed` once the peer's close_notify was reached,
    /// `errc::truncated` when the transport ended without one. Only after the handshake.
    progress read(bytes input, mutable_bytes plaintext, byte_sink& output, moment now) noexcept;

    /// Encrypts `plaintext`, whole records of at most `max_send_fragment()`. Only after the
    /// handshake, and not after `close`.
    progress write(bytes plaintext, byte_sink& output, moment now) noexcept;

    /// Asks the peer for a new handshake, which takes place within the reads to come; data goes on
    /// both ways, and `renegotiating` tells when it is over. The handshake's deadline applies
    /// (`connection_settings::handshake_timeout`).
    ///
    /// `errc::renegotiation_unavailable` under TLS 1.3 and where the context forbids it;
    /// `errc::wrong_state` before the handshake, after `close`, and while one is under way. An
    /// error leaves the connection as it was.
    progress renegotiate(const renegotiation& how, byte_sink& output, moment now) noexcept;

    /// Changes the keys of what is written from now on, and asks the peer to do the same if
    /// `of_peer` (RFC 8446, section 4.6.3).
    ///
    /// `errc::unsupported_by_backend` where the library cannot (`feature::key_update`);
    /// `errc::wrong_state` below TLS 1.3, before the handshake and after `close`. An error leaves
    /// the connection as it was.
    progress update_keys(bool of_peer, byte_sink& output, moment now) noexcept;

    /// Whether a handshake that `renegotiate` asked for is not complete yet.
    bool renegotiating() const noexcept { return renegotiating_; }

    /// Says that nothing more will be written: appends close_notify. Reading goes on. During the
    /// handshake the connection ends instead, with `errc::destroyed`.
    progress close(byte_sink& output, moment now) noexcept;

    /// Says that the transport has ended: nothing more will come. What was received before can
    /// still be read. Ends an unfinished handshake.
    void end_of_input() noexcept;

    /// @}
    /// @name Time
    /// @{

    /// Whether `expire` is to be called, at the latest at `deadline()` of the monotonic clock.
    bool has_deadline() const noexcept { return deadline_.count() != 0; }

    std::chrono::milliseconds deadline() const noexcept { return deadline_; }

    /// Ends a handshake whose time is up with `errc::handshake_timed_out`; otherwise does nothing.
    void expire(moment now) noexcept;

    /// @}
    /// @name Decisions
    /// @{

    /// The question that waits for an answer.
    question open_question() const noexcept { return question_; }

    /// What the client offered; null outside `open_question()`, and once it was dealt with.
    const client_hello* hello() const noexcept;

    /// The id that `question::session` asks for: a session id, or under TLS 1.3 a ticket that is no
    /// more than one. Empty otherwise.
    bytes wanted_session() const noexcept;

    /// Answers `question::server_context`; null keeps the context given at the start. The context
    /// must outlive the connection and be of any backend. `errc::wrong_state` when not asked.
    status choose_context(const spi::context* context) noexcept;

    /// Answers `question::application_protocol` with one of the client's protocols; empty chooses
    /// none and goes on without. `errc::wrong_state` when not asked, `errc::bad_protocol_list` when
    /// the client did not offer it.
    status choose_protocol(bytes protocol) noexcept;

    /// Answers `question::session` with what `connection_observer::new_session` gave for the id
    /// that is asked for; empty, and anything that cannot be resumed here, leads to a full
    /// handshake. `envelope` must live until the next step. `errc::wrong_state` when not asked.
    status choose_session(bytes envelope) noexcept;

    /// Answers `question::ocsp_response` with a response, DER, that is sent only if `certificate`,
    /// DER, is what the client is shown; empty staples nothing. Both must live until the next step.
    /// `errc::wrong_state` when not asked.
    status choose_ocsp_response(bytes response, bytes certificate) noexcept;

    /// Answers `question::session_stored`, as often as `connection_observer::new_session` was told.
    /// Otherwise without effect.
    void session_stored() noexcept;

    /// What `question::signature` asks for; null otherwise. Lives until the next step.
    const spi::signature_request* signature_wanted() const noexcept;

    /// Answers `question::signature` with a signature as it goes on the wire, which must live until
    /// the next step has ended. `errc::wrong_state` when not asked.
    status choose_signature(bytes signature) noexcept;

    /// What `question::pre_shared_key` asks about: the client's identity on a server, the server's
    /// hint on a client, empty when there is none. Lives until the next step.
    bytes psk_wanted() const noexcept;

    /// Answers `question::pre_shared_key`; an empty key says that there is none. Client: `identity`
    /// is sent. Both must live until the next step has ended. `errc::wrong_state` when not asked,
    /// `errc::invalid_argument` for a key or an identity that is too long, and for an identity that
    /// is empty or has a NUL in it.
    status choose_psk(bytes identity, bytes key) noexcept;

    /// Answers any question with a refusal: the handshake ends with `error` and its alert, if it
    /// names one.
    status refuse(status error) noexcept;

    /// @}
    /// @name What is known
    /// @{

    role side() const noexcept { return settings_->side; }

    /// The context in use; the one chosen for the name once that is decided.
    const spi::context& context() const noexcept { return *context_; }

    bool handshake_complete() const noexcept { return phase_ == phase::open; }

    /// Why the connection ended; `errc::ok` while it goes on.
    status error() const noexcept { return error_; }

    /// What the handshake agreed on; valid once it is complete.
    spi::negotiated facts() const noexcept;

    /// Writes what both ends can sign with, in the order of preference that counts, as far as the
    /// library tells (a server; a client that was asked for a certificate), and returns how many
    /// there are; 0 before the handshake is complete.
    std::size_t shared_signature_schemes(std::span<signature_scheme> schemes) const noexcept;

    /// The same of the groups for the key exchange, on a server.
    std::size_t shared_groups(std::span<named_group> groups) const noexcept;

    /// The protocol chosen by ALPN; empty when none, and before the handshake is complete.
    bytes application_protocol() const noexcept;

    /// The protocol chosen by NPN; empty when none.
    bytes next_protocol() const noexcept;

    /// The name the client asked for (server), or that was sent (client); empty when none.
    std::string_view server_name() const noexcept;

    /// The verdict on the peer; `verify_code::ok` does not mean that one was asked for: see
    /// `authorized`.
    verify_code verification() const noexcept { return verification_; }

    /// Both ends proved that they have a pre-shared key: no certificate took part.
    bool by_psk() const noexcept { return by_psk_; }

    /// The peer gave a certificate, and it verified; or `by_psk`.
    bool authorized() const noexcept;

    /// Appends the certificates the peer sent, DER one after the other, leaf first.
    status peer_certificates(byte_sink& output) const noexcept;

    /// Client: the OCSP response the server stapled, DER; empty when there was none. The view ends
    /// with the next step.
    bytes ocsp_response() const noexcept;

    /// Client: the latest session ticket (RFC 5077); empty when there is none. The view ends with
    /// the next step.
    bytes session_ticket() const noexcept;

    /// Derives keying material into all of `output`, alike on both ends (RFC 8446, section 7.5;
    /// RFC 5705). `errc::wrong_state` before the handshake is complete; `errc::invalid_argument`
    /// for a label or size that cannot be.
    status export_keying_material(std::string_view label,
                                  std::optional<bytes> context,
                                  mutable_bytes output) const noexcept;

    /// Writes the verify_data of the latest Finished message and returns its size in bytes; 0
    /// before the handshake is complete, or when `output` is too small (64 bytes always do).
    std::size_t finished(spi::finished_by whose, mutable_bytes output) const noexcept;

    /// The peer has sent close_notify.
    bool peer_closed() const noexcept { return peer_closed_; }

    /// We have sent close_notify.
    bool closed() const noexcept { return closed_; }

    /// @}

    /// Bounds the plaintext of each record to come: 512 to 16384 bytes. False, and nothing changes,
    /// outside of that.
    bool set_max_send_fragment(std::size_t size) noexcept;

    std::size_t max_send_fragment() const noexcept { return max_send_fragment_; }

    /// Gives record buffers back until there is traffic again; for connections that fall idle.
    void release_buffers() noexcept;

private:
    enum class phase : std::uint8_t { start, gathering, handshaking, storing, open, failed };
    struct hello_state;

    moment now() const noexcept override { return now_; }

    spi::peer_judgement judge_peer(const peer_findings& findings) noexcept override;
    void session(bytes blob) noexcept override;
    void new_session(bytes id, bytes blob) noexcept override;
    void key_log(std::string_view line) noexcept override;
    bool renegotiating(bool by_peer) noexcept override;
    void renegotiated() noexcept override;
    bytes session_note() noexcept override;
    bool resumed(bytes note) noexcept override;
    spi::answer sign(const spi::signature_request& request) noexcept override;
    spi::answer find_psk(const spi::psk_request& request) noexcept override;

    status start() noexcept;
    status make_engine() noexcept;
    spi::peer_certificate peer_question() const noexcept;
    status reason(status of_engine) const noexcept;
    status take_hello() noexcept;
    status decide() noexcept;
    status decide_protocol() noexcept;
    status check_identity(bytes leaf) noexcept;
    progress gather(bytes input, byte_sink& output) noexcept;
    progress feed_hello(byte_sink& output) noexcept;
    progress check_first_header(bytes input, byte_sink& output) noexcept;
    progress drive(bytes input, byte_sink& output) noexcept;
    progress complete(progress done, byte_sink& output) noexcept;
    progress fail(status why, byte_sink& output) noexcept;
    void open() noexcept;
    spi::answer answer_to(question asked, bool at_once) noexcept;
    bool judgement_is_missing() noexcept;
    void set_deadline() noexcept;
    bool must_judge() const noexcept;
    void take_over_judgement() noexcept;
    void latch(status why) noexcept;
    void drop_hello() noexcept;
    bool first_header_checked() const noexcept;
    template <class Tell>
    void with_encoded(const session_envelope& envelope, Tell tell) noexcept;
    std::array<std::uint8_t, 16> name_digest() const noexcept;

    const spi::context* context_;
    const connection_settings* settings_;
    const memory_hooks* memory_;
    spi::handle<spi::engine> engine_;
    hello_state* hello_ = nullptr;
    char* server_name_ = nullptr;  // Server only: the client's wish, kept after the hello is gone.
    moment now_{};
    std::chrono::milliseconds deadline_{0};
    status error_{};
    status refusal_{};   // Decided, not yet told to the peer.
    status deferred_{};  // Met behind plaintext that is delivered first.
    std::size_t write_pending_ = 0;
    std::uint16_t max_send_fragment_ = max_fragment;
    std::uint8_t server_name_size_ = 0;
    std::uint8_t first_header_[5] = {};
    std::uint8_t first_header_size_ = 0;
    const spi::signature_request* signature_request_ = nullptr;
    const spi::psk_request* psk_request_ = nullptr;
    bytes answer_{};
    bytes psk_identity_{};
    session_note_buffer note_{};
    renegotiation_guard guard_{};
    std::uint8_t sessions_to_store_ = 0;
    phase phase_ = phase::start;
    question question_ = question::none;
    verify_code verification_ = verify_code::ok;
    verify_code kept_verification_ = verify_code::ok;  // With the session that may be resumed.
    bool request_certificate_;
    bool reject_unauthorized_;
    bool renegotiating_ = false;
    bool hello_sent_ = false;  // Client only.
    bool kept_certificate_ = false;
    bool session_trusted_ = false;
    bool was_open_ = false;
    bool judged_ = false;
    bool peer_has_certificate_ = false;
    bool asked_by_engine_ = false;
    bool psk_given_ = false;
    bool by_psk_ = false;
    bool input_ended_ = false;
    bool peer_closed_ = false;
    bool closed_ = false;
};

}  // namespace polytls
