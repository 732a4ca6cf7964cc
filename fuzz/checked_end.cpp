#include "checked_end.hpp"

#include "input.hpp"

#include <algorithm>
#include <array>

namespace polytls::fuzz {
namespace {

/// More turns than any loop here can need for what an input can bring about.
constexpr int most_turns = 200'000;

constexpr std::array<std::uint8_t, 5> stapled = {0x30, 0x03, 0x0a, 0x01, 0x00};

/// Counts the turns of a loop, which must come to an end.
class turn_counter {
public:
    bool next() {
        require(++turns_ < most_turns, "steps come to an end");
        return true;
    }

private:
    int turns_ = 0;
};

}  // namespace

std::size_t narrow_sink::append(bytes data) noexcept {
    const bytes taken = room_ == 0 ? data : data.first(std::min(left_, data.size()));
    to_->append(taken);
    left_ -= room_ == 0 ? 0 : taken.size();
    refused_ = refused_ || taken.size() < data.size();
    return taken.size();
}

void narrow_sink::refill() noexcept {
    left_ = room_;
    refused_ = false;
}

bytes checked_end::staple() noexcept {
    return stapled;
}

checked_end::checked_end(const party& who, connection_settings settings, end_limits limits)
    : who_(&who), settings_(settings), limits_(limits),
      tls_(who.context.implementation(), settings_), sink_(outbox_, limits.sink_room) {
    settings_.observer = this;
}

void checked_end::receive(bytes data) {
    inbox_.append(data);
    step();
}

void checked_end::end_of_input() {
    tls_.end_of_input();
    step();
}

void checked_end::write(std::size_t size) {
    for (; size != 0; --size) {
        // No two stretches of it are alike.
        const std::size_t at = sent_.size();
        sent_.push_back(static_cast<char>(at % 251 + at / 251));
        ++queued_;
    }
    step();
}

void checked_end::step() {
    if (!tls_.handshake_complete() && !tls_.error()) {
        shake_hands();
    }
    if (tls_.error()) {
        check_stays_failed();
        inbox_.clear();
        return;
    }
    if (!tls_.handshake_complete()) {
        check_not_yet_open();
        return;
    }
    require(!tls_.has_deadline() || tls_.renegotiating(),
            "a deadline is for a handshake that is under way");
    write_queued();
    read_all();
    write_queued();
    if (tls_.error()) {
        check_stays_failed();
    }
}

void checked_end::shake_hands() {
    turn_counter turns;
    while (turns.next()) {
        const std::size_t given = inbox_.size();
        sink_.refill();
        const progress step = tls_.handshake(inbox_.data(), sink_, now_);
        check(step, given, 0);
        require(step.next != want::input || step.consumed == given,
                "a handshake that wants input has consumed all");
        inbox_.consume(step.consumed);
        if (step.error || step.next == want::input) {
            return;
        }
        if (step.next == want::nothing) {
            require(tls_.handshake_complete(), "a handshake that wants nothing is complete");
            return;
        }
        if (step.next == want::decision) {
            require(tls_.open_question() != question::none, "a decision is asked for");
            if (limits_.answers_late) {
                return;
            }
            answer();
        }
    }
}

void checked_end::write_queued() {
    turn_counter turns;
    while (queued_ != 0 && !tls_.closed() && !tls_.error() && turns.next()) {
        sink_.refill();
        const std::string_view rest = std::string_view(sent_).substr(sent_.size() - queued_);
        const progress step = tls_.write(as_bytes(rest), sink_, now_);
        check(step, rest.size(), 0);
        queued_ -= step.consumed;
        if (step.next == want::input) {
            return;
        }
        require(step.error || step.next == want::output || queued_ == 0,
                "a write that wants nothing has taken all");
    }
}

void checked_end::read_all() {
    octets plaintext(limits_.plaintext_room);
    turn_counter turns;
    while (!input_over_ && !tls_.error() && turns.next()) {
        const std::size_t given = inbox_.size();
        sink_.refill();
        const progress step = tls_.read(inbox_.data(), plaintext, sink_, now_);
        check(step, given, plaintext.size());
        require(step.next != want::input || step.consumed == given,
                "a read that wants input has consumed all");
        inbox_.consume(step.consumed);
        received_ += as_text(bytes(plaintext).first(step.produced));
        if (step.next == want::decision) {
            answer();
        } else if (step.error.code == errc::closed || step.error.code == errc::truncated) {
            require(step.error.code == errc::truncated || tls_.peer_closed(),
                    "an end in order was said by the peer");
            require(!tls_.error(), "the end of what the peer says is no error of the connection");
            input_over_ = true;
        } else if (step.next == want::input) {
            return;
        }
    }
}

void checked_end::renegotiate(bool request_certificate) {
    sink_.refill();
    const status before = tls_.error();
    const progress step = tls_.renegotiate({.request_certificate = request_certificate,
                                            .reject_unauthorized = settings_.reject_unauthorized},
                                           sink_, now_);
    check(step, 0, 0);
    require(tls_.error() == before, "a renegotiation that cannot be changes nothing");
    renegotiated_ = renegotiated_ || !step.error;
    this->step();
}

void checked_end::close() {
    turn_counter turns;
    while (turns.next()) {
        sink_.refill();
        const progress step = tls_.close(sink_, now_);
        check(step, 0, 0);
        if (step.next != want::output) {
            require(tls_.closed() || tls_.error(), "what was closed is closed");
            break;
        }
    }
    if (tls_.error()) {
        check_stays_failed();
    }
}

void checked_end::answer() {
    check_unanswerable();
    status outcome;
    switch (tls_.open_question()) {
    case question::none:
        return;
    default:  // Not asked of those who did not ask for it.
        outcome = tls_.refuse({});
        break;
    case question::server_context:
        outcome = tls_.choose_context(limits_.named);
        break;
    case question::session: {
        require(!tls_.wanted_session().empty() && tls_.wanted_session().size() <= 32,
                "who asks for a session says which");
        const auto found = kept_.find(copy_of(tls_.wanted_session()));
        outcome = tls_.choose_session(found == kept_.end() ? bytes{} : bytes(found->second));
        break;
    }
    case question::application_protocol:
        require(tls_.hello() != nullptr, "who asks for a protocol shows the hello");
        outcome = tls_.choose_protocol(*tls_.hello()->protocols.begin());
        break;
    case question::ocsp_response:
        outcome = who_->chain.empty() ? tls_.choose_ocsp_response({}, {})
                                      : tls_.choose_ocsp_response(staple(), who_->chain.front());
        break;
    case question::session_stored:
        tls_.session_stored();
        break;
    }
    require(!outcome, "an answer that was asked for is taken");
}

void checked_end::refuse() {
    const bool asked = tls_.open_question() != question::none;
    const status outcome = tls_.refuse({});
    require(asked != (outcome.code == errc::wrong_state), "only what was asked can be refused");
    step();
}

void checked_end::pass_time(std::chrono::milliseconds time) {
    now_.monotonic += time;
    const bool due = tls_.has_deadline() && now_.monotonic >= tls_.deadline();
    tls_.expire(now_);
    require(!due || tls_.error(), "a handshake ends with its time");
    step();
}

void checked_end::session(bytes envelope) noexcept {
    const auto decoded = decode_session_envelope(envelope);
    require(decoded && decoded->host == settings_.host && !decoded->blob.empty(),
            "a session says whose it is");
    last_session_ = copy_of(envelope);
}

void checked_end::new_session(bytes id, bytes envelope) noexcept {
    require(!id.empty() && id.size() <= 32, "an id has 1 to 32 bytes");
    const auto decoded = decode_session_envelope(envelope);
    require(decoded && decode_session_note(decoded->note), "a session that is kept has a note");
    kept_[copy_of(id)] = copy_of(envelope);
}

void checked_end::key_log(std::string_view line) noexcept {
    require(!line.empty() && line.find('\n') == line.npos, "a line of the key log is one line");
}

status checked_end::check_identity(std::string_view host,
                                   const x509::certificate_view& leaf) noexcept {
    return check_server_identity(host, leaf);
}

}  // namespace polytls::fuzz
