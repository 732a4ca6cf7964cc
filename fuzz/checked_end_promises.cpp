// What every step of a connection is held to.
#include "checked_end.hpp"

#include <array>

namespace polytls::fuzz {

void checked_end::check(const progress& step, std::size_t given, std::size_t room) {
    require(step.consumed <= given, "no more is taken than given");
    require(step.produced <= room, "no more is produced than there is room for");
    require(!step.error || step.next == want::nothing, "a step that failed wants nothing");
    require(step.next != want::output || sink_.refused(), "who wants room was refused it");
    require(step.next != want::decision || tls_.open_question() != question::none,
            "who wants a decision has asked for one");
}

void checked_end::check_unanswerable() {
    const question open = tls_.open_question();
    require(open == question::server_context ||
                tls_.choose_context(nullptr).code == errc::wrong_state,
            "a context that was not asked for is refused");
    require(open == question::session || tls_.choose_session({}).code == errc::wrong_state,
            "a session that was not asked for is refused");
    require(open == question::ocsp_response ||
                tls_.choose_ocsp_response({}, {}).code == errc::wrong_state,
            "a response that was not asked for is refused");
    const std::array<std::uint8_t, 3> foreign = {'n', 'o', 'h'};
    require(
        tls_.choose_protocol(foreign).code ==
            (open == question::application_protocol ? errc::bad_protocol_list : errc::wrong_state),
        "a protocol that was not offered is refused");
}

void checked_end::check_not_yet_open() {
    std::array<std::uint8_t, 64> plaintext{};
    const progress read = tls_.read({}, plaintext, sink_, now_);
    require(read.error.code == errc::wrong_state && read.produced == 0,
            "nothing is read before the handshake is complete");
    const progress written = tls_.write(plaintext, sink_, now_);
    require(written.error.code == errc::wrong_state && written.consumed == 0,
            "nothing is written before the handshake is complete");
    require(!tls_.authorized(), "nobody is authorized before the handshake is complete");
    require(tls_.export_keying_material("label", {}, plaintext).code == errc::wrong_state,
            "there is no keying material before the handshake is complete");
    require(!tls_.error(), "asking too early is no error of the connection");
}

void checked_end::check_stays_failed() {
    const status why = tls_.error();
    std::array<std::uint8_t, 64> plaintext{};
    const std::size_t before = outbox_.size();
    sink_.refill();
    for (const progress& step :
         {tls_.handshake(plaintext, sink_, now_), tls_.read(plaintext, plaintext, sink_, now_),
          tls_.write(plaintext, sink_, now_), tls_.renegotiate({}, sink_, now_),
          tls_.close(sink_, now_)}) {
        require(step.error == why && step.consumed == 0 && step.produced == 0 &&
                    step.next == want::nothing,
                "every step after an error repeats it");
    }
    tls_.end_of_input();
    tls_.expire({.monotonic = std::chrono::hours(1000), .unix_time = now_.unix_time});
    require(tls_.error() == why, "the first error stays");
    require(outbox_.size() == before, "nothing is said after an error");
    require(!tls_.handshake_complete() && !tls_.authorized() && !tls_.has_deadline() &&
                tls_.open_question() == question::none,
            "a connection that failed is over");
}

}  // namespace polytls::fuzz
