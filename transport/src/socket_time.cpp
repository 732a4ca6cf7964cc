#include "anchored.hpp"
#include "socket_state.hpp"

#include <asio/post.hpp>

#include <algorithm>

namespace polytls::detail {
namespace {

/// Far from where sums of times overflow.
constexpr std::chrono::hours longest_wait{24 * 365};

}  // namespace

void socket_state::touch(moment now) {
    last_moved_ = now.monotonic;
    if (idle_told_) {
        idle_told_ = false;
        arm_timer();
    }
}

void socket_state::set_timeout(std::chrono::milliseconds idle) {
    idle_limit_ = std::clamp<std::chrono::milliseconds>(idle, {}, longest_wait);
    idle_told_ = false;
    last_moved_ = clock_().monotonic;
    if (!finished_) {
        arm_timer();
    }
}

void socket_state::check_deadlines() {
    if (!finished_) {
        asio::post(executor_, [self = shared_from_this()] {
            if (!self->finished_) {
                self->look_at_clock();
            }
        });
    }
}

std::optional<std::chrono::milliseconds> socket_state::next_deadline() const {
    auto next = tls_->deadline();
    if (idle_limit_.count() != 0 && !idle_told_) {
        const auto idle = last_moved_ + idle_limit_;
        next = next ? std::min(*next, idle) : idle;
    }
    return next;
}

void socket_state::arm_timer() {
    // The clock may be any: only differences of it mean something to the timer, and a difference
    // that rounds to nothing must not make it spin.
    const auto deadline = next_deadline();
    // A timer that fires too early finds that out by itself.
    if (armed_ && (!deadline || armed_for_ <= *deadline)) {
        return;
    }
    if (deadline) {
        const auto left = *deadline - clock_().monotonic;
        timer_->expires_after(std::clamp<std::chrono::milliseconds>(
            left, std::chrono::milliseconds(1), longest_wait));
        armed_for_ = *deadline;
    } else {
        timer_->expires_at(asio::steady_timer::time_point::max());
        armed_for_ = std::chrono::milliseconds::max();
    }
    armed_ = true;
    timer_->async_wait(
        anchored(shared_from_this(), [round = ++timer_round_](socket_state& self, std::error_code) {
            if (!self.finished_ && self.timer_round_ == round) {
                self.look_at_clock();
            }
        }));
}

void socket_state::look_at_clock() {
    const moment now = clock_();
    // Armed first: a listener may throw.
    armed_ = false;
    const bool idle =
        idle_limit_.count() != 0 && !idle_told_ && now.monotonic >= last_moved_ + idle_limit_;
    idle_told_ = idle_told_ || idle;
    tls_->expire(now);
    if (const auto why = tls_->last_failure(); why && stream_) {
        buffer_loan with;
        fail(*why, *with);
        return;
    }
    arm_timer();
    if (idle) {
        events.timeout.emit();
    }
}

}  // namespace polytls::detail
