#pragma once

#include <asio/buffer.hpp>
#include <asio/buffers_iterator.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/compose.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <system_error>
#include <utility>

namespace polytls::testing {

/// One direction of a memory layer.
struct memory_pipe {
    explicit memory_pipe(asio::io_context& context)
        : executor(context.get_executor()), change(context, asio::steady_timer::time_point::max()) {
    }

    asio::io_context::executor_type executor;
    asio::steady_timer change;
    std::deque<std::uint8_t> data;
    std::size_t at_once = 1;  ///< No operation moves more bytes than this.
    bool ended = false;
    int readers = 0;
    int writers = 0;
    bool overlapped = false;  ///< Two reads, or two writes, were outstanding at a time.
};

/// A next layer in memory: what one end writes the other reads, in pieces as small as wanted.
class memory_layer {
public:
    using executor_type = asio::io_context::executor_type;
    using lowest_layer_type = memory_layer;

    static std::pair<memory_layer, memory_layer> pair(asio::io_context& context,
                                                      std::size_t at_once = 1) {
        auto there = std::make_shared<memory_pipe>(context);
        auto back = std::make_shared<memory_pipe>(context);
        there->at_once = back->at_once = at_once;
        return {memory_layer(there, back), memory_layer(back, there)};
    }

    executor_type get_executor() const noexcept { return in_->executor; }

    lowest_layer_type& lowest_layer() noexcept { return *this; }

    const lowest_layer_type& lowest_layer() const noexcept { return *this; }

    bool overlapped() const { return in_->overlapped || out_->overlapped; }

    void cancel(std::error_code&) {
        *cancelled_ = true;
        in_->change.cancel();
        out_->change.cancel();
    }

    void close(std::error_code& error) {
        in_->ended = out_->ended = true;
        cancel(error);
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return transfer(in_, &memory_pipe::readers, token,
                        [buffers](memory_pipe& pipe, std::error_code& error) {
                            const std::size_t size = std::min(pipe.at_once, pipe.data.size());
                            const std::size_t room = asio::buffer_size(buffers);
                            if (size == 0 && pipe.ended && room != 0) {
                                error = asio::error::eof;
                            }
                            const std::size_t moved = std::min(size, room);
                            const auto to = asio::buffers_begin(buffers);
                            for (std::size_t i = 0; i < moved; ++i) {
                                *(to + static_cast<std::ptrdiff_t>(i)) =
                                    static_cast<char>(pipe.data.front());
                                pipe.data.pop_front();
                            }
                            return moved;
                        });
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return transfer(
            out_, &memory_pipe::writers, token,
            [buffers](memory_pipe& pipe, std::error_code& error) {
                if (pipe.ended) {
                    error = asio::error::broken_pipe;
                    return std::size_t{0};
                }
                const std::size_t room = pipe.data.size() < limit ? pipe.at_once : std::size_t{0};
                const std::size_t size = std::min(room, asio::buffer_size(buffers));
                const auto from = asio::buffers_begin(buffers);
                pipe.data.insert(pipe.data.end(), from, from + static_cast<std::ptrdiff_t>(size));
                return size;
            });
    }

private:
    /// A writer that is so far ahead has to wait, as with a socket's buffers.
    static constexpr std::size_t limit = 4096;

    memory_layer(std::shared_ptr<memory_pipe> in, std::shared_ptr<memory_pipe> out)
        : in_(std::move(in)), out_(std::move(out)), cancelled_(std::make_shared<bool>(false)) {}

    template <class Token, class Move>
    auto
    transfer(std::shared_ptr<memory_pipe> pipe, int memory_pipe::*count, Token& token, Move move) {
        *cancelled_ = false;
        return asio::async_compose<Token, void(std::error_code, std::size_t)>(
            [pipe, count, move, stop = cancelled_, started = false](auto& self,
                                                                    std::error_code = {}) mutable {
                const auto held = pipe;
                if (!started) {
                    started = true;
                    self.reset_cancellation_state(asio::enable_total_cancellation());
                    held->overlapped = held->overlapped || (*held).*count != 0;
                    ++((*held).*count);
                    asio::post(held->executor, std::move(self));
                    return;
                }
                std::error_code error;
                std::size_t moved = 0;
                if (*stop ||
                    self.get_cancellation_state().cancelled() != asio::cancellation_type::none) {
                    error = asio::error::operation_aborted;
                } else {
                    moved = move(*held, error);
                }
                if (moved == 0 && !error) {
                    held->change.async_wait(std::move(self));
                    return;
                }
                --((*held).*count);
                held->change.cancel();
                self.complete(error, moved);
            },
            token, pipe->executor);
    }

    std::shared_ptr<memory_pipe> in_;
    std::shared_ptr<memory_pipe> out_;
    std::shared_ptr<bool> cancelled_;
};

}  // namespace polytls::testing
