#include <polytls/transport/detail/stream_operations.hpp>

namespace polytls::detail {
namespace {

// Answers to the peer (key updates, refusals) may wait for the next write, which they then precede;
// but a peer that only ever asks must not make us hoard them.
constexpr std::size_t most_unsent_answers = 4096;

}  // namespace

need handshake_operation::step(stream_core& core) {
    if (!begun_) {
        begun_ = true;
        error_ = core.begin(side_);
        done_ = static_cast<bool>(error_);
    }
    if (done_) {
        return core.output.empty() || write_error_ || core.expired() ? need::nothing : need::output;
    }
    // A peer that has closed its end may have told the reason first: it is read after all.
    if (!core.output.empty() && !write_error_) {
        return need::output;
    }
    const progress made = core.handshake();
    if (made.error || made.next == want::nothing) {
        error_ = core.note(made.error);
        if (!error_ && write_error_) {
            error_ = core.note(write_error_);
        }
        done_ = true;
        return step(core);
    }
    if (!core.output.empty() && !write_error_) {
        return need::output;
    }
    return made.next == want::decision ? need::event : need::input;
}

void handshake_operation::read_failed(stream_core& core, std::error_code why) noexcept {
    if (done_) {
        return;
    }
    done_ = true;
    if (core.expired()) {
        error_ = core.note(status{errc::handshake_timed_out});
    } else {
        error_ = core.note(write_error_ ? write_error_ : why);
    }
}

void handshake_operation::write_failed(stream_core& core, std::error_code why) noexcept {
    write_error_ = why;
    if (done_ && !error_) {
        error_ = core.note(why);
    } else if (core.expired() || why == asio::error::operation_aborted) {
        read_failed(core, why);
    }
}

need shutdown_operation::step(stream_core& core) {
    if (done_) {
        return need::nothing;
    }
    if (!closed_) {
        closed_ = true;
        error_ = core.note(core.close().error);
    }
    if (!core.output.empty()) {
        return need::output;
    }
    std::array<std::uint8_t, 4096> discarded;
    while (!error_ && !core.peer_closed()) {
        const progress made = core.read(discarded);
        if (made.error && made.error.code != errc::closed) {
            error_ = core.note(made.error);
        } else if (made.next == want::input && made.produced == 0) {
            return core.output.empty() ? need::input : need::output;
        }
    }
    done_ = core.output.empty();
    return done_ ? need::nothing : need::output;
}

void shutdown_operation::read_failed(stream_core& core, std::error_code why) noexcept {
    done_ = true;
    if (!error_) {
        error_ = core.note(why);
    }
}

void shutdown_operation::write_failed(stream_core& core, std::error_code why) noexcept {
    read_failed(core, why);
}

bool read_progress::fill(stream_core& core, mutable_bytes buffer) {
    while (!buffer.empty()) {
        const progress made = core.read(buffer);
        transferred_ += made.produced;
        buffer = buffer.subspan(made.produced);
        if (made.error) {
            done_ = true;
            // What came before an error is delivered without it; the next read repeats the error.
            if (transferred_ == 0) {
                error_ = made.error.code == errc::closed
                             ? asio::error::make_error_code(asio::error::eof)
                             : core.note(made.error);
            }
            return false;
        }
        awaits_answer_ = made.next == want::decision;
        if (made.next == want::input || awaits_answer_) {
            done_ = transferred_ != 0;
            return false;
        }
        if (made.produced == 0) {
            done_ = true;
            error_ = core.note(status{errc::no_memory});
            return false;
        }
    }
    done_ = true;
    return true;
}

need read_progress::decide(stream_core& core) noexcept {
    const std::size_t unsent = cannot_write_ ? 0 : core.unsent_answers();
    if (unsent > most_unsent_answers || (unsent != 0 && error_)) {
        return need::output;
    }
    if (done_) {
        return need::nothing;
    }
    if (awaits_answer_ && unsent == 0) {
        return need::event;
    }
    // A write that is under way takes the answers along.
    return unsent == 0 || core.writing ? need::input : need::output;
}

void read_progress::read_failed(stream_core& core, std::error_code why) noexcept {
    done_ = true;
    if (transferred_ == 0 && !error_) {
        error_ = core.note(why);
    }
}

void read_progress::write_failed(stream_core& core, std::error_code why) noexcept {
    cannot_write_ = true;
    if (why == asio::error::operation_aborted) {
        read_failed(core, why);
    }
}

bool write_progress::encrypt(stream_core& core, bytes piece) {
    const progress made = core.write(piece);
    transferred_ += made.consumed;
    if (!made.error && made.next == want::nothing) {
        return true;
    }
    // What was taken has to be told; an error repeats itself at the next write.
    done_ = transferred_ != 0 || made.error || made.next != want::input;
    if (transferred_ == 0 && done_) {
        error_ = core.note(made.error ? made.error : status{errc::no_memory});
    }
    return false;
}

need write_progress::decide(stream_core& core) noexcept {
    if (!core.output.empty() && !write_failed_) {
        return need::output;
    }
    // Before its first record only a read can give the library what it waits for.
    return done_ ? need::nothing : need::event;
}

void write_progress::read_failed(stream_core& core, std::error_code why) noexcept {
    done_ = true;
    write_failed_ = true;
    transferred_ = 0;
    if (!error_) {
        error_ = core.note(why);
    }
}

void write_progress::write_failed(stream_core& core, std::error_code why) noexcept {
    read_failed(core, why);
}

}  // namespace polytls::detail
