#include "socket_state.hpp"

#include <polytls/transport/socket.hpp>

#include <utility>

namespace polytls {
namespace {

/// Adds a listener, unless there is nothing left to hear: one that holds its socket would never be
/// let go.
template <class Event, class Call>
void listen(const std::shared_ptr<detail::socket_state>& state,
            Event detail::socket_events::*which,
            Call&& call) {
    if (state && !state->closed()) {
        (state->events.*which).on(std::forward<Call>(call));
    }
}

}  // namespace

tls_socket::tls_socket(std::shared_ptr<detail::socket_state> state) noexcept
    : state_(std::move(state)) {}

void tls_socket::on_secure_connect(std::function<void()> call) {
    listen(state_, &detail::socket_events::secure_connect, std::move(call));
}

void tls_socket::on_data(std::function<void(bytes)> call) {
    if (state_ && !state_->closed()) {
        state_->listen_for_data(std::move(call));
    }
}

void tls_socket::on_end(std::function<void()> call) {
    listen(state_, &detail::socket_events::end, std::move(call));
}

void tls_socket::on_drain(std::function<void()> call) {
    listen(state_, &detail::socket_events::drain, std::move(call));
}

void tls_socket::on_timeout(std::function<void()> call) {
    listen(state_, &detail::socket_events::timeout, std::move(call));
}

void tls_socket::on_session(std::function<void(const std::vector<std::uint8_t>&)> call) {
    listen(state_, &detail::socket_events::session, std::move(call));
}

void tls_socket::on_ocsp_response(std::function<void(bytes)> call) {
    listen(state_, &detail::socket_events::ocsp_response, std::move(call));
}

void tls_socket::on_keylog(std::function<void(std::string_view)> call) {
    if (state_ && !state_->closed()) {
        state_->listen_for_keys(std::move(call));
    }
}

void tls_socket::on_error(std::function<void(const failure&)> call) {
    listen(state_, &detail::socket_events::error, std::move(call));
}

void tls_socket::on_close(std::function<void(bool had_error)> call) {
    listen(state_, &detail::socket_events::close, std::move(call));
}

bool tls_socket::write(bytes plaintext) {
    return state_ && state_->write(plaintext);
}

void tls_socket::end() {
    if (state_) {
        state_->end();
    }
}

void tls_socket::end(std::string_view text) {
    write(text);
    end();
}

void tls_socket::cork() {
    if (state_) {
        state_->cork();
    }
}

void tls_socket::uncork() {
    if (state_) {
        state_->uncork();
    }
}

void tls_socket::destroy() {
    if (state_) {
        state_->finish(std::nullopt);
    }
}

void tls_socket::destroy(failure why) {
    if (state_) {
        state_->finish(std::move(why));
    }
}

void tls_socket::pause() {
    if (state_) {
        state_->pause();
    }
}

void tls_socket::resume() {
    if (state_) {
        state_->resume();
    }
}

void tls_socket::pipe(tls_socket target) {
    if (!state_ || !target) {
        return;
    }
    on_data([source = *this, target](bytes plaintext) mutable {
        if (!target.write(plaintext)) {
            source.pause();
        }
    });
    on_end([target]() mutable { target.end(); });
    target.on_drain([source = *this]() mutable { source.resume(); });
}

void tls_socket::set_timeout(std::chrono::milliseconds idle) {
    if (state_) {
        state_->set_timeout(idle);
    }
}

void tls_socket::check_deadlines() {
    if (state_) {
        state_->check_deadlines();
    }
}

bool tls_socket::set_max_send_fragment(std::size_t size) {
    return state_ && state_->tls().set_max_send_fragment(size);
}

std::size_t tls_socket::writable_length() const noexcept {
    return state_ ? state_->queued() : 0;
}

bool tls_socket::authorized() const noexcept {
    return state_ && state_->tls().authorized();
}

std::string_view tls_socket::authorization_error() const noexcept {
    return state_ ? state_->tls().authorization_error() : std::string_view{};
}

certificate tls_socket::get_peer_certificate(bool detailed) const {
    return state_ ? state_->tls().peer_certificate(detailed) : certificate{};
}

const cipher_suite* tls_socket::get_cipher() const noexcept {
    return state_ ? state_->tls().cipher() : nullptr;
}

std::string_view tls_socket::get_protocol() const noexcept {
    return state_ ? state_->tls().protocol() : std::string_view{};
}

std::string_view tls_socket::alpn_protocol() const noexcept {
    return state_ ? state_->tls().alpn_protocol() : std::string_view{};
}

std::string_view tls_socket::servername() const noexcept {
    return state_ ? state_->tls().servername() : std::string_view{};
}

ephemeral_key_info tls_socket::get_ephemeral_key_info() const noexcept {
    return state_ ? state_->tls().ephemeral_key() : ephemeral_key_info{};
}

std::vector<std::string_view> tls_socket::get_shared_sigalgs() const {
    return state_ ? state_->tls().shared_sigalgs() : std::vector<std::string_view>();
}

std::vector<std::string_view> tls_socket::get_shared_groups() const {
    return state_ ? state_->tls().shared_groups() : std::vector<std::string_view>();
}

std::string_view tls_socket::psk_identity() const noexcept {
    return state_ ? state_->tls().psk_identity() : std::string_view{};
}

bool tls_socket::update_keys(bool of_peer) {
    return state_ && state_->update_keys(of_peer);
}

result<std::vector<std::uint8_t>> tls_socket::export_keying_material(
    std::size_t length, std::string_view label, std::optional<bytes> context) const {
    if (!state_) {
        return tl::make_unexpected(make_failure(errc::wrong_state));
    }
    return state_->tls().export_keying_material(length, label, context);
}

std::vector<std::uint8_t> tls_socket::get_finished() const {
    return state_ ? state_->tls().finished() : std::vector<std::uint8_t>{};
}

std::vector<std::uint8_t> tls_socket::get_peer_finished() const {
    return state_ ? state_->tls().peer_finished() : std::vector<std::uint8_t>{};
}

std::vector<std::uint8_t> tls_socket::get_session() const {
    return state_ ? state_->tls().session() : std::vector<std::uint8_t>{};
}

std::string_view tls_socket::npn_protocol() const noexcept {
    return state_ ? state_->tls().npn_protocol() : std::string_view();
}

void tls_socket::renegotiate(const renegotiate_options& how,
                             std::function<void(const std::optional<failure>&)> done) {
    if (state_) {
        state_->renegotiate(how, std::move(done));
    }
}

std::vector<std::uint8_t> tls_socket::get_tls_ticket() const {
    return state_ ? state_->tls().tls_ticket() : std::vector<std::uint8_t>();
}

bool tls_socket::is_session_reused() const noexcept {
    return state_ && state_->tls().session_reused();
}

std::uint64_t tls_socket::bytes_read() const noexcept {
    return state_ ? state_->bytes_read : 0;
}

std::uint64_t tls_socket::bytes_written() const noexcept {
    return state_ ? state_->bytes_written : 0;
}

bool tls_socket::destroyed() const noexcept {
    return !state_ || state_->destroyed();
}

socket_address tls_socket::address() const {
    return state_ ? state_->local : socket_address{};
}

std::string tls_socket::remote_address() const {
    return state_ ? state_->remote.address : std::string{};
}

std::string tls_socket::remote_family() const {
    return state_ ? state_->remote.family : std::string{};
}

std::uint16_t tls_socket::remote_port() const {
    return state_ ? state_->remote.port : std::uint16_t{0};
}

std::string tls_socket::local_address() const {
    return state_ ? state_->local.address : std::string{};
}

std::uint16_t tls_socket::local_port() const {
    return state_ ? state_->local.port : std::uint16_t{0};
}

asio::any_io_executor tls_socket::get_executor() const {
    return state_ ? state_->executor() : asio::any_io_executor{};
}

polytls::backend tls_socket::backend() const noexcept {
    return state_ ? state_->tls().backend() : default_backend();
}

}  // namespace polytls
