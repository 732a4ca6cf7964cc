#pragma once

#include <polytls/transport/detail/stream_core.hpp>

#include <asio/socket_base.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

namespace polytls::detail {

struct any_completion {
    void operator()(std::error_code) const {}
};

/// A layer that tells when there is something to read, so that no buffer need be held till then.
template <class Layer>
concept waitable = requires(Layer& layer) {
    layer.async_wait(asio::socket_base::wait_read, any_completion{});
};

template <class Layer>
concept cancellable = requires(Layer& layer, std::error_code& ignored) {
    layer.cancel(ignored);
};

template <class Layer>
concept closable = requires(Layer& layer, std::error_code& ignored) {
    layer.close(ignored);
};

/// A stream's next layer with all the rest of it. Shared by the stream and its operations, so that
/// a stream can be moved, or destroyed, while operations are outstanding.
template <class NextLayer>
struct stream_state {
    using layer_type = std::remove_reference_t<NextLayer>;
    using timer = asio::steady_timer;

    static constexpr bool waits_without_buffer = waitable<layer_type>;

    template <class Arg>
    stream_state(Arg&& layer, stream_settings settings)
        : next_layer(std::forward<Arg>(layer)),
          core(std::move(settings), waits_without_buffer ? input_block::large : input_block::small),
          change(next_layer.get_executor(), timer::time_point::max()) {
        core.on_answer([this] { changed(); });
    }

    /// Has the operations that wait look again.
    void changed() { change.cancel(); }

    /// The handshake's time is up.
    void expire() {
        if (core.expire()) {
            changed();
            stop_layer();
        }
    }

    /// The stream is gone: what is outstanding ends.
    void abandon() noexcept {
        abandoned = true;
        try {
            deadline.reset();
            changed();
            if constexpr (!std::is_reference_v<NextLayer> &&
                          closable<typename layer_type::lowest_layer_type>) {
                std::error_code ignored;
                next_layer.lowest_layer().close(ignored);
            } else {
                stop_layer();
            }
        } catch (const std::exception&) {
            // Cancelling fails only where there is nothing left to be cancelled.
            return;
        }
    }

    NextLayer next_layer;
    stream_core core;
    timer change;                   ///< Never expires; cancelled when something has changed.
    std::optional<timer> deadline;  ///< During an asynchronous handshake.
    bool abandoned = false;

private:
    void stop_layer() {
        if constexpr (cancellable<typename layer_type::lowest_layer_type>) {
            std::error_code ignored;
            next_layer.lowest_layer().cancel(ignored);
        }
    }
};

}  // namespace polytls::detail
