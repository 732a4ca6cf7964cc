#include <polytls/system_moment.hpp>
#include <polytls/transport/detail/stream_core.hpp>

#include <asio/error.hpp>

#include <utility>

namespace polytls::detail {

stream_core::stream_core(stream_settings settings, std::size_t input_capacity)
    : input(input_capacity), settings_(std::make_unique<stream_settings>(std::move(settings))) {}

stream_settings& stream_core::settings() {
    if (!settings_) {
        throw polytls::error(
            make_failure(errc::wrong_state, "settings of a stream end with its handshake"));
    }
    return *settings_;
}

polytls::endpoint& stream_core::endpoint() const {
    if (!endpoint_) {
        throw polytls::error(
            make_failure(errc::wrong_state, "a stream has details once its handshake has begun"));
    }
    return *endpoint_;
}

std::error_code stream_core::begin(stream_base::handshake_type side) {
    if (!endpoint_ && !make_endpoint(side)) {
        return setup_failure_->code;
    }
    const role wanted = side == stream_base::client ? role::client : role::server;
    return endpoint_->side() == wanted ? std::error_code{} : note(status{errc::wrong_state});
}

bool stream_core::make_endpoint(stream_base::handshake_type side) {
    if (settings_->side.value_or(side) != side) {
        setup_failure_ =
            make_failure(errc::wrong_state, "the stream's settings are for the other side");
        return false;
    }
    // Copied, since a caller may mend what was refused and try again.
    auto made = side == stream_base::client ? endpoint::make(settings_->client)
                                            : endpoint::make(settings_->server);
    if (!made) {
        setup_failure_ = std::move(made.error());
        return false;
    }
    endpoint_ = *std::move(made);
    endpoint_->on_session(std::move(settings_->session_listener));
    endpoint_->on_answer([this] {
        if (wake_) {
            wake_();
        }
    });
    settings_.reset();
    setup_failure_.reset();
    return true;
}

progress stream_core::handshake() {
    const progress step = endpoint_->handshake(input.data(), output.sink(), system_moment());
    take(step);
    return step;
}

progress stream_core::read(mutable_bytes plaintext) {
    if (!endpoint_) {
        return {.error = {errc::wrong_state}};
    }
    const std::size_t unsent = output.size();
    const progress step = endpoint_->read(input.data(), plaintext, output.sink(), system_moment());
    answers_ = (unsent == 0 ? 0 : answers_) + output.size() - unsent;
    take(step);
    return step;
}

progress stream_core::write(bytes plaintext) {
    if (!endpoint_) {
        return {.error = {errc::wrong_state}};
    }
    const progress step = endpoint_->write(plaintext, output.sink(), system_moment());
    output.appended();
    return step;
}

progress stream_core::close() {
    if (!endpoint_) {
        return {.error = {errc::wrong_state}};
    }
    const progress step = endpoint_->close(output.sink(), system_moment());
    output.appended();
    return step;
}

void stream_core::take(const progress& step) noexcept {
    input.consume(step.consumed);
    // A read that is under way fills the block.
    if (input.empty() && !reading) {
        input.release();
    }
    output.appended();
}

std::error_code stream_core::note(const status& outcome) noexcept {
    last_outcome_ = outcome;
    last_io_error_ = {};
    return outcome ? make_error_code(outcome.code) : std::error_code{};
}

std::error_code stream_core::note(std::error_code io_error) noexcept {
    last_outcome_ = {};
    last_io_error_ = io_error;
    return io_error;
}

void stream_core::end_of_input() noexcept {
    input_ended_ = true;
    endpoint_->end_of_input();
}

std::optional<std::chrono::steady_clock::time_point> stream_core::deadline() const {
    const auto due = endpoint_ ? endpoint_->deadline() : std::nullopt;
    if (!due) {
        return std::nullopt;
    }
    return std::chrono::steady_clock::time_point(*due);
}

bool stream_core::expire() {
    if (!deadline()) {
        return false;
    }
    endpoint_->expire(system_moment());
    expired_ = !endpoint_->deadline();
    return expired_;
}

std::optional<failure> stream_core::last_failure() const {
    if (setup_failure_) {
        return setup_failure_;
    }
    if (endpoint_) {
        if (auto why = endpoint_->last_failure()) {
            return why;
        }
    }
    if (last_outcome_) {
        return endpoint_ ? endpoint_->describe(last_outcome_) : make_failure(last_outcome_.code);
    }
    if (last_io_error_) {
        return make_failure(last_io_error_, "the next layer failed: " + last_io_error_.message());
    }
    return std::nullopt;
}

}  // namespace polytls::detail
