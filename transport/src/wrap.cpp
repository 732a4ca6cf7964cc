#include "socket_state.hpp"

#include <polytls/transport/wrap.hpp>

#include <utility>

namespace polytls {
namespace {

template <class Settings>
result<tls_socket>
wrap_stream(std::unique_ptr<duplex> stream, Settings settings, wrap_options options) {
    if (!stream) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument, "there is no stream to wrap", "stream"));
    }
    auto tls = endpoint::make(std::move(settings));
    if (!tls) {
        return tl::make_unexpected(std::move(tls.error()));
    }
    if (!options.clock) {
        options.clock = system_moment;
    }
    const auto state = std::make_shared<detail::socket_state>(
        stream->executor(), *std::move(tls),
        detail::socket_state::settings{.clock = std::move(options.clock),
                                       .allow_half_open = options.allow_half_open});
    state->open();
    state->start(std::move(stream), options.head);
    return tls_socket(state);
}

}  // namespace

result<tls_socket>
wrap(std::unique_ptr<duplex> stream, client_settings settings, wrap_options options) {
    return wrap_stream(std::move(stream), std::move(settings), std::move(options));
}

result<tls_socket>
wrap(std::unique_ptr<duplex> stream, server_settings settings, wrap_options options) {
    return wrap_stream(std::move(stream), std::move(settings), std::move(options));
}

}  // namespace polytls
