#include "engine.hpp"

#include "capabilities.hpp"
#include "context.hpp"
#include "errors.hpp"

#include <algorithm>
#include <cstring>

namespace polytls::mbedtls {
namespace {

constexpr int alert_level_fatal = 2;

template <class T>
std::size_t copy_some(std::span<const T> from, std::span<T> to) noexcept {
    std::copy_n(from.begin(), std::min(from.size(), to.size()), to.begin());
    return from.size();
}

}  // namespace

engine::engine(const context& of, spi::handshake_events& events) noexcept
    : context_(&of), events_(&events) {
    context_->hold();
}

engine::~engine() {
    mbedtls_platform_zeroize(ticket_keys_.data(), ticket_keys_.size());
    // Whoever holds a context has a part in its life, though it may not change it.
    const_cast<context*>(context_)->release();
}

status engine::make(const context& of,
                    const spi::engine_config& config,
                    spi::handshake_events& events,
                    spi::handle<spi::engine>& made) noexcept {
    auto* own = mbedtls::make<engine>(of, events);
    if (own == nullptr) {
        return {.code = errc::no_memory};
    }
    spi::handle<spi::engine> holder(own);
    if (const status failed = own->prepare(config)) {
        return failed;
    }
    made = std::move(holder);
    return {};
}

progress engine::handshake(bytes input, byte_sink& output) noexcept {
    begin(input, output);
    return outcome(shake_hands());
}

progress engine::read(bytes input, mutable_bytes plaintext, byte_sink& output) noexcept {
    begin(input, output);
    std::size_t produced = 0;
    int result = 0;
    while (produced < plaintext.size()) {
        result = receive(plaintext.subspan(produced));
        if (result <= 0) {
            break;
        }
        produced += static_cast<std::size_t>(result);
    }
    progress step = outcome(std::min(result, 0));
    step.produced = produced;
    return step;
}

/// One call's worth of plaintext; a number of mbedTLS's when there is none.
int engine::receive(mutable_bytes room) noexcept {
    for (;;) {
        if (!compat::handshake_over(*ssl_)) {
            const int result = shake_hands();
            if (result == MBEDTLS_ERR_SSL_WAITING_SERVER_HELLO_RENEGO &&
                compat::record_type(*ssl_) == MBEDTLS_SSL_MSG_ALERT) {
                return refuse({.code = errc::renegotiation_refused});
            }
            if (result != 0 && result != MBEDTLS_ERR_SSL_WAITING_SERVER_HELLO_RENEGO) {
                return result;
            }
        }
        reading_ = true;
        const int result = mbedtls_ssl_read(ssl_.get(), room.data(), room.size());
        reading_ = false;
        if (renegotiation_ == renegotiation_state::under_way && compat::handshake_over(*ssl_)) {
            // All of it came in one record, before there was anything to answer.
            return refuse(
                {.code = errc::unexpected_message, .alert = alert_description::unexpected_message});
        }
        const bool again = result == MBEDTLS_ERR_SSL_WANT_READ ||
                           result == MBEDTLS_ERR_SSL_WAITING_SERVER_HELLO_RENEGO;
        if (!again || !wire_.has_input()) {
            return again ? MBEDTLS_ERR_SSL_WANT_READ : result;
        }
    }
}

progress engine::write(bytes plaintext, byte_sink& output) noexcept {
    begin({}, output);
    if (!compat::handshake_over(*ssl_)) {
        // Writing would move the handshake on, which is for `read`.
        wire_.end();
        return {.next = want::input};
    }
    std::size_t written = 0;
    if (unsent_ == 0 || compat::has_pending_output(*ssl_)) {
        // With a record that waits for room, mbedTLS sends that, and takes these bytes for its.
        const int result = mbedtls_ssl_write(ssl_.get(), plaintext.data(), plaintext.size());
        if (result < 0) {
            unsent_ = result == MBEDTLS_ERR_SSL_WANT_WRITE ? plaintext.size() : 0;
            return outcome(result);
        }
        written = static_cast<std::size_t>(result);
    }
    progress step = outcome(0);
    step.consumed = unsent_ != 0 ? std::min(unsent_, plaintext.size()) : written;
    unsent_ = 0;
    return step;
}

progress engine::update_keys(bool /*of_peer*/, byte_sink& /*output*/) noexcept {
    return {.error = {.code = errc::unsupported_by_backend}};
}

progress engine::renegotiate(spi::peer_certificate peer, byte_sink& output) noexcept {
    if (!context_->renegotiates() || !compat::renegotiates_securely(*ssl_)) {
        return {.error = {.code = errc::renegotiation_unavailable}};
    }
    begin({}, output);
    if (!server_) {
        if (renegotiation_ == renegotiation_state::none) {
            renegotiation_ = renegotiation_state::requested;
            const int result = mbedtls_ssl_renegotiate(ssl_.get());
            return outcome(result == MBEDTLS_ERR_SSL_WANT_READ ? 0 : result);
        }
        const int result = shake_hands();
        return outcome(result == MBEDTLS_ERR_SSL_WANT_READ ? 0 : result);
    }
    ask_for_certificate(peer);
    renegotiation_ = renegotiation_state::requested;
    const int result = mbedtls_ssl_renegotiate(ssl_.get());
    compat::forget_request(*ssl_);
    return outcome(result);
}

progress engine::close(byte_sink& output) noexcept {
    begin({}, output);
    // With something that waits for room, mbedTLS sends no more than that.
    const bool other_first = compat::has_pending_output(*ssl_) && !closing_;
    int result = mbedtls_ssl_close_notify(ssl_.get());
    if (result == 0 && other_first) {
        result = mbedtls_ssl_close_notify(ssl_.get());
        closing_ = true;
    }
    closing_ = closing_ || !other_first;
    return outcome(result);
}

spi::negotiated engine::facts() const noexcept {
    const mbedtls_ssl_session* session = compat::standing_session_of(*ssl_);
    return {.version = protocol_version::tls1_2,
            .cipher_suite =
                static_cast<cipher_suite_id>(session == nullptr ? 0 : compat::suite_of(*session)),
            .group = group_,
            .dh_size = dh_size_,
            .resumed = !full_handshake_};
}

std::size_t engine::shared_signature_schemes(std::span<signature_scheme> schemes) const noexcept {
    return copy_some(std::span(shared_schemes_).first(shared_scheme_count_), schemes);
}

std::size_t engine::shared_groups(std::span<named_group> groups) const noexcept {
    return copy_some(std::span(shared_groups_).first(shared_group_count_), groups);
}

bytes engine::application_protocol() const noexcept {
    const char* name = mbedtls_ssl_get_alpn_protocol(ssl_.get());
    return name == nullptr ? bytes{} : as_bytes(name);
}

status engine::peer_certificates(byte_sink& output) const noexcept {
    const mbedtls_ssl_session* session = compat::standing_session_of(*ssl_);
    const mbedtls_x509_crt* one = session == nullptr ? nullptr : compat::peer_chain_of(*session);
    for (; one != nullptr; one = one->next) {
        const bytes der = view_of(one->raw);
        if (output.append(der) != der.size()) {
            return {.code = errc::no_memory};
        }
    }
    return {};
}

bytes engine::session_ticket() const noexcept {
    const mbedtls_ssl_session* session = compat::standing_session_of(*ssl_);
    return session == nullptr ? bytes{} : compat::ticket_of(*session);
}

status engine::export_keying_material(std::string_view label,
                                      std::optional<bytes> context,
                                      mutable_bytes output) const noexcept {
    return secrets_.derive(label, context, output);
}

std::size_t engine::finished(spi::finished_by whose, mutable_bytes output) const noexcept {
    const bytes data =
        whose == spi::finished_by::us ? compat::own_finished(*ssl_) : compat::peer_finished(*ssl_);
    if (data.size() > output.size()) {
        return 0;
    }
    std::copy(data.begin(), data.end(), output.begin());
    return data.size();
}

void engine::release() noexcept {
    unmake(this);
}

void engine::begin(bytes input, byte_sink& output) noexcept {
    wire_.begin(input, output);
}

int engine::receive_wire(unsigned char* data, std::size_t size) noexcept {
    if (reading_ && !compat::handshake_over(*ssl_)) {
        // A new handshake goes step by step, once `mbedtls_ssl_read` has come back.
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    // mbedTLS passes over alerts of a level that there is not; its next question shows that it did.
    if (compat::between_records(*ssl_) && compat::record_type(*ssl_) == MBEDTLS_SSL_MSG_ALERT) {
        const std::uint8_t level = compat::alert_of(*ssl_)[0];
        if (level != MBEDTLS_SSL_ALERT_LEVEL_WARNING && level != MBEDTLS_SSL_ALERT_LEVEL_FATAL) {
            return refuse(
                {.code = errc::illegal_parameter, .alert = alert_description::illegal_parameter});
        }
    }
    return wire_.receive(data, size);
}

progress engine::outcome(int result) noexcept {
    progress step{.consumed = wire_.consumed()};
    switch (result) {
    case 0:
        break;
    case MBEDTLS_ERR_SSL_WANT_READ:
        step.next = want::input;
        break;
    case MBEDTLS_ERR_SSL_WANT_WRITE:
        step.next = want::output;
        break;
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        step.error = {.code = errc::closed, .alert = alert_description::close_notify};
        break;
    default:
        step.error = failure(result);
    }
    wire_.end();
    return step;
}

/// What went wrong, told to the peer where mbedTLS has not done so.
status engine::failure(int result) noexcept {
    if (result == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
        return {.code = errc::alert_received,
                .alert = static_cast<alert_description>(compat::alert_of(*ssl_)[1]),
                .native = result};
    }
    status why = fault_;
    if (!why) {
        why = fault_of_header(compat::record_header(*ssl_));
        why = why ? why : status_of(result, errc::protocol_failure);
        why.native = result;
    }
    if (wire_.alert_sent()) {
        if (wire_.alert() != alert_description::none) {
            why.alert = wire_.alert();
        }
        if (why.alert == alert_description::no_application_protocol) {
            why.code = errc::no_application_protocol;
        }
    } else if (why.alert != alert_description::none) {
        mbedtls_ssl_send_alert_message(ssl_.get(), alert_level_fatal,
                                       static_cast<unsigned char>(why.alert));
    }
    return why;
}

}  // namespace polytls::mbedtls
