#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/moment.hpp>
#include <polytls/core/verdict.hpp>

namespace polytls::spi {

/// What is to happen with a peer: its handshake goes on, or ends with this alert.
struct peer_judgement {
    bool accept = false;
    alert_description alert = alert_description::none;
};

/// What an engine tells, and asks, while it works. Implemented by `connection`; called only from
/// within calls on the engine.
class handshake_events {
public:
    /// The time by which the library is to judge dates.
    virtual moment now() const noexcept = 0;

    /// Asks what to do with the peer whose chain the library has examined. Called at most once in a
    /// handshake, before any application data, and not at all on resumption. An engine obeys: it
    /// neither accepts a peer that is refused here nor refuses one that is accepted.
    virtual peer_judgement judge_peer(const peer_findings& findings) noexcept = 0;

    /// A session that may be resumed later, as the library writes it. Client only.
    virtual void session(bytes blob) noexcept = 0;

    /// What is to be kept with a session that this server is about to issue, and given back through
    /// `resumed`: at most 64 bytes. The view lives until the next call on the engine.
    virtual bytes session_note() noexcept = 0;

    /// A server is asked to resume a session it once gave this note. False refuses: the handshake
    /// goes on as a full one.
    virtual bool resumed(bytes note) noexcept = 0;

protected:
    ~handshake_events() = default;
};

}  // namespace polytls::spi
