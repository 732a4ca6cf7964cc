#include "connector.hpp"
#include "socket_state.hpp"

#include <polytls/transport/connect.hpp>

#include <utility>

namespace polytls {
namespace {

result<std::unique_ptr<endpoint>> make_client(connect_options& options) {
    if (!options.secure_context) {
        options.credentials.npn = options.credentials.npn || !options.npn_protocols.empty();
        auto made = create_secure_context(options.credentials);
        if (!made) {
            return tl::make_unexpected(std::move(made.error()));
        }
        options.secure_context = *std::move(made);
    }
    return endpoint::make(
        client_settings{.context = std::move(options.secure_context),
                        .host = options.host,
                        .servername = std::move(options.servername),
                        .reject_unauthorized = options.reject_unauthorized,
                        .alpn_protocols = std::move(options.alpn_protocols),
                        .npn_protocols = std::move(options.npn_protocols),
                        .request_ocsp = options.request_ocsp,
                        .psk_callback = std::move(options.psk_callback),
                        .session = std::move(options.session),
                        .check_server_identity = std::move(options.check_server_identity),
                        .handshake_timeout = options.handshake_timeout,
                        .allow_truncation = options.allow_truncation});
}

/// A socket that is open and does not know yet what it runs over.
result<std::shared_ptr<detail::socket_state>> make_socket(asio::any_io_executor executor,
                                                          connect_options& options,
                                                          std::function<void()> listener) {
    if (options.host.empty()) {
        options.host = "localhost";
    }
    if (!options.clock) {
        options.clock = system_moment;
    }
    auto tls = make_client(options);
    if (!tls) {
        return tl::make_unexpected(std::move(tls.error()));
    }
    auto state = std::make_shared<detail::socket_state>(
        std::move(executor), *std::move(tls),
        detail::socket_state::settings{.clock = std::move(options.clock),
                                       .allow_half_open = options.allow_half_open});
    if (listener) {
        state->events.secure_connect.on(std::move(listener));
    }
    state->open();
    return state;
}

}  // namespace

result<tls_socket> connect(asio::any_io_executor executor,
                           connect_options options,
                           std::function<void()> secure_connect_listener) {
    if (options.port == 0 && options.path.empty()) {
        return tl::make_unexpected(make_failure(
            errc::invalid_argument, "a port from 1 to 65535, or a path, is needed", "port"));
    }
    auto state = make_socket(std::move(executor), options, std::move(secure_connect_listener));
    if (!state) {
        return tl::make_unexpected(std::move(state.error()));
    }
    if (options.path.empty()) {
        detail::connect_socket(*state, std::move(options.host), options.port);
    } else {
        detail::connect_socket(*state, options.path);
    }
    return tls_socket(*std::move(state));
}

result<tls_socket> connect_over(std::unique_ptr<duplex> stream,
                                connect_options options,
                                std::function<void()> secure_connect_listener) {
    if (!stream) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument, "there is no stream to connect over", "stream"));
    }
    auto state = make_socket(stream->executor(), options, std::move(secure_connect_listener));
    if (!state) {
        return tl::make_unexpected(std::move(state.error()));
    }
    (*state)->start(std::move(stream));
    return tls_socket(*std::move(state));
}

result<tls_socket> connect(asio::io_context& context,
                           connect_options options,
                           std::function<void()> secure_connect_listener) {
    return connect(asio::any_io_executor(context.get_executor()), std::move(options),
                   std::move(secure_connect_listener));
}

result<tls_socket> connect(asio::io_context& context,
                           std::uint16_t port,
                           std::string host,
                           connect_options options,
                           std::function<void()> secure_connect_listener) {
    options.port = port;
    options.host = std::move(host);
    return connect(context, std::move(options), std::move(secure_connect_listener));
}

}  // namespace polytls
