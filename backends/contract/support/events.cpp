#include "events.hpp"

namespace polytls::contract {

spi::peer_judgement scripted_events::judge_peer(const peer_findings& findings) noexcept {
    ++judgements;
    sent = findings.sent;
    accepted = findings.accepted;
    path.clear();
    for (const path_element& one : findings.path) {
        path.push_back({copy_of(one.der), one.faults, one.anchor});
    }
    verdict = judge(findings, {.peer = side_ == role::client ? role::server : role::client,
                               .unix_time = clock.unix_time,
                               .allow_partial_chain = allow_partial_chain});
    pass_time();
    const bool good = verdict == verify_code::ok;
    return judgement.value_or(spi::peer_judgement{
        .accept = good, .alert = good ? alert_description::none : alert_for(verdict)});
}

void scripted_events::session(bytes blob) noexcept {
    sessions.push_back(copy_of(blob));
    pass_time();
}

void scripted_events::new_session(bytes id, bytes blob) noexcept {
    stored.emplace_back(copy_of(id), copy_of(blob));
    pass_time();
}

void scripted_events::key_log(std::string_view line) noexcept {
    key_lines.emplace_back(line);
    pass_time();
}

bool scripted_events::renegotiating(bool by_peer) noexcept {
    ++(by_peer ? renegotiations_by_peer : renegotiations_by_us);
    pass_time();
    return renegotiates;
}

void scripted_events::renegotiated() noexcept {
    ++renegotiations_done;
    pass_time();
}

bytes scripted_events::session_note() noexcept {
    ++notes_asked;
    pass_time();
    return note;
}

bool scripted_events::resumed(bytes given) noexcept {
    notes_given.push_back(copy_of(given));
    pass_time();
    return resumes;
}

spi::answer scripted_events::sign(const spi::signature_request& request) noexcept {
    return heard(signer ? signer(request) : spi::answer{}, request.at_once);
}

spi::answer scripted_events::find_psk(const spi::psk_request& request) noexcept {
    return heard(psk_finder ? psk_finder(request) : spi::answer{}, request.at_once);
}

spi::answer scripted_events::heard(spi::answer given, bool at_once) noexcept {
    answer_is_out = given.state == spi::answer_state::later && !at_once;
    pass_time();
    return given;
}

void scripted_events::pass_time() const {
    if (meanwhile) {
        meanwhile();
    }
}

}  // namespace polytls::contract
