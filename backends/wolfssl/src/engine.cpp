#include "engine.hpp"

#include "capabilities.hpp"
#include "choice.hpp"
#include "clock.hpp"
#include "errors.hpp"
#include "memory.hpp"
#include "session.hpp"

#include <polytls/core/client_hello.hpp>

#include <wolfssl/error-ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <algorithm>

namespace polytls::wolfssl {

status engine::make(const context& from,
                    const spi::engine_config& config,
                    spi::handshake_events& events,
                    spi::handle<spi::engine>& made) noexcept {
    auto* own = wolfssl::make<engine>(from, events);
    if (own == nullptr) {
        return {.code = errc::no_memory};
    }
    spi::handle<spi::engine> holder(own);
    const clock_scope now(events.now().unix_time);
    const status failed = own->prepare(config);
    wolfSSL_ERR_clear_error();
    if (!failed) {
        made = std::move(holder);
    }
    return failed;
}

engine::engine(const context& from, spi::handshake_events& events) noexcept
    : context_(&from), events_(&events) {
    context_->retain();
}

engine::~engine() {
    blob::wipe(ticket_keys_.data(), ticket_keys_.size());
    ssl_.reset();
    kept_.reset();
    context_->drop();
}

void engine::use_callbacks(WOLFSSL_CTX* ctx) noexcept {
    wolfSSL_CTX_set_alpn_select_cb(ctx, choose_protocol, nullptr);
}

engine& engine::of(WOLFSSL* ssl) noexcept {
    return *static_cast<engine*>(wolfSSL_get_ex_data(ssl, 0));
}

progress engine::handshake(bytes input, byte_sink& output) noexcept {
    const clock_scope now(events_->now().unix_time);
    if (!begin(input, output)) {
        return finish({.next = want::output});
    }
    if (failure_) {
        return finish({.error = failure_});
    }
    if (wolfSSL_is_server(ssl_.get()) == 1 && refusal_) {
        refusal_.alert = alert_of(refusal_.code);
        wire_.send_alert(refusal_.alert);
        return fail(refusal_);
    }
    if (!check_first_header()) {
        first_header_error_.alert = alert_of(first_header_error_.code);
        wire_.send_alert(first_header_error_.alert);
        return fail(first_header_error_);
    }
    if (!pass_gate()) {
        return wire_.ran_out_of_memory() ? fail({.code = errc::no_memory})
                                         : finish({.next = want::input});
    }
    const int result = wolfSSL_negotiate(ssl_.get());
    if (result == WOLFSSL_SUCCESS && !complete_) {
        complete_ = true;
        log_keys();
    }
    return outcome(result);
}

progress engine::read(bytes input, mutable_bytes plaintext, byte_sink& output) noexcept {
    const clock_scope now(events_->now().unix_time);
    if (!begin(input, output)) {
        return finish({.next = want::output});
    }
    if (failure_) {
        return finish({.error = failure_});
    }
    std::size_t produced = 0;
    while (produced < plaintext.size()) {
        const int count = wolfSSL_read(ssl_.get(), plaintext.data() + produced,
                                       static_cast<int>(std::min<std::size_t>(
                                           plaintext.size() - produced, std::size_t{1} << 24U)));
        if (count <= 0) {
            progress step = outcome(count);
            step.produced = produced;
            return step;
        }
        produced += static_cast<std::size_t>(count);
    }
    return finish({.produced = produced});
}

progress engine::write(bytes plaintext, byte_sink& output) noexcept {
    const clock_scope now(events_->now().unix_time);
    if (!begin({}, output)) {
        return finish({.next = want::output});
    }
    if (written_ != 0) {
        // The record went out with the last of what was kept.
        progress done = finish({});
        done.consumed = std::exchange(written_, 0);
        return done;
    }
    const std::size_t size = std::min<std::size_t>(plaintext.size(), 16384);
    const int count = wolfSSL_write(ssl_.get(), plaintext.data(), static_cast<int>(size));
    if (count <= 0) {
        return outcome(count);
    }
    if (wire_.has_output_left()) {
        written_ = static_cast<std::size_t>(count);
        return finish({.next = want::output});
    }
    progress done = finish({});
    done.consumed = static_cast<std::size_t>(count);
    return done;
}

progress engine::update_keys(bool /*of_peer*/, byte_sink& output) noexcept {
    const clock_scope now(events_->now().unix_time);
    if (!begin({}, output)) {
        return finish({.next = want::output});
    }
    if (std::exchange(updating_, false)) {
        return finish({});
    }
    const int result = wolfSSL_update_keys(ssl_.get());
    if (result != WOLFSSL_SUCCESS) {
        return finish({.error = {.code = errc::wrong_state, .native = result}});
    }
    updating_ = wire_.has_output_left();
    return finish({.next = updating_ ? want::output : want::nothing});
}

progress engine::renegotiate(spi::peer_certificate /*peer*/, byte_sink& /*output*/) noexcept {
    return {.error = {.code = errc::unsupported_by_backend}};
}

progress engine::close(byte_sink& output) noexcept {
    const clock_scope now(events_->now().unix_time);
    if (!begin({}, output)) {
        return finish({.next = want::output});
    }
    if (!closed_) {
        closed_ = true;
        wolfSSL_shutdown(ssl_.get());
        wolfSSL_ERR_clear_error();
    }
    return finish({.next = wire_.has_output_left() ? want::output : want::nothing});
}

void engine::release_buffers() noexcept {
    // wolfSSL gives its record buffers back by itself, whenever they are empty.
}

spi::negotiated engine::facts() const noexcept {
    WOLFSSL* ssl = ssl_.get();
    const auto version = static_cast<protocol_version>(wolfSSL_version(ssl));
    const bool resumed = wolfSSL_session_reused(ssl) == 1;
    const auto suite = static_cast<cipher_suite_id>(wolfSSL_get_current_cipher_suite(ssl) & 0xffff);
    // Before TLS 1.3 a resumed session has no key exchange.
    const bool exchanged = !resumed || version >= protocol_version::tls1_3;
    const bool by_numbers = is_dhe(suite) && exchanged;
    const named_group group =
        exchanged && !by_numbers ? group_of(wolfSSL_get_curve_name(ssl)) : named_group::none;
    const int dh_bits = by_numbers ? wolfSSL_GetDhKey_Sz(ssl) : 0;
    return {.version = version,
            .cipher_suite = suite,
            .group = group,
            .dh_size = static_cast<std::uint16_t>(
                dh_bits > 0 && wolfSSL_is_server(ssl) == 0 ? dh_bits : 0),
            .resumed = resumed};
}

std::size_t engine::shared_signature_schemes(std::span<signature_scheme> schemes) const noexcept {
    std::copy_n(shared_schemes_.begin(), std::min(schemes.size(), shared_scheme_count_),
                schemes.begin());
    return shared_scheme_count_;
}

std::size_t engine::shared_groups(std::span<named_group> groups) const noexcept {
    std::copy_n(shared_groups_.begin(), std::min(groups.size(), shared_group_count_),
                groups.begin());
    return shared_group_count_;
}

bytes engine::application_protocol() const noexcept {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    wolfSSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {name, size};
}

bytes engine::next_protocol() const noexcept {
    return {};
}

status engine::peer_certificates(byte_sink& output) const noexcept {
    return output.append(peer_chain_.view()) == peer_chain_.size()
               ? status{}
               : status{.code = errc::no_memory};
}

bytes engine::ocsp_response() const noexcept {
    return {};
}

bytes engine::session_ticket() const noexcept {
    word32 size = 0;
    if (wolfSSL_is_server(ssl_.get()) == 1) {
        return {};
    }
    constexpr std::size_t longest = 65535;
    if (!ticket_.resize(longest)) {
        return {};
    }
    size = longest;
    if (wolfSSL_get_SessionTicket(ssl_.get(), ticket_.span().data(), &size) != WOLFSSL_SUCCESS) {
        size = 0;
    }
    static_cast<void>(ticket_.resize(size));
    return ticket_.view();
}

status engine::export_keying_material(std::string_view label,
                                      std::optional<bytes> context,
                                      mutable_bytes output) const noexcept {
    const bytes about = context.value_or(bytes{});
    const int done =
        wolfSSL_export_keying_material(ssl_.get(), output.data(), output.size(), label.data(),
                                       label.size(), about.data(), about.size(), context ? 1 : 0);
    wolfSSL_ERR_clear_error();
    return done == WOLFSSL_SUCCESS ? status{} : status{.code = errc::invalid_argument};
}

std::size_t engine::finished(spi::finished_by whose, mutable_bytes output) const noexcept {
    const auto get =
        whose == spi::finished_by::us ? wolfSSL_get_finished : wolfSSL_get_peer_finished;
    std::array<std::uint8_t, 64> room{};
    const std::size_t size = complete_ ? get(ssl_.get(), room.data(), room.size()) : 0;
    if (size > output.size()) {
        return 0;
    }
    std::copy_n(room.begin(), size, output.begin());
    return size;
}

void engine::release() noexcept {
    unmake(this);
}

bool engine::begin(bytes input, byte_sink& output) noexcept {
    wolfSSL_ERR_clear_error();
    wire_.begin(input, output);
    return wire_.flush();
}

progress engine::finish(progress step) noexcept {
    step.consumed = wire_.end();
    // wolfSSL leaves errors behind that it got over, and its queue grows without bounds.
    wolfSSL_ERR_clear_error();
    return step;
}

progress engine::fail(status why) noexcept {
    failure_ = why;
    return finish(wire_.has_output_left() ? progress{.next = want::output}
                                          : progress{.error = why});
}

progress engine::outcome(int result) noexcept {
    const int native =
        result > 0 ? static_cast<int>(WOLFSSL_ERROR_NONE) : wolfSSL_get_error(ssl_.get(), result);
    if (wire_.ran_out_of_memory()) {
        return fail({.code = errc::no_memory, .native = native});
    }
    if (wire_.heard_malformed_alert() && !complete_) {
        wire_.send_alert(alert_description::decode_error);
        return fail({.code = errc::decode_error, .alert = alert_description::decode_error});
    }
    switch (native) {
    case WOLFSSL_ERROR_NONE:
        return finish({.next = wire_.has_output_left() ? want::output : want::nothing});
    case WOLFSSL_ERROR_WANT_READ:
        return finish({.next = wire_.has_output_left() ? want::output : want::input});
    case WOLFSSL_ERROR_WANT_WRITE:
        return finish({.next = want::output});
    case WOLFSSL_ERROR_ZERO_RETURN:
        return finish({.error = {.code = errc::closed, .alert = alert_description::close_notify}});
    default:
        return fail(error_of(native));
    }
}

status engine::error_of(int native) noexcept {
    status why = status_of(native, errc::protocol_failure);
    WOLFSSL_ALERT_HISTORY alerts{};
    wolfSSL_get_alert_history(ssl_.get(), &alerts);
    constexpr int fatal = 2;
    if (native == FATAL_ERROR && alerts.last_rx.level == fatal) {
        why.code = errc::alert_received;
        why.alert = static_cast<alert_description>(alerts.last_rx.code);
        return why;
    }
    if (refusal_) {
        why.code = refusal_.code;
    }
    if (wire_.sent_something() && alerts.last_tx.level == fatal) {
        why.alert = static_cast<alert_description>(alerts.last_tx.code);
        if (refusal_ && refusal_.alert != alert_description::none && wire_.in_plain_text()) {
            why.alert = refusal_.alert;
        }
    } else if (wire_.in_plain_text()) {
        // wolfSSL says nothing in some cases.
        why.alert = refusal_ && refusal_.alert != alert_description::none ? refusal_.alert
                                                                          : alert_of(why.code);
        wire_.send_alert(why.alert);
    }
    return why;
}

bool engine::check_first_header() noexcept {
    const bytes rest = wire_.rest();
    const std::size_t wanted = first_header_.size() - first_header_size_;
    const std::size_t count = std::min(wanted, rest.size());
    std::copy_n(rest.begin(), count,
                first_header_.begin() + static_cast<std::ptrdiff_t>(first_header_size_));
    first_header_size_ += count;
    if (count != 0) {
        first_header_error_ = check_record_header(bytes(first_header_).first(first_header_size_));
        constexpr std::uint8_t change_cipher_spec = 20;
        // Which may come at any time but first (RFC 8446, section 5).
        if (first_header_[0] == change_cipher_spec) {
            first_header_error_ = {.code = errc::unexpected_message};
        }
    }
    return !first_header_error_;
}

bool engine::pass_gate() noexcept {
    if (!gated_ || wire_.rest().empty()) {
        return true;
    }
    const bytes rest = wire_.rest();
    const auto found = gate_.look(rest);
    wire_.take(rest.size());
    if (found == server_hello_gate::finding::unknown) {
        return false;
    }
    gated_ = false;
    if (found == server_hello_gate::finding::refused) {
        wolfSSL_set_SessionTicket(ssl_.get(), reinterpret_cast<const unsigned char*>(""), 0);
    }
    return !gate_.ran_out_of_memory() && wire_.give(gate_.held());
}

bool engine::has_rejected(bytes iv) const noexcept {
    return has_rejected_ && std::ranges::equal(iv, rejected_);
}

void engine::note_rejected(bytes iv) noexcept {
    has_rejected_ = true;
    std::ranges::copy(iv, rejected_.begin());
}

bytes engine::kept_session(bytes id) const noexcept {
    const bytes content = kept_content_.view();
    return content.size() > id.size() && std::ranges::equal(content.first(id.size()), id)
               ? content.subspan(id.size())
               : bytes{};
}

WOLFSSL_SESSION* engine::kept_session_named(bytes id) const noexcept {
    unsigned size = 0;
    const unsigned char* own = kept_ ? wolfSSL_SESSION_get_id(kept_.get(), &size) : nullptr;
    return own != nullptr && std::ranges::equal(bytes(own, size), id) ? kept_.get() : nullptr;
}

void engine::tell_kept(bytes id, bytes content) noexcept {
    blob all;
    blob encoded;
    if (all.append(id) && all.append(content) &&
        encode_session({.owner = session_owner::server,
                        .version = protocol_version::tls1_3,
                        .id_context = id_context(),
                        .content = all.view()},
                       encoded)) {
        events_->new_session(id, encoded.view());
    }
}

void engine::tell_session(WOLFSSL_SESSION* session) noexcept {
    const bool server = wolfSSL_is_server(ssl_.get()) == 1;
    const auto version = static_cast<protocol_version>(wolfSSL_version(ssl_.get()));
    if (server && (!keeps_sessions_ || version >= protocol_version::tls1_3)) {
        return;
    }
    blob content;
    blob encoded;
    if (!write_session(session, content)) {
        return;
    }
    session_record record{.owner = server ? session_owner::server : session_owner::client,
                          .version = version,
                          .id_context = server ? id_context() : bytes{},
                          .content = content.view()};
    const bytes ticket = session_ticket();
    const auto at =
        std::search(record.content.begin(), record.content.end(), ticket.begin(), ticket.end());
    if (!ticket.empty() && at != record.content.end()) {
        record.ticket = record.content.subspan(
            static_cast<std::size_t>(at - record.content.begin()), ticket.size());
    }
    if (!encode_session(record, encoded)) {
        return;
    }
    if (!server) {
        if (tells_sessions_) {
            events_->session(encoded.view());
        }
        return;
    }
    unsigned size = 0;
    const unsigned char* id = wolfSSL_SESSION_get_id(session, &size);
    if (size != 0) {
        events_->new_session({id, size}, encoded.view());
    }
}

}  // namespace polytls::wolfssl
