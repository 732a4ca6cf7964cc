#include "server_state.hpp"

#include "anchored.hpp"

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <chrono>
#include <utility>

namespace polytls::detail {
namespace {

/// How long to wait for a file descriptor or memory when the machine has none left.
constexpr std::chrono::milliseconds pause_without_resources{100};

}  // namespace

server_state::server_state(asio::any_io_executor executor, server_settings how, settings more)
    : core(std::move(how)), executor_(std::move(executor)), clock_(std::move(more.clock)),
      allow_half_open_(more.allow_half_open) {}

void server_state::secured(tls_socket socket) {
    events.secure_connection.emit(std::move(socket));
}

void server_state::failed_before_secure(const failure& why, tls_socket socket) {
    events.client_error.emit(why, std::move(socket));
}

void server_state::closed() {
    core.closed();
    close_when_empty();
}

void server_state::accept() {
    const listener::accepted handle = [round = round_](server_state& self, std::error_code error,
                                                       std::unique_ptr<duplex> incoming) {
        if (self.listening() && self.round_ == round) {
            self.accepted(error, std::move(incoming));
        }
    };
    listener_->async_accept(anchored(shared_from_this(), handle));
}

void server_state::accepted(std::error_code error, std::unique_ptr<duplex> incoming) {
    if (error == asio::error::connection_aborted) {
        accept();
    } else if (error) {
        accept_after_a_while();
    } else {
        // Before anything is told: a listener that throws does not end the listening.
        accept();
        take(std::move(incoming), {});
    }
}

void server_state::accept_after_a_while() {
    // Trying again at once would spin: the connection stays in the system's queue meanwhile.
    back_off_.emplace(executor_, pause_without_resources);
    back_off_->async_wait(
        anchored(shared_from_this(), [round = round_](server_state& self, std::error_code) {
            if (self.listening() && self.round_ == round) {
                self.accept();
            }
        }));
}

void server_state::take(std::unique_ptr<duplex> stream, bytes head) {
    if (!core.try_open()) {
        stream->close();
        events.drop.emit(stream->remote_address());
        return;
    }
    auto tls = core.make_endpoint();
    if (!tls) {
        core.closed();
        events.error.emit(tls.error());
        return;
    }
    const auto socket = std::make_shared<socket_state>(
        executor_, *std::move(tls),
        socket_state::settings{
            .clock = clock_, .allow_half_open = allow_half_open_, .owner = shared_from_this()});
    socket->open();
    if (!events.keylog.empty()) {
        socket->listen_for_keys([this, socket = socket.get()](std::string_view line) {
            events.keylog.emit(line, tls_socket(socket->shared_from_this()));
        });
    }
    socket->start(std::move(stream), head);
    events.connection.emit(tls_socket(socket));
}

void server_state::answer_new_session() {
    core.settings().new_session = [weak = weak_from_this()](bytes id, bytes data,
                                                            const std::function<void()>& done) {
        if (const auto self = weak.lock()) {
            self->events.new_session.emit(id, data, done);
        }
    };
}

void server_state::answer_resume_session() {
    core.settings().resume_session =
        [weak = weak_from_this()](bytes id, const late_answer<std::vector<std::uint8_t>>& done) {
            if (const auto self = weak.lock()) {
                self->events.resume_session.emit(id, done);
            }
        };
}

void server_state::answer_ocsp_request() {
    core.settings().ocsp_callback =
        [weak = weak_from_this()](bytes certificate, bytes issuer,
                                  const late_answer<std::vector<std::uint8_t>>& done) {
            if (const auto self = weak.lock()) {
                self->events.ocsp_request.emit(certificate, issuer, done);
            }
        };
}

void server_state::close() {
    closing_ = true;
    resolving_ = false;
    ++round_;
    resolver_.reset();
    listener_.reset();
    back_off_.reset();
    close_when_empty();
}

void server_state::close_when_empty() {
    if (closing_ && core.connections() == 0 && !std::exchange(close_due_, true)) {
        asio::post(executor_, [self = shared_from_this()] { self->tell_close(); });
    }
}

void server_state::tell_close() {
    struct releasing {
        server_state& server;

        ~releasing() { server.release_listeners(); }
    } after{*this};

    close_due_ = false;
    closing_ = false;
    events.close.emit();
}

void server_state::release_listeners() noexcept {
    events.secure_connection.clear();
    events.client_error.clear();
    events.connection.clear();
    events.new_session.clear();
    events.resume_session.clear();
    events.ocsp_request.clear();
    events.keylog.clear();
    // Nobody is left to answer.
    core.settings().new_session = nullptr;
    core.settings().resume_session = nullptr;
    core.settings().ocsp_callback = nullptr;
    events.listening.clear();
    events.drop.clear();
    events.error.clear();
    events.close.clear();
}

void server_state::abandon() noexcept {
    release_listeners();
    // A handle may outlive the event loop, of which these are parts.
    ++round_;
    resolver_.reset();
    listener_.reset();
    back_off_.reset();
}

}  // namespace polytls::detail
