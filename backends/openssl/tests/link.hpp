#pragma once

#include "certificates.hpp"

#include <polytls/openssl/backend.hpp>
#include <polytls/spi/backend.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace polytls::openssl {

inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// Answers what an engine asks, as told beforehand, and records what it heard.
class scripted_events final : public spi::handshake_events {
public:
    struct element {
        buffer der;
        fault faults;
        bool anchor;
    };

    moment now() const noexcept override { return clock; }

    spi::peer_judgement judge_peer(const peer_findings& findings) noexcept override;
    void session(bytes blob) noexcept override;
    void new_session(bytes id, bytes blob) noexcept override;

    bool renegotiating(bool by_peer) noexcept override {
        ++(by_peer ? renegotiations_by_peer : renegotiations_by_us);
        return renegotiates;
    }

    void renegotiated() noexcept override { ++renegotiations_done; }

    void key_log(std::string_view line) noexcept override { key_lines.emplace_back(line); }

    bytes session_note() noexcept override {
        ++notes_asked;
        return note;
    }

    bool resumed(bytes given) noexcept override;

    // The script.
    moment clock{.unix_time = std::chrono::seconds(year_2026)};
    std::optional<spi::peer_judgement> judgement{};  ///< None: as the library thinks.
    buffer note = buffer(4, 'n');
    bool resumes = true;
    bool renegotiates = true;
    bool leaves_errors_behind = false;  ///< In OpenSSL's queue, as careless callers do.

    // The record.
    std::vector<element> path{};
    std::size_t sent = 0;
    bool accepted = false;
    int judgements = 0;
    int notes_asked = 0;
    std::vector<buffer> sessions{};
    std::vector<buffer> notes_given{};
    std::vector<std::pair<buffer, buffer>> stored{};  ///< Id and session.
    std::vector<std::string> key_lines{};
    int renegotiations_by_peer = 0;
    int renegotiations_by_us = 0;
    int renegotiations_done = 0;
};

/// What a context is made from, held by value.
struct context_recipe {
    std::vector<std::vector<buffer>> chains{};
    std::vector<std::string> keys{};
    std::vector<buffer> anchors{root().der()};
    const spi::anchor_set* shared = nullptr;
    bool allow_partial_chain = false;
    version_range versions{};
    std::vector<cipher_suite_id> suites{};
    std::vector<named_group> groups{};
    bool honor_cipher_order = false;
    spi::session_config session{};

    spi::config_error make(spi::handle<spi::context>& made) const;
    spi::handle<spi::context> made() const;
};

/// A recipe that shows a certificate with its key, and trusts `root()`.
context_recipe showing(const credential& who, version_range versions = {});

/// One end of a link, and what is on its way to it.
struct end {
    explicit end(role side) : config{.side = side, .peer = spi::peer_certificate::not_requested} {}

    spi::engine_config config;
    scripted_events events{};
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

    /// Makes both engines; their `config` was set before.
    void open(const spi::context& client_context, const spi::context& server_context);

    /// Runs the handshake until nothing moves any more.
    void handshake();

    void run(const spi::context& client_context, const spi::context& server_context) {
        open(client_context, server_context);
        handshake();
    }

    /// Sends all of `data` and lets it arrive.
    void write(end& from, bytes data);

    /// Reads what has come, until there is no more or an error.
    buffer read(end& at, std::size_t at_once = 20000);

    void close(end& from);

    bool both_complete() const { return client.complete && server.complete; }

    end client{role::client};
    end server{role::server};

private:
    end& peer_of(end& one) { return &one == &client ? server : client; }

    bool advance(end& one);
    template <class Call>
    progress step_with(end& one, Call call);

    std::size_t step_;
    std::size_t room_;
};

/// The text as bytes of its own.
buffer text(std::string_view from);

/// Plaintext of a size, each byte known by its place.
buffer pattern(std::size_t size);

/// The backend's lists, those of one version only.
version_range only(protocol_version version);

}  // namespace polytls::openssl
