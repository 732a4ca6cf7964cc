#include "server_state.hpp"

#include <polytls/transport/server.hpp>

#include <utility>

namespace polytls {

server::server(std::shared_ptr<detail::server_state> state) noexcept : state_(std::move(state)) {}

void server::on_secure_connection(std::function<void(tls_socket)> call) {
    if (state_) {
        state_->events.secure_connection.on(std::move(call));
    }
}

void server::on_client_error(std::function<void(const failure&, tls_socket)> call) {
    if (state_) {
        state_->events.client_error.on(std::move(call));
    }
}

void server::on_connection(std::function<void(tls_socket)> call) {
    if (state_) {
        state_->events.connection.on(std::move(call));
    }
}

void server::on_listening(std::function<void()> call) {
    if (state_) {
        state_->events.listening.on(std::move(call));
    }
}

void server::on_new_session(
    std::function<void(bytes id, bytes data, std::function<void()> done)> call) {
    if (state_) {
        state_->events.new_session.on(std::move(call));
        state_->answer_new_session();
    }
}

void server::on_resume_session(
    std::function<void(bytes id, late_answer<std::vector<std::uint8_t>> done)> call) {
    if (state_) {
        state_->events.resume_session.on(std::move(call));
        state_->answer_resume_session();
    }
}

void server::on_ocsp_request(
    std::function<
        void(bytes certificate, bytes issuer, late_answer<std::vector<std::uint8_t>> done)> call) {
    if (state_) {
        state_->events.ocsp_request.on(std::move(call));
        state_->answer_ocsp_request();
    }
}

void server::on_keylog(std::function<void(std::string_view line, tls_socket)> call) {
    if (state_) {
        state_->events.keylog.on(std::move(call));
    }
}

void server::on_drop(std::function<void(const socket_address&)> call) {
    if (state_) {
        state_->events.drop.on(std::move(call));
    }
}

void server::on_error(std::function<void(const failure&)> call) {
    if (state_) {
        state_->events.error.on(std::move(call));
    }
}

void server::on_close(std::function<void()> call) {
    if (state_) {
        state_->events.close.on(std::move(call));
    }
}

void server::listen(std::uint16_t port, const std::string& host, std::function<void()> listening) {
    if (!state_) {
        return;
    }
    if (listening) {
        state_->events.listening.once(std::move(listening));
    }
    state_->listen(port, host);
}

void server::listen_path(const std::string& path, std::function<void()> listening) {
    if (!state_) {
        return;
    }
    if (listening) {
        state_->events.listening.once(std::move(listening));
    }
    state_->listen(path);
}

result<void> server::take_connection(std::unique_ptr<duplex> stream, bytes head) {
    if (!state_) {
        return tl::make_unexpected(make_failure(errc::wrong_state));
    }
    if (!stream) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument, "there is no stream to serve", "stream"));
    }
    state_->take(std::move(stream), head);
    return {};
}

void server::close(std::function<void()> closed) {
    if (!state_) {
        return;
    }
    if (closed) {
        state_->events.close.once(std::move(closed));
    }
    state_->close();
}

bool server::listening() const noexcept {
    return state_ && state_->listening();
}

socket_address server::address() const {
    return state_ ? state_->address() : socket_address{};
}

void server::set_secure_context(polytls::secure_context context) {
    if (state_) {
        state_->core.set_secure_context(std::move(context));
    }
}

result<void> server::add_context(std::string_view hostname, polytls::secure_context context) {
    if (!state_) {
        return tl::make_unexpected(make_failure(errc::wrong_state));
    }
    return state_->core.add_context(hostname, std::move(context));
}

result<void> server::add_context(std::string_view hostname, const context_options& options) {
    auto context = create_secure_context(options);
    if (!context) {
        return tl::make_unexpected(std::move(context.error()));
    }
    return add_context(hostname, *std::move(context));
}

bool server::remove_context(std::string_view hostname) {
    return state_ && state_->core.remove_context(hostname);
}

ticket_keys server::get_ticket_keys() const {
    return state_ ? state_->core.ticket_keys() : polytls::ticket_keys{};
}

result<void> server::set_ticket_keys(bytes keys) {
    if (!state_) {
        return tl::make_unexpected(make_failure(errc::wrong_state));
    }
    return state_->core.set_ticket_keys(keys);
}

void server::set_max_connections(std::size_t limit) {
    if (state_) {
        state_->core.max_connections = limit;
    }
}

std::size_t server::connections() const noexcept {
    return state_ ? state_->core.connections() : 0;
}

result<server> create_server(asio::any_io_executor executor,
                             server_options options,
                             std::function<void(tls_socket)> secure_connection_listener) {
    if (!options.secure_context) {
        options.credentials.npn = options.credentials.npn || !options.npn_protocols.empty();
        auto made = create_secure_context(options.credentials);
        if (!made) {
            return tl::make_unexpected(std::move(made.error()));
        }
        options.secure_context = *std::move(made);
    }
    if (!options.clock) {
        options.clock = system_moment;
    }
    const auto state = std::make_shared<detail::server_state>(
        std::move(executor),
        server_settings{.context = std::move(options.secure_context),
                        .request_cert = options.request_cert,
                        .reject_unauthorized = options.reject_unauthorized,
                        .alpn_protocols = std::move(options.alpn_protocols),
                        .alpn_callback = std::move(options.alpn_callback),
                        .npn_protocols = std::move(options.npn_protocols),
                        .session_store = std::move(options.session_store),
                        .psk_callback = std::move(options.psk_callback),
                        .psk_identity_hint = std::move(options.psk_identity_hint),
                        .client_reneg_limit = options.client_reneg_limit,
                        .client_reneg_window = options.client_reneg_window,
                        .sni_callback = std::move(options.sni_callback),
                        .handshake_timeout = options.handshake_timeout,
                        .allow_truncation = options.allow_truncation},
        detail::server_state::settings{.clock = std::move(options.clock),
                                       .allow_half_open = options.allow_half_open});
    // What is wrong with the options shows in the first endpoint already.
    if (auto tried = state->core.make_endpoint(); !tried) {
        return tl::make_unexpected(std::move(tried.error()));
    }
    server made(state);
    if (secure_connection_listener) {
        made.on_secure_connection(std::move(secure_connection_listener));
    }
    return made;
}

result<server> create_server(asio::io_context& context,
                             server_options options,
                             std::function<void(tls_socket)> secure_connection_listener) {
    return create_server(asio::any_io_executor(context.get_executor()), std::move(options),
                         std::move(secure_connection_listener));
}

}  // namespace polytls
