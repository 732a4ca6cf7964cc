#include "hello_state.hpp"

#include <polytls/core/connection.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace polytls {
namespace {

constexpr std::uint8_t alert_content_type = 21;
constexpr std::uint8_t fatal = 2;

/// An alert that is sent before the library knows of the connection, hence in plain text.
void append_alert(alert_description alert, byte_sink& output) noexcept {
    const std::array<std::uint8_t, 7> record = {
        alert_content_type, 3, 3, 0, 2, fatal, static_cast<std::uint8_t>(alert)};
    output.append(record);
}

/// Adds up the parts of a step.
void add(progress& sum, const progress& part) noexcept {
    sum.consumed += part.consumed;
    sum.produced += part.produced;
    sum.next = part.next;
    sum.error = part.error;
}

progress stopped(status why) noexcept {
    return {.error = why};
}

}  // namespace

connection::connection(const spi::context& context, const connection_settings& settings) noexcept
    : context_(&context), settings_(&settings), memory_(&context.owner().memory()),
      request_certificate_(settings.request_certificate),
      reject_unauthorized_(settings.reject_unauthorized) {}

connection::~connection() {
    drop_hello();
    if (server_name_ != nullptr) {
        memory_->release(memory_->user, server_name_);
    }
}

progress connection::handshake(bytes input, byte_sink& output, moment now) noexcept {
    now_ = now;
    expire(now);
    if (error_ || phase_ == phase::open) {
        return stopped(error_);
    }
    if (phase_ == phase::start) {
        if (const status failed = start()) {
            return fail(failed, output);
        }
    }
    // Once the library is in the middle of it, it ends the handshake itself.
    if (refusal_ && phase_ != phase::handshaking) {
        return fail(refusal_, output);
    }
    if (question_ != question::none) {
        return {.next = want::decision};
    }
    if (phase_ == phase::storing) {
        open();
        return {};
    }

    progress sum;
    if (phase_ == phase::gathering) {
        sum = gather(input, output);
        if (phase_ != phase::handshaking || sum.error) {
            return sum;
        }
    } else if (!first_header_checked()) {
        sum = check_first_header(input, output);
        if (sum.error || sum.next != want::nothing) {
            return sum;
        }
    }
    add(sum, drive(input.subspan(sum.consumed), output));
    return sum;
}

progress
connection::read(bytes input, mutable_bytes plaintext, byte_sink& output, moment now) noexcept {
    now_ = now;
    if (error_) {
        return stopped(error_);
    }
    if (phase_ != phase::open) {
        return stopped({.code = errc::wrong_state});
    }
    if (peer_closed_) {
        return stopped({.code = errc::closed, .alert = alert_description::close_notify});
    }
    if (plaintext.empty()) {
        return {};
    }
    if (question_ != question::none) {
        return {.next = want::decision};
    }
    progress step = deferred_ ? stopped(deferred_) : engine_->read(input, plaintext, output);
    if (step.error && step.produced != 0) {
        deferred_ = std::exchange(step.error, {});
    } else if (step.error.code == errc::closed) {
        peer_closed_ = true;
    } else if (step.error) {
        latch(reason(step.error));
        step.error = error_;
    } else if (step.next == want::input && step.produced == 0 && input_ended_) {
        step.next = want::nothing;
        step.error = {.code = settings_->allow_truncation ? errc::closed : errc::truncated};
    }
    return step;
}

progress connection::write(bytes plaintext, byte_sink& output, moment now) noexcept {
    now_ = now;
    if (error_) {
        return stopped(error_);
    }
    if (phase_ != phase::open || closed_) {
        return stopped({.code = errc::wrong_state});
    }
    std::size_t consumed = 0;
    while (consumed < plaintext.size()) {
        const bytes rest = plaintext.subspan(consumed);
        // A record that is half out must be offered again as it was.
        const std::size_t size =
            write_pending_ != 0 ? write_pending_ : std::size_t{max_send_fragment_};
        const bytes fragment = rest.first(std::min(size, rest.size()));
        const progress step = engine_->write(fragment, output);
        write_pending_ = step.next == want::output ? fragment.size() : 0;
        consumed += step.consumed;
        if (step.error) {
            latch(step.error);
        }
        if (step.error || step.next != want::nothing) {
            return {.consumed = consumed, .next = step.next, .error = step.error};
        }
    }
    return {.consumed = consumed};
}

progress connection::renegotiate(const renegotiation& how, byte_sink& output, moment now) noexcept {
    now_ = now;
    if (error_) {
        return stopped(error_);
    }
    if (phase_ != phase::open || closed_ || peer_closed_ || renegotiating_ ||
        question_ != question::none) {
        return stopped({.code = errc::wrong_state});
    }
    if (engine_->facts().version >= protocol_version::tls1_3) {
        return stopped({.code = errc::renegotiation_unavailable});
    }
    request_certificate_ = how.request_certificate;
    reject_unauthorized_ = how.reject_unauthorized;
    const progress step = engine_->renegotiate(peer_question(), output);
    if (!step.error) {
        renegotiating_ = true;
        set_deadline();
    }
    return step;
}

progress connection::update_keys(bool of_peer, byte_sink& output, moment now) noexcept {
    now_ = now;
    if (error_) {
        return stopped(error_);
    }
    if (phase_ != phase::open || closed_ || write_pending_ != 0 ||
        engine_->facts().version < protocol_version::tls1_3) {
        return stopped({.code = errc::wrong_state});
    }
    return engine_->update_keys(of_peer, output);
}

progress connection::close(byte_sink& output, moment now) noexcept {
    now_ = now;
    if (error_) {
        return stopped(error_);
    }
    if (phase_ != phase::open) {
        return fail({.code = errc::destroyed, .alert = alert_description::user_canceled}, output);
    }
    if (closed_) {
        return {};
    }
    const progress step = engine_->close(output);
    closed_ = step.next != want::output;
    if (step.error) {
        latch(step.error);
    }
    return step;
}

void connection::end_of_input() noexcept {
    input_ended_ = true;
    if (phase_ != phase::open && !error_) {
        latch({.code = settings_->side == role::client ? errc::disconnected_before_secure
                                                       : errc::socket_hang_up});
    }
}

void connection::expire(moment now) noexcept {
    if (has_deadline() && now.monotonic >= deadline_ && !error_) {
        latch({.code = errc::handshake_timed_out});
    }
}

spi::negotiated connection::facts() const noexcept {
    return was_open_ ? engine_->facts() : spi::negotiated{};
}

std::size_t
connection::shared_signature_schemes(std::span<signature_scheme> schemes) const noexcept {
    return was_open_ ? engine_->shared_signature_schemes(schemes) : 0;
}

std::size_t connection::shared_groups(std::span<named_group> groups) const noexcept {
    return was_open_ ? engine_->shared_groups(groups) : 0;
}

bytes connection::application_protocol() const noexcept {
    return engine_ ? engine_->application_protocol() : bytes{};
}

status connection::export_keying_material(std::string_view label,
                                          std::optional<bytes> context,
                                          mutable_bytes output) const noexcept {
    if (!was_open_) {
        return {.code = errc::wrong_state};
    }
    if (output.empty()) {
        return {.code = errc::invalid_argument};
    }
    return engine_->export_keying_material(label, context, output);
}

std::size_t connection::finished(spi::finished_by whose, mutable_bytes output) const noexcept {
    return was_open_ ? engine_->finished(whose, output) : 0;
}

bytes connection::next_protocol() const noexcept {
    return engine_ ? engine_->next_protocol() : bytes{};
}

bytes connection::ocsp_response() const noexcept {
    return engine_ ? engine_->ocsp_response() : bytes{};
}

bytes connection::session_ticket() const noexcept {
    return engine_ && settings_->side == role::client ? engine_->session_ticket() : bytes{};
}

std::string_view connection::server_name() const noexcept {
    return settings_->side == role::client ? settings_->server_name
                                           : std::string_view(server_name_, server_name_size_);
}

bool connection::authorized() const noexcept {
    return phase_ == phase::open &&
           (by_psk_ || (peer_has_certificate_ && verification_ == verify_code::ok));
}

status connection::peer_certificates(byte_sink& output) const noexcept {
    return engine_ ? engine_->peer_certificates(output) : status{};
}

bool connection::set_max_send_fragment(std::size_t size) noexcept {
    if (size < min_fragment || size > max_fragment) {
        return false;
    }
    max_send_fragment_ = static_cast<std::uint16_t>(size);
    return true;
}

void connection::release_buffers() noexcept {
    if (engine_) {
        engine_->release_buffers();
    }
}

status connection::start() noexcept {
    set_deadline();
    if (settings_->side == role::client) {
        phase_ = phase::handshaking;
        return make_engine();
    }
    phase_ = phase::gathering;
    return take_hello();
}

void connection::set_deadline() noexcept {
    // A deadline of zero means that there is none.
    if (settings_->handshake_timeout.count() != 0) {
        deadline_ =
            std::max(now_.monotonic + settings_->handshake_timeout, std::chrono::milliseconds(1));
    }
}

bool connection::must_judge() const noexcept {
    return settings_->side == role::client || request_certificate_;
}

bool connection::judgement_is_missing() noexcept {
    // What a library says of pre-shared keys counts only where one was given in this handshake.
    by_psk_ = psk_given_ && engine_->facts().by_psk;
    return must_judge() && !judged_ && !by_psk_;
}

bool connection::first_header_checked() const noexcept {
    return settings_->side == role::server || first_header_size_ == sizeof first_header_;
}

progress connection::check_first_header(bytes input, byte_sink& output) noexcept {
    // The client speaks first: there is nothing to check before its hello is out.
    if (!hello_sent_) {
        const progress step = drive({}, output);
        if (step.error || step.next == want::output || step.next == want::decision) {
            return step;
        }
        hello_sent_ = true;
    }
    if (first_header_size_ == 0 && input.size() >= sizeof first_header_) {
        first_header_size_ = sizeof first_header_;
        const status wrong = check_record_header(input.first(sizeof first_header_));
        return wrong ? fail(wrong, output) : progress{};
    }
    progress sum{.next = want::input};
    while (!input.empty() && first_header_size_ < sizeof first_header_) {
        first_header_[first_header_size_++] = input[0];
        input = input.subspan(1);
        ++sum.consumed;
        if (const status wrong = check_record_header(bytes(first_header_, first_header_size_))) {
            return fail(wrong, output);
        }
    }
    if (first_header_size_ < sizeof first_header_) {
        return sum;
    }
    const progress step = drive(first_header_, output);
    sum.next = step.next == want::input ? want::nothing : step.next;
    sum.error = step.error;
    return sum;
}

progress connection::drive(bytes input, byte_sink& output) noexcept {
    const progress step = engine_->handshake(input, output);
    if (step.error) {
        latch(reason(step.error));
        return {.consumed = step.consumed, .error = error_};
    }
    return step.next == want::nothing ? complete(step, output) : step;
}

status connection::reason(status of_engine) const noexcept {
    if (refusal_) {
        // What was decided here says more than the library's words for having been refused.
        of_engine.code = refusal_.code;
        // What was really sent, where the library tells: the version may ask for another alert.
        if (of_engine.alert == alert_description::none) {
            of_engine.alert = refusal_.alert;
        }
    }
    return of_engine;
}

progress connection::complete(progress done, byte_sink& output) noexcept {
    take_over_judgement();
    // Whatever a library does, nobody gets in unjudged.
    if (judgement_is_missing()) {
        return fail({.code = errc::internal, .alert = alert_description::internal_error}, output);
    }
    if (sessions_to_store_ != 0) {
        phase_ = phase::storing;
        question_ = question::session_stored;
        done.next = want::decision;
        return done;
    }
    open();
    return done;
}

void connection::take_over_judgement() noexcept {
    if (session_trusted_ && engine_->facts().resumed) {
        verification_ = kept_verification_;
        peer_has_certificate_ = kept_certificate_;
        judged_ = true;
    }
}

void connection::open() noexcept {
    phase_ = phase::open;
    was_open_ = true;
    deadline_ = {};
}

progress connection::fail(status why, byte_sink& output) noexcept {
    if (!engine_ && why.alert != alert_description::none) {
        append_alert(why.alert, output);
    }
    latch(why);
    return stopped(error_);
}

void connection::latch(status why) noexcept {
    error_ = why;
    phase_ = phase::failed;
    question_ = question::none;
    deadline_ = {};
    drop_hello();
}

}  // namespace polytls
