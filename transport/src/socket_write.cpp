#include "socket_state.hpp"

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <utility>

namespace polytls::detail {
namespace {

/// Plaintext sealed for one call of the system. Less means more calls, more falls out of the cache.
constexpr std::size_t gathered = 8 * std::size_t{16384};

}  // namespace

bool socket_state::write(bytes plaintext) {
    if (finished_) {
        return false;
    }
    if (ending_) {
        tell_misuse();
        return false;
    }
    if (!plaintext.empty()) {
        if (!keep(queue_, plaintext)) {
            return false;
        }
        bytes_written += plaintext.size();
        schedule_flush();
    }
    const bool full = queued() > tls_socket::high_water_mark;
    need_drain_ = need_drain_ || full;
    return !full;
}

void socket_state::end() {
    if (!finished_ && !ending_) {
        ending_ = true;
        flush_wanted_ = true;
        schedule_reading();
    }
}

void socket_state::uncork() {
    if (std::exchange(corked_, false) && !finished_) {
        schedule_flush();
    }
}

void socket_state::tell_misuse() {
    if (std::exchange(misuse_told_, true)) {
        return;
    }
    asio::post(executor_, [self = shared_from_this()] {
        if (!self->finished_) {
            self->events.error.emit(make_failure(errc::wrong_state, "write after end"));
        }
    });
}

void socket_state::flush(thread_buffers& with) {
    flush_wanted_ = false;
    push(with);
    begin_key_update(with);
    begin_renegotiation(with);
    if (!finished_) {
        after_flush();
    }
}

void socket_state::push(thread_buffers& with) {
    do {
        seal(with);
        transmit(with);
    } while (can_seal());
}

bool socket_state::can_seal() const noexcept {
    // While the network is full the plaintext stays what it is: the queue is what callers see.
    const bool free = secure_ && !finished_ && !send_error_ && pending_.empty();
    const bool something = ending_ || (!queue_.empty() && !corked_);
    return free && !awaiting_peer_ && !close_sent_ && something;
}

void socket_state::seal(thread_buffers& with) {
    if (!can_seal()) {
        return;
    }
    if (!queue_.empty()) {
        const bytes front = queue_.data().first(std::min(queue_.size(), gathered));
        const progress done = tls_->write(front, with.outgoing, clock_());
        queue_.consume(done.consumed);
        sealed_ += done.consumed;
        if (done.error) {
            fail(tls_->describe(done.error), with);
            return;
        }
        if (done.next == want::output) {
            fail(make_failure(errc::no_memory), with);
            return;
        }
        awaiting_peer_ = done.next == want::input;
    }
    if (ending_ && queue_.empty()) {
        close_sent_ = true;
        static_cast<void>(tls_->close(with.outgoing, clock_()));
    }
}

void socket_state::transmit(thread_buffers& with) {
    if (finished_ || send_error_) {
        with.outgoing.clear();
        return;
    }
    if (pending_.empty()) {
        const bytes made = with.outgoing.data();
        const std::size_t sent = made.empty() ? 0 : send(made);
        if (!send_error_ && sent < made.size()) {
            keep(pending_, made.subspan(sent));
        }
    } else {
        keep(pending_, with.outgoing.data());
        if (!awaiting_writable_ && !finished_) {
            pending_.consume(send(pending_.data()));
        }
    }
    with.outgoing.clear();
    if (finished_ || send_error_) {
        return;
    }
    if (pending_.empty()) {
        pending_.release();
        sealed_ = 0;
    } else {
        await_writable();
    }
}

std::size_t socket_state::send(bytes data) {
    std::error_code error;
    const std::size_t sent = stream_->send(data, error);
    if (sent != 0) {
        touch(clock_());
    }
    if (!error || error == asio::error::would_block || error == asio::error::try_again ||
        error == asio::error::interrupted) {
        return sent;
    }
    send_error_ = error;
    lost_data_ = sealed_ != 0 || !queue_.empty();
    queue_.clear();
    sealed_ = 0;
    // What the peer sent before it left, an alert most often, says more than this error.
    schedule_reading();
    return sent;
}

void socket_state::after_flush() {
    if (send_error_ || !pending_.empty() || !queue_.empty()) {
        return;
    }
    if (close_sent_ && !std::exchange(write_ended_, true)) {
        stream_->shutdown_send();
    }
    if (write_ended_ && read_ended_) {
        finish(std::nullopt);
        return;
    }
    if (std::exchange(need_drain_, false) && !ending_) {
        events.drain.emit();
    }
    // One who writes again at once keeps the room he has made; the idle give it back.
    if (queue_.empty()) {
        queue_.release();
    }
}

void socket_state::await_writable() {
    if (awaiting_writable_) {
        return;
    }
    awaiting_writable_ = true;
    stream_->async_wait_writable([self = shared_from_this()](std::error_code) {
        self->awaiting_writable_ = false;
        if (!self->finished_ && self->stream_) {
            // A wait that failed is followed by a send that tells why.
            buffer_loan with;
            self->flush(*with);
        }
    });
}

}  // namespace polytls::detail
