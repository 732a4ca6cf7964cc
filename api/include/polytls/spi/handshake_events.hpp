#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/spi/peer_judge.hpp>

#include <string_view>

namespace polytls::spi {

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

protected:
    ~handshake_events() = default;
};

}  // namespace polytls::spi
