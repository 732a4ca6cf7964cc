#include "network_failure.hpp"
#include "socket_state.hpp"

#include <asio/error.hpp>

#include <utility>

namespace polytls::detail {
namespace {

/// A peer that sends without pause must not keep a thread from its other sockets.
constexpr int receives_per_turn = 4;

}  // namespace

void socket_state::read_turn() {
    if (in_read_turn_ || finished_ || !stream_) {
        return;
    }

    buffer_loan with;
    {
        struct leave {
            bool& flag;

            ~leave() { flag = false; }
        } left{in_read_turn_};

        in_read_turn_ = true;
        take_input(*with);
        await_readable();
    }
    // Outside of the turn: what a listener of `drain` writes needs a flush after this one.
    if (!finished_ && flush_wanted_) {
        flush(*with);
    }
}

void socket_state::take_input(thread_buffers& with) {
    const byte_buffer stashed = std::exchange(stash_, {});
    bytes input = stashed.data();
    try {
        deliver_held();
        work_on(input, with);
        for (int round = 0; round < receives_per_turn && input.empty() && wants_input(); ++round) {
            if (!receive(with, input)) {
                break;
            }
            work_on(input, with);
            if (!may_be_more_) {
                break;
            }
        }
    } catch (...) {
        // What a listener throws is its program's affair; the connection goes on where it was.
        if (!finished_ && keep(stash_, input)) {
            read_wanted_ = true;
            schedule_turn();
        }
        throw;
    }
    if (!finished_) {
        keep(stash_, input);
    }
}

bool socket_state::receive(thread_buffers& with, bytes& input) {
    const mutable_bytes room = with.ciphertext();
    std::error_code error;
    const std::size_t size = stream_->receive(room, error);
    may_be_more_ = size == room.size();
    if (error == asio::error::would_block || error == asio::error::try_again ||
        error == asio::error::interrupted) {
        return false;
    }
    if (error) {
        input_has_ended(error);
        return true;
    }
    touch(clock_());
    input = room.first(size);
    return true;
}

void socket_state::input_has_ended(std::error_code error) {
    if (error != asio::error::eof) {
        read_error_ = error;
    }
    input_ended_ = true;
    tls_->end_of_input();
}

void socket_state::work_on(bytes& input, thread_buffers& with) {
    bool again = true;
    while (again && !finished_) {
        again = secure_ ? read_record(input, with) : shake_hands(input, with);
    }
}

progress socket_state::step(bytes& input, thread_buffers& with) {
    try {
        const moment now = clock_();
        const progress done = secure_ ? tls_->read(input, with.plaintext(), with.outgoing, now)
                                      : tls_->handshake(input, with.outgoing, now);
        input = input.subspan(done.consumed);
        return done;
    } catch (...) {
        // How much of the input was used went with the exception, and the connection with it.
        fail(make_failure(errc::refused_by_callback, "a callback of the handshake threw"), with);
        throw;
    }
}

bool socket_state::shake_hands(bytes& input, thread_buffers& with) {
    if (awaiting_answer_) {
        return false;
    }
    const progress done = step(input, with);
    if (auto why = tls_->last_failure()) {
        fail(in_the_systems_words(*std::move(why)), with);
        return false;
    }
    if (tls_->handshake_complete()) {
        secure_ = true;
        ocsp_response_due_ = tls_->requested_ocsp();
        secure_connect_due_ = true;
        if (remote.family.empty()) {
            // It was still connecting when the socket began.
            learn_addresses();
        }
        owner_due_ = owner_ != nullptr;
        // The last flight leaves together with what was written early; `drain` follows in order.
        push(with);
        schedule_flush();
        return true;
    }
    transmit(with);
    arm_timer();
    awaiting_answer_ = done.next == want::decision;
    if (done.next == want::output) {
        fail(make_failure(errc::no_memory), with);
    }
    return false;
}

bool socket_state::read_record(bytes& input, thread_buffers& with) {
    tell_news();
    if (finished_ || read_ended_ || awaiting_answer_ || !has_room()) {
        return false;
    }
    const progress done = step(input, with);
    awaiting_answer_ = done.next == want::decision;
    if (std::exchange(awaiting_peer_, false)) {
        schedule_flush();
    }
    if (renegotiated_ && !renegotiation_wanted_ && !tls_->renegotiating() && !done.error) {
        renegotiation_over(std::nullopt);
    }
    if (done.error && done.error.code != errc::closed) {
        // Kept back until the plaintext is delivered: an alert is the last thing the peer gets.
        pending_.append(with.outgoing.data());
        with.outgoing.clear();
    } else {
        transmit(with);
    }
    deliver(bytes(with.plaintext()).first(done.produced));
    if (finished_) {
        return false;
    }
    if (done.error.code == errc::closed) {
        peer_has_ended();
    } else if (done.error) {
        reading_failed(done.error, with);
    } else if (done.next == want::output) {
        fail(make_failure(errc::no_memory), with);
    } else if (done.produced == 0) {
        tell_news();
        tls_->release_buffers();
        return false;
    }
    return true;
}

void socket_state::reading_failed(const status& why, thread_buffers& with) {
    if (why.code == errc::truncated && read_error_) {
        fail(network_failure("read", read_error_), with);
    } else {
        fail(tls_->describe(why), with);
    }
}

void socket_state::peer_has_ended() {
    read_ended_ = true;
    end_with_peer_ = !allow_half_open_;
    // Our end follows in the next turn, so that listeners of this event may still write.
    flush_wanted_ = true;
    schedule_turn();
    events.end.emit();
}

void socket_state::tell_news() {
    // Ticked off before the call: what one listener throws does not keep the rest from coming.
    while (!finished_) {
        if (std::exchange(ocsp_response_due_, false)) {
            const auto response = tls_->ocsp_response();
            events.ocsp_response.emit(response);
        } else if (std::exchange(secure_connect_due_, false)) {
            events.secure_connect.emit();
        } else if (std::exchange(owner_due_, false)) {
            owner_->secured(tls_socket(shared_from_this()));
        } else if (!sessions_.empty()) {
            const auto session = std::move(sessions_.front());
            sessions_.erase(sessions_.begin());
            events.session.emit(session);
        } else {
            return;
        }
    }
}

void socket_state::deliver(bytes plaintext) {
    if (plaintext.empty()) {
        return;
    }
    bytes_read += plaintext.size();
    if (flowing()) {
        events.data.emit(plaintext);
    } else {
        keep(held_, plaintext);
    }
}

void socket_state::deliver_held() {
    if (!held_.empty() && flowing()) {
        const byte_buffer waiting = std::exchange(held_, {});
        events.data.emit(waiting.data());
    }
}

void socket_state::await_readable() {
    if (awaiting_readable_ || !wants_input()) {
        return;
    }
    awaiting_readable_ = true;
    stream_->async_wait_readable([self = shared_from_this()](std::error_code error) {
        self->awaiting_readable_ = false;
        if (self->finished_) {
            return;
        }
        if (error) {
            self->input_has_ended(error);
        }
        self->read_turn();
    });
}

bool socket_state::flowing() const noexcept {
    // After `end`, what nobody listens for is thrown away: the peer's end has to be reached.
    return !paused_ && (resumed_ || ending_ || !events.data.empty());
}

bool socket_state::has_room() const noexcept {
    return !paused_ && (flowing() || held_.empty());
}

bool socket_state::wants_input() const noexcept {
    const bool may_come = !finished_ && stream_ && !input_ended_ && !read_ended_;
    return may_come && !awaiting_answer_ && (!secure_ || has_room());
}

}  // namespace polytls::detail
