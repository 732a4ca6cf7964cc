#pragma once

#include <polytls/spi/configuration.hpp>
#include <polytls/spi/engine.hpp>
#include <polytls/spi/handle.hpp>
#include <polytls/spi/handshake_events.hpp>
#include <polytls/spi/peer_judge.hpp>

#include <chrono>
#include <span>

namespace polytls::spi {

class backend;

/// A configuration in a library's own form: shared by any number of connections on any thread, in
/// either role, and never changed.
class context {
public:
    /// Makes the engine of one connection. `events` must outlive it.
    virtual status make_engine(const engine_config& config,
                               handshake_events& events,
                               handle<engine>& made) const noexcept = 0;

    /// Examines a chain without a connection (DER, leaf first, at least one), in the very way in
    /// which one that a peer shows in a handshake is examined, and puts what it finds to `judge`,
    /// once. `peer` is whose it is said to be: it decides the purpose asked for. Nothing is put to
    /// `judge` after an error: `errc::bad_certificate` for one that the library cannot read,
    /// `no_memory`.
    virtual status
    examine_chain(std::span<const bytes> chain, role peer, peer_judge& judge) const noexcept = 0;

    /// The backend that made it.
    virtual const backend& owner() const noexcept = 0;

    /// The versions it was made with.
    virtual version_range versions() const noexcept = 0;

    /// Whether any anchor ends a path (`trust_config::allow_partial_chain`).
    virtual bool allows_partial_chain() const noexcept = 0;

    /// How long its sessions may be resumed.
    virtual std::chrono::seconds session_timeout() const noexcept = 0;

    /// What its sessions are kept apart by; empty when nothing was set. Lives as long as the
    /// context.
    virtual bytes session_id_context() const noexcept = 0;

    /// The keys of its tickets, as `polytls::ticket_keys`. A secret; lives as long as the context.
    virtual bytes ticket_keys() const noexcept = 0;

    /// Ends the context; engines made from it live on.
    virtual void release() noexcept = 0;

protected:
    ~context() = default;
};

}  // namespace polytls::spi
