#pragma once

#include "bytes.hpp"

#include <polytls/spi/handshake_events.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace polytls::contract {

/// Dates that the certificates of the tests are valid between, and one at which they are.
inline constexpr std::chrono::seconds year_2020{1'577'836'800};
inline constexpr std::chrono::seconds year_2026{1'767'225'600};
inline constexpr std::chrono::seconds year_2049{2'493'072'000};

/// Answers what an engine asks, as told beforehand, and records what it heard.
class scripted_events final : public spi::handshake_events {
public:
    struct element {
        buffer der;
        fault faults;
        bool anchor;
    };

    /// `side` is ours: the peer is judged as the other one.
    explicit scripted_events(role side = role::client) noexcept : side_(side) {}

    moment now() const noexcept override { return clock; }

    spi::peer_judgement judge_peer(const peer_findings& findings) noexcept override;
    void session(bytes blob) noexcept override;
    void new_session(bytes id, bytes blob) noexcept override;
    void key_log(std::string_view line) noexcept override;
    bool renegotiating(bool by_peer) noexcept override;
    void renegotiated() noexcept override;
    bytes session_note() noexcept override;
    bool resumed(bytes given) noexcept override;
    spi::answer sign(const spi::signature_request& request) noexcept override;
    spi::answer find_psk(const spi::psk_request& request) noexcept override;

    // The script.
    moment clock{.unix_time = year_2026};
    std::optional<spi::peer_judgement> judgement{};  ///< None: as the verdict is.
    bool allow_partial_chain = false;                ///< What the verdict goes by.
    buffer note = buffer(4, 'n');
    bool resumes = true;
    bool renegotiates = true;
    std::function<spi::answer(const spi::signature_request&)> signer{};  ///< None: refuses.
    std::function<spi::answer(const spi::psk_request&)> psk_finder{};    ///< None: refuses.
    std::function<void()> meanwhile{};  ///< What the program does on hearing of anything.

    // The record.
    std::vector<element> path{};
    std::size_t sent = 0;
    bool accepted = false;
    verify_code verdict = verify_code::unspecified;
    int judgements = 0;
    int notes_asked = 0;
    std::vector<buffer> sessions{};
    std::vector<buffer> notes_given{};
    std::vector<std::pair<buffer, buffer>> stored{};  ///< Id and session.
    std::vector<std::string> key_lines{};
    int renegotiations_by_peer = 0;
    int renegotiations_by_us = 0;
    int renegotiations_done = 0;
    bool answer_is_out = false;  ///< The engine's step has to end with `want::decision`.

private:
    spi::answer heard(spi::answer given, bool at_once) noexcept;
    void pass_time() const;

    role side_;
};

}  // namespace polytls::contract
