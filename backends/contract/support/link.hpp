#pragma once

#include "events.hpp"
#include "recipe.hpp"

#include <functional>
#include <limits>

namespace polytls::contract {

inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// One end of a link, and what is on its way to it.
struct end {
    explicit end(role side)
        : config{.side = side, .peer = spi::peer_certificate::not_requested}, events(side) {}

    spi::engine_config config;
    scripted_events events;
    spi::handle<spi::engine> engine{};
    buffer inbox{};
    buffer sent_bytes{};
    bool complete = false;
    status error{};
};

/// Two engines back to back, in memory.
class link {
public:
    /// `step` bounds what an engine is given at once, `room` the space of its sink, in bytes.
    explicit link(std::size_t step = unlimited, std::size_t room = unlimited)
        : step_(step), room_(room) {}

    /// Makes both engines, whose `config` was set before: the server's, as always, once the
    /// client's hello is there, which then lies in its inbox.
    void open(const spi::context& client_context, const spi::context& server_context);

    /// Runs the handshake until nothing moves any more.
    void handshake();

    /// Shakes hands, and lets the client read what comes after that: tickets, and how it went.
    void run(const spi::context& client_context, const spi::context& server_context);

    /// Has an engine shake hands as far as it gets with what has come; false if nothing moved.
    bool advance(end& one);

    /// Sends all of `data` and lets it arrive.
    void write(end& from, bytes data);

    /// Reads what has come, until there is no more or an error.
    buffer read(end& at, std::size_t at_once = 20000);

    /// Asks for a new handshake, as `engine::renegotiate`.
    progress renegotiate(end& from,
                         spi::peer_certificate peer = spi::peer_certificate::not_requested);

    /// Changes the keys of what an end writes, as `engine::update_keys`.
    progress update_keys(end& from, bool of_peer);

    /// Lets both read until nothing moves any more, as in a new handshake; what they read is lost.
    void settle();

    void close(end& from);

    bool both_complete() const { return client.complete && server.complete; }

    end client{role::client};
    end server{role::server};

    /// Changes what an end sends on its way.
    std::function<buffer(const end&, buffer)> on_the_way{};
    /// Called after each call on an engine.
    std::function<void()> after_each_call{};

private:
    void make(end& one, const spi::context& context);

    end& peer_of(end& one) { return &one == &client ? server : client; }

    template <class Call>
    progress step_with(end& one, Call call);

    std::size_t step_;
    std::size_t room_;
    buffer hello_{};
    client_hello parsed_{};
};

/// Cuts handshake records at the front of `records` into records of so many bytes; what begins with
/// another kind of record stays as it is.
buffer fragmented(bytes records, std::size_t size);

/// The certificates that an engine says its peer sent, one after the other.
buffer peer_certificates(const end& one);

/// The certificates of a chain one after the other.
buffer joined(const std::vector<credential>& chain);

}  // namespace polytls::contract
