#pragma once

#include <polytls/transport/detail/stream_operations.hpp>
#include <polytls/transport/detail/stream_state.hpp>

#include <asio/bind_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/compose.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include <cstddef>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

namespace polytls::detail {

inline asio::const_buffer to_buffer(bytes data) noexcept {
    return {data.data(), data.size()};
}

inline asio::mutable_buffer to_buffer(mutable_bytes data) noexcept {
    return {data.data(), data.size()};
}

/// Passes what a read of the next layer brought to the operation.
template <class Operation>
void take_input(stream_core& core, Operation& operation, std::error_code error, std::size_t size) {
    core.input.filled(size);
    if (size == 0) {
        core.input.release();
    }
    if (error == asio::error::eof) {
        core.end_of_input();
    } else if (error) {
        operation.read_failed(core, error);
    }
}

/// Passes on to the operation what became of a write to the next layer.
template <class Operation>
void take_output(stream_core& core, Operation& operation, std::error_code error, std::size_t size) {
    core.output.sent(size);
    if (error) {
        operation.write_failed(core, error);
    }
}

/// Runs an operation to its end, blocking.
template <class State, class Operation>
void run(State& state, Operation& operation) {
    stream_core& core = state.core;
    for (;;) {
        std::error_code error;
        switch (operation.step(core)) {
        case need::nothing:
            return;
        case need::output: {
            const auto data = to_buffer(core.output.to_send());
            const std::size_t size = state.next_layer.write_some(data, error);
            take_output(core, operation, error, size);
            break;
        }
        case need::input: {
            if (core.input_ended()) {
                operation.read_failed(core, make_error_code(errc::truncated));
                break;
            }
            const auto room = to_buffer(core.input.room());
            const std::size_t size = state.next_layer.read_some(room, error);
            take_input(core, operation, error, size);
            break;
        }
        case need::event:
            operation.read_failed(core, make_error_code(errc::wrong_state));
            break;
        }
    }
}

/// Runs an operation to its end, asynchronously: the implementation that `async_compose` asks for.
template <class State, class Operation>
class io_op {
public:
    io_op(std::shared_ptr<State> state, Operation operation)
        : state_(std::move(state)), operation_(std::move(operation)) {}

    template <class Self>
    void operator()(Self& self, std::error_code error = {}, std::size_t size = 0) {
        switch (awaited_) {
        case awaited::start:
            if constexpr (Operation::cancels_cleanly) {
                self.reset_cancellation_state(asio::enable_total_cancellation());
            }
            break;
        case awaited::readable:
            if (!error && !stopped(self)) {
                return read(self);
            }
            state_->core.reading = false;
            state_->changed();
            if (error) {
                operation_.read_failed(state_->core, error);
            }
            break;
        case awaited::input:
            state_->core.reading = false;
            take_input(state_->core, operation_, error, size);
            state_->changed();
            break;
        case awaited::output:
            state_->core.writing = false;
            take_output(state_->core, operation_, error, size);
            state_->changed();
            break;
        case awaited::event:
            break;
        case awaited::turn:
            return deliver(self);
        }
        proceed(self);
    }

private:
    enum class awaited { start, readable, input, output, event, turn };

    template <class Self>
    bool stopped(const Self& self) const {
        return state_->abandoned ||
               self.get_cancellation_state().cancelled() != asio::cancellation_type::none;
    }

    template <class Self>
    void proceed(Self& self) {
        const need next = operation_.step(state_->core);
        if (next == need::input && state_->core.input_ended()) {
            operation_.read_failed(state_->core, make_error_code(errc::truncated));
            return finish(self);
        }
        if (next == need::nothing) {
            return finish(self);
        }
        if (stopped(self)) {
            operation_.write_failed(state_->core, asio::error::operation_aborted);
            return finish(self);
        }
        watch_deadline(self);
        if (next == need::output && !state_->core.writing) {
            write(self);
        } else if (next == need::input && !state_->core.reading) {
            start_reading(self);
        } else {
            wait(self);
        }
    }

    // The moves below end this object's life within `self`: what they need is fetched first.

    template <class Self>
    void write(Self& self) {
        State& state = *state_;
        state.core.writing = true;
        awaited_ = awaited::output;
        state.next_layer.async_write_some(to_buffer(state.core.output.to_send()), std::move(self));
    }

    template <class Self>
    void start_reading(Self& self) {
        State& state = *state_;
        state.core.reading = true;
        if constexpr (State::waits_without_buffer) {
            awaited_ = awaited::readable;
            state.next_layer.async_wait(asio::socket_base::wait_read, std::move(self));
        } else {
            read(self);
        }
    }

    template <class Self>
    void read(Self& self) {
        State& state = *state_;
        awaited_ = awaited::input;
        state.next_layer.async_read_some(to_buffer(state.core.input.room()), std::move(self));
    }

    template <class Self>
    void wait(Self& self) {
        State& state = *state_;
        awaited_ = awaited::event;
        state.change.async_wait(std::move(self));
    }

    /// Ends the operation; never from within the call that began it.
    template <class Self>
    void finish(Self& self) {
        if (awaited_ != awaited::start) {
            return deliver(self);
        }
        State& state = *state_;
        awaited_ = awaited::turn;
        asio::post(state.next_layer.get_executor(), std::move(self));
    }

    template <class Self>
    void deliver(Self& self) {
        if constexpr (is_handshake) {
            state_->deadline.reset();
        }
        operation_.deliver([&](auto... results) { self.complete(results...); });
    }

    template <class Self>
    void watch_deadline(Self& self) {
        if constexpr (is_handshake) {
            const auto due = state_->core.deadline();
            if (!due || state_->deadline) {
                return;
            }
            state_->deadline.emplace(state_->next_layer.get_executor(), *due);
            state_->deadline->async_wait(asio::bind_executor(
                self.get_executor(), [weak = std::weak_ptr<State>(state_)](std::error_code error) {
                    const auto state = weak.lock();
                    if (state && !error) {
                        state->expire();
                    }
                }));
        }
    }

    static constexpr bool is_handshake = std::is_same_v<Operation, handshake_operation>;

    std::shared_ptr<State> state_;
    Operation operation_;
    awaited awaited_ = awaited::start;
};

}  // namespace polytls::detail
