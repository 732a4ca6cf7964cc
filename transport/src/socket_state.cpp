#include "socket_state.hpp"

#include "farewell.hpp"
#include "network_failure.hpp"

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <utility>

namespace polytls::detail {

socket_state::socket_state(asio::any_io_executor executor,
                           std::unique_ptr<endpoint> tls,
                           settings how)
    : executor_(std::move(executor)), tls_(std::move(tls)), clock_(std::move(how.clock)),
      owner_(std::move(how.owner)), timer_(executor_), allow_half_open_(how.allow_half_open) {}

void socket_state::open() {
    tls_->on_session([this](const std::vector<std::uint8_t>& session) {
        // Told after the step that brought it: a listener may call anything.
        sessions_.push_back(session);
    });
    tls_->on_answer([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->awaiting_answer_ = false;
            self->schedule_reading();
        }
    });
    arm_timer();
}

void socket_state::start(std::unique_ptr<duplex> stream, bytes head) {
    cancel_ = nullptr;
    stream_ = std::move(stream);
    learn_addresses();
    keep(stash_, head);
    last_moved_ = clock_().monotonic;
    flush_wanted_ = true;
    schedule_reading();
}

void socket_state::learn_addresses() {
    local = stream_->local_address();
    remote = stream_->remote_address();
}

void socket_state::listen_for_data(std::function<void(bytes)> call) {
    events.data.on(std::move(call));
    schedule_reading();
}

void socket_state::listen_for_keys(std::function<void(std::string_view)> call) {
    events.keylog.on(std::move(call));
    tls_->on_key_log([this](std::string_view line) { events.keylog.emit(line); });
}

void socket_state::resume() {
    paused_ = false;
    resumed_ = true;
    schedule_reading();
}

void socket_state::schedule_reading() {
    read_wanted_ = true;
    schedule_turn();
}

void socket_state::schedule_flush() {
    flush_wanted_ = true;
    // A turn of reading ends with a flush by itself.
    if (!in_read_turn_) {
        schedule_turn();
    }
}

void socket_state::schedule_turn() {
    if (!turn_scheduled_ && !finished_ && stream_) {
        asio::post(executor_, [self = shared_from_this()] { self->turn(); });
        turn_scheduled_ = true;
    }
}

void socket_state::turn() {
    turn_scheduled_ = false;
    if (finished_) {
        return;
    }
    if (end_with_peer_ && !ending_) {
        ending_ = true;
        flush_wanted_ = true;
    }
    if (std::exchange(read_wanted_, false)) {
        read_turn();
    }
    if (finished_) {
        return;
    }
    if (send_error_) {
        may_be_more_&& wants_input() ? schedule_reading() : give_up_sending();
    } else if (flush_wanted_) {
        buffer_loan with;
        flush(*with);
    }
}

failure socket_state::in_the_systems_words(failure of_handshake) const {
    if (of_handshake.code != errc::disconnected_before_secure &&
        of_handshake.code != errc::socket_hang_up) {
        return of_handshake;
    }
    // That the peer has hung up is said already; a stream that never stood, or broke, says more.
    for (const std::error_code error : {read_error_, send_error_}) {
        if (error && error != asio::error::connection_reset && error != asio::error::broken_pipe) {
            return network_failure(remote.family.empty() ? "connect" : "read", error);
        }
    }
    return of_handshake;
}

void socket_state::give_up_sending() {
    if (read_ended_ && !lost_data_) {
        // Both sides are done; that our close_notify found nobody any more harms nobody.
        finish(std::nullopt);
        return;
    }
    if (!secure_) {
        tls_->end_of_input();
    }
    auto why = tls_->last_failure();
    finish(why ? in_the_systems_words(*std::move(why)) : network_failure("write", send_error_));
}

bool socket_state::keep(byte_buffer& in, bytes data) {
    if (in.append(data) == data.size()) {
        return true;
    }
    finish(make_failure(errc::no_memory));
    return false;
}

void socket_state::fail(failure why, thread_buffers& with) {
    if (finished_) {
        return;
    }
    pending_.append(with.outgoing.data());
    with.outgoing.clear();
    // A stream that is being waited on cannot be handed over, nor can it take anything just now.
    const bool at_rest = !awaiting_readable_ && !awaiting_writable_ && !send_error_;
    if (stream_ && at_rest && !pending_.empty()) {
        say_farewell(std::move(stream_), std::exchange(pending_, {}));
    }
    finish(std::move(why));
}

void socket_state::finish(std::optional<failure> why) {
    if (std::exchange(finished_, true)) {
        return;
    }
    if (stream_) {
        stream_->close();
    }
    if (timer_) {
        timer_->cancel();
    }
    if (const auto cancel = std::exchange(cancel_, nullptr)) {
        cancel();
    }
    stash_ = {};
    held_ = {};
    queue_ = {};
    pending_ = {};
    sealed_ = 0;
    renegotiation_over(why ? why : make_failure(errc::destroyed));
    const bool had_error = why.has_value();
    // Two tasks: what a listener of the error throws does not keep `close` from coming.
    if (why) {
        asio::post(executor_, [self = shared_from_this(), failed = *std::move(why)] {
            self->tell_error(failed);
        });
    }
    asio::post(executor_, [self = shared_from_this(), had_error] { self->tell_close(had_error); });
}

void socket_state::tell_error(const failure& why) {
    if (owner_ && !secure_) {
        owner_->failed_before_secure(why, tls_socket(shared_from_this()));
    } else {
        events.error.emit(why);
    }
}

void socket_state::tell_close(bool had_error) {
    struct releasing {
        socket_state& socket;

        ~releasing() { socket.release_listeners(); }
    } after{*this};

    if (const auto owner = std::exchange(owner_, nullptr)) {
        owner->closed();
    }
    events.close.emit(had_error);
}

void socket_state::release_listeners() noexcept {
    events.secure_connect.clear();
    events.data.clear();
    events.end.clear();
    events.drain.clear();
    events.timeout.clear();
    renegotiated_ = nullptr;
    events.session.clear();
    events.ocsp_response.clear();
    events.keylog.clear();
    events.error.clear();
    events.close.clear();
    stream_.reset();
    closed_ = true;
}

void socket_state::abandon() noexcept {
    finished_ = true;
    release_listeners();
    // A handle may outlive the event loop, of which these are parts.
    stream_.reset();
    timer_.reset();
    cancel_ = nullptr;
    owner_.reset();
}

}  // namespace polytls::detail
