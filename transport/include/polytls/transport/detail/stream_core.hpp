#pragma once

#include <polytls/endpoint.hpp>
#include <polytls/transport/detail/input_block.hpp>
#include <polytls/transport/detail/output_queue.hpp>
#include <polytls/transport/stream_base.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace polytls::detail {

/// What a stream needs before its operation can go on.
enum class need {
    nothing,  ///< The operation is complete.
    input,    ///< Ciphertext from the next layer.
    output,   ///< The output queue is to be sent, at least in part.
    event,    ///< What another operation or a callback's late answer will bring.
};

/// A stream's settings until its endpoint is made of them.
struct stream_settings {
    client_settings client{};
    server_settings server{};
    std::optional<stream_base::handshake_type> side{};  ///< Empty: either, the handshake says.
    std::function<void(const std::vector<std::uint8_t>&)> session_listener{};
};

/// The part of a stream that does not depend on its next layer: the endpoint with ciphertext before
/// and behind it. Performs no I/O.
class stream_core {
public:
    stream_core(stream_settings settings, std::size_t input_capacity);
    stream_core(const stream_core&) = delete;
    stream_core& operator=(const stream_core&) = delete;

    /// The settings, until the handshake begins; afterwards throws `polytls::error` with
    /// `errc::wrong_state`.
    stream_settings& settings();

    /// The endpoint; throws `polytls::error` with `errc::wrong_state` before there is one.
    polytls::endpoint& endpoint() const;

    /// Makes the endpoint, at the first call. Fails when a setting cannot be used, or when the side
    /// is not the one given before.
    std::error_code begin(stream_base::handshake_type side);

    /// @name Steps
    /// Those of the endpoint, fed from the input block; output goes to the queue. Without an
    /// endpoint, `errc::wrong_state`.
    /// @{
    progress handshake();
    progress read(mutable_bytes plaintext);
    progress write(bytes plaintext);
    progress close();
    /// @}

    /// Keeps an outcome for `last_failure` and makes an error_code of it.
    std::error_code note(const status& outcome) noexcept;
    std::error_code note(std::error_code io_error) noexcept;

    /// Tells the connection that the next layer has ended.
    void end_of_input() noexcept;

    bool input_ended() const noexcept { return input_ended_; }

    bool peer_closed() const noexcept { return endpoint_ && endpoint_->peer_closed(); }

    /// When the handshake's time is up, by the steady clock.
    std::optional<std::chrono::steady_clock::time_point> deadline() const;

    /// Ends a handshake whose time is up, and says whether it did.
    bool expire();

    /// The handshake has ended by `expire`.
    bool expired() const noexcept { return expired_; }

    /// `wake` is called when a late answer has come.
    void on_answer(std::function<void()> wake) { wake_ = std::move(wake); }

    std::optional<failure> last_failure() const;

    /// Bytes that reading has added to the output queue, while it was never empty since.
    std::size_t unsent_answers() const noexcept { return output.empty() ? 0 : answers_; }

    input_block input;
    output_queue output;

    /// An operation is reading, or writing, the next layer: others have to wait.
    bool reading = false;
    bool writing = false;

private:
    void take(const progress& step) noexcept;
    bool make_endpoint(stream_base::handshake_type side);

    std::unique_ptr<stream_settings> settings_;
    std::unique_ptr<polytls::endpoint> endpoint_;
    std::optional<failure> setup_failure_;
    status last_outcome_{};
    std::error_code last_io_error_{};
    std::size_t answers_ = 0;
    std::function<void()> wake_;
    bool input_ended_ = false;
    bool expired_ = false;
};

}  // namespace polytls::detail
