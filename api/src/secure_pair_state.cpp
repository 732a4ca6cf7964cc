#include "secure_pair_state.hpp"

#include <array>
#include <utility>

namespace polytls::detail {

void secure_pair_state::receive(bytes data_from_peer) {
    input_.append(data_from_peer);
    work();
}

void secure_pair_state::end_of_input() {
    input_ended_ = true;
    work();
}

void secure_pair_state::write(bytes plaintext) {
    if (!ending_) {
        queued_.append(plaintext);
        work();
    }
}

void secure_pair_state::end() {
    ending_ = true;
    work();
}

void secure_pair_state::check_deadline() {
    tls->expire(clock());
    work();
}

void secure_pair_state::destroy() {
    destroyed_ = true;
    release_listeners();
}

void secure_pair_state::start() {
    tls->on_answer([weak = weak_from_this()] {
        if (const auto alive = weak.lock()) {
            alive->work();
        }
    });
    work();
}

void secure_pair_state::work() {
    again_ = true;
    if (working_ || destroyed_) {
        return;
    }
    // Listeners may let go of the pair.
    const auto self = shared_from_this();
    working_ = true;

    struct leave {
        bool& flag;

        ~leave() { flag = false; }
    } left{working_};

    while (std::exchange(again_, false) && !destroyed_) {
        if (!tls->handshake_complete()) {
            shake_hands();
        }
        if (tls->handshake_complete()) {
            write_queued();
            read();
        }
        flush();
    }
    if (done()) {
        release_listeners();
    }
}

void secure_pair_state::shake_hands() {
    if (failed_) {
        return;
    }
    const progress step = tls->handshake(input_.data(), output_, clock());
    input_.consume(step.consumed);
    if (!step.error && step.next == want::input && input_ended_) {
        tls->end_of_input();
    }
    if (const auto why = tls->last_failure()) {
        fail(*why);
    } else if (tls->handshake_complete() && !secure_told_) {
        secure_told_ = true;
        secure.emit();
    }
}

void secure_pair_state::write_queued() {
    if (failed_ || close_sent_) {
        return;
    }
    const progress step = tls->write(queued_.data(), output_, clock());
    queued_.consume(step.consumed);
    if (step.error) {
        fail(tls->describe(step.error));
    } else if (ending_ && queued_.empty()) {
        close_sent_ = true;
        tls->close(output_, clock());
    }
}

void secure_pair_state::read() {
    if (input_ended_) {
        tls->end_of_input();
    }
    std::array<std::uint8_t, 16384> plaintext{};
    while (!failed_ && !read_ended_ && !destroyed_) {
        const progress step = tls->read(input_.data(), plaintext, output_, clock());
        input_.consume(step.consumed);
        if (step.produced != 0) {
            data.emit(bytes(plaintext).first(step.produced));
        } else if (step.error.code == errc::closed) {
            read_ended_ = true;
            ended.emit();
        } else if (step.error) {
            fail(tls->describe(step.error));
        } else {
            return;
        }
    }
}

void secure_pair_state::flush() {
    if (ciphertext.empty() || output_.empty()) {
        return;
    }
    // Moved out first: a listener may hand it straight to a peer that answers at once.
    const byte_buffer out = std::exchange(output_, {});
    made += out.size();
    ciphertext.emit(out.data());
}

void secure_pair_state::fail(const failure& why) {
    if (!failed_) {
        failed_ = true;
        // The alert goes out before anybody hears of the failure.
        flush();
        failed.emit(why);
    }
}

bool secure_pair_state::done() const noexcept {
    return output_.empty() && (failed_ || (close_sent_ && read_ended_));
}

void secure_pair_state::release_listeners() noexcept {
    secure.clear();
    data.clear();
    ended.clear();
    failed.clear();
    ciphertext.clear();
}

}  // namespace polytls::detail
