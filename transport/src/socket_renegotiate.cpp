#include "socket_state.hpp"

#include <asio/post.hpp>

#include <utility>

namespace polytls::detail {

void socket_state::renegotiate(const renegotiate_options& how,
                               std::function<void(const std::optional<failure>&)> done) {
    if (finished_ || renegotiated_ || renegotiation_wanted_) {
        const failure why = make_failure(errc::wrong_state);
        asio::post(executor_, [done = std::move(done), why] {
            if (done) {
                done(why);
            }
        });
        return;
    }
    renegotiation_wanted_ = how;
    // Never empty while one is under way.
    renegotiated_ = [done = std::move(done)](const std::optional<failure>& why) {
        if (done) {
            done(why);
        }
    };
    schedule_flush();
}

bool socket_state::update_keys(bool of_peer) {
    if (finished_ || !secure_ || ending_ || close_sent_ ||
        tls_->protocol() != name_of(protocol_version::tls1_3) ||
        !tls_->backend().supports(feature::key_update)) {
        return false;
    }
    key_update_wanted_ = key_update_wanted_.value_or(false) || of_peer;
    schedule_flush();
    return true;
}

void socket_state::begin_key_update(thread_buffers& with) {
    const auto wanted = std::exchange(key_update_wanted_, std::nullopt);
    if (!wanted || finished_ || close_sent_) {
        return;
    }
    // Within a step from here on: an error of it is the connection's, which tells itself.
    static_cast<void>(tls_->update_keys(*wanted, with.outgoing, clock_()));
    transmit(with);
}

void socket_state::begin_renegotiation(thread_buffers& with) {
    if (!renegotiation_wanted_ || !secure_ || finished_) {
        return;
    }
    const renegotiate_options how = *std::exchange(renegotiation_wanted_, std::nullopt);
    const progress step = tls_->renegotiate(how, with.outgoing, clock_());
    if (step.error) {
        renegotiation_over(tls_->describe(step.error));
        return;
    }
    transmit(with);
    arm_timer();
    schedule_reading();
}

void socket_state::renegotiation_over(std::optional<failure> why) {
    if (const auto done = std::exchange(renegotiated_, nullptr)) {
        renegotiation_wanted_.reset();
        asio::post(executor_, [done, why = std::move(why)] { done(why); });
    }
}

}  // namespace polytls::detail
