#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/signature_scheme.hpp>
#include <polytls/spi/peer_judge.hpp>

#include <cstdint>
#include <string_view>

namespace polytls::spi {

/// A signature that a handshake needs from a key that is not here
/// (`certificate_chain::external_key`).
struct signature_request {
    signature_scheme scheme{};
    /// What is signed: a digest, made with the scheme's hash, without any padding; for Ed25519 and
    /// Ed448 the message itself.
    bytes input{};
    bytes certificate{};   ///< The leaf that the key belongs to, DER.
    bool at_once = false;  ///< The engine cannot wait: `answer_state::later` is a refusal.
};

/// A pre-shared key that a handshake needs (RFC 4279; RFC 8446, section 4.2.11).
struct psk_request {
    /// Server: the identity that the client gives. Client: the server's hint, empty when it gave
    /// none, as ever under TLS 1.3.
    bytes about{};
    bool at_once = false;  ///< As `signature_request::at_once`.
};

/// How far the answer to a question of an engine is.
enum class answer_state : std::uint8_t {
    given,
    later,    ///< The engine's step ends with `want::decision`; its next one asks again.
    refused,  ///< The handshake ends.
};

/// The answer. Its views live until the next call on the engine.
struct answer {
    answer_state state = answer_state::refused;
    /// A signature as it goes on the wire, for ECDSA a DER Ecdsa-Sig-Value; or a pre-shared key,
    /// empty when there is none: the handshake goes on without, where it can.
    bytes data{};
    bytes identity{};  ///< Client: the one that goes with a pre-shared key; without NUL.
};

/// What an engine tells, and asks, while it works. Implemented by `connection`; called only from
/// within calls on the engine.
///
/// `judge_peer` is called at most once in a handshake, a later one of the same connection included;
/// before any application data, and not at all on resumption.
class handshake_events : public peer_judge {
public:
    /// A session that may be resumed later, as the library writes it. Client only.
    virtual void session(bytes blob) noexcept = 0;

    /// A session that a server with `engine_config::keeps_sessions` has made: the id by which its
    /// client will ask for it, at most 32 bytes, and the session as the library writes it. Views
    /// end with the call.
    virtual void new_session(bytes id, bytes blob) noexcept = 0;

    /// A line of the key log in NSS's format (SSLKEYLOGFILE), without its end. A secret; only with
    /// `engine_config::log_keys`.
    virtual void key_log(std::string_view line) noexcept = 0;

    /// A new handshake begins on a standing connection, asked for by `engine::renegotiate` or by
    /// the peer. False ends the connection with `errc::renegotiation_attack`, before any answer.
    virtual bool renegotiating(bool by_peer) noexcept = 0;

    /// It is complete.
    virtual void renegotiated() noexcept = 0;

    /// What is to be kept with a session that this server is about to issue in a ticket, and given
    /// back through `resumed`: at most 64 bytes. The view lives until the next call on the engine.
    virtual bytes session_note() noexcept = 0;

    /// A server is asked to resume a session it once gave this note. False refuses: the handshake
    /// goes on as a full one.
    virtual bool resumed(bytes note) noexcept = 0;

    /// Asks for a signature. The request's views live until it is made or refused; a refusal ends
    /// the handshake.
    virtual answer sign(const signature_request& request) noexcept = 0;

    /// Asks for a pre-shared key; only with `engine_config::pre_shared_keys`. Under TLS 1.3 a
    /// server may ask for several identities of a client, those of sessions among them; a client
    /// asks before its hello, and below it once the server has given its hint.
    virtual answer find_psk(const psk_request& request) noexcept = 0;

protected:
    ~handshake_events() = default;
};

}  // namespace polytls::spi
