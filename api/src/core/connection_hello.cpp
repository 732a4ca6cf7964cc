// The part of a connection that comes before the library: the server's reading of the ClientHello,
// the decisions taken on it, and the making of the engine.
#include "hello_state.hpp"

#include <polytls/core/connection.hpp>
#include <polytls/core/session_envelope.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <array>
#include <new>
#include <optional>

namespace polytls {
namespace {

/// The alert for a ClientHello that cannot be taken. Bytes that are not TLS get none: whoever sent
/// them would not understand it.
alert_description alert_for_hello(errc fault) noexcept {
    switch (fault) {
    case errc::unexpected_message:
        return alert_description::unexpected_message;
    case errc::illegal_parameter:
        return alert_description::illegal_parameter;
    case errc::record_overflow:
        return alert_description::record_overflow;
    case errc::no_memory:
        return alert_description::internal_error;
    case errc::wrong_version_number:
        return alert_description::none;
    default:
        return alert_description::decode_error;
    }
}

/// The id of a session that a server may have stored, of all that the client offers.
bytes id_asked_for(const client_hello& hello, version_range spoken) noexcept {
    constexpr std::size_t longest_id = 32;
    if (hello.best_version(spoken) != protocol_version::tls1_3) {
        // Beside a ticket the id is the client's own invention (RFC 5077, section 3.4).
        return hello.session_ticket.empty() ? hello.session_id : bytes{};
    }
    // What is not as short as an id is a ticket that holds its session.
    const bytes identities = hello.pre_shared_keys;
    if (identities.size() < 2) {
        return {};
    }
    const auto size = static_cast<std::size_t>(identities[0] << 8U | identities[1]);
    return size <= longest_id && size + 2 <= identities.size() ? identities.subspan(2, size)
                                                               : bytes{};
}

}  // namespace

const client_hello* connection::hello() const noexcept {
    return question_ != question::none && hello_ != nullptr ? &hello_->hello : nullptr;
}

bytes connection::wanted_session() const noexcept {
    return question_ == question::session ? id_asked_for(hello_->hello, context_->versions())
                                          : bytes{};
}

status connection::choose_context(const spi::context* context) noexcept {
    if (question_ != question::server_context) {
        return {.code = errc::wrong_state};
    }
    if (context != nullptr) {
        context_ = context;
    }
    hello_->context_decided = true;
    question_ = question::none;
    return {};
}

status connection::choose_protocol(bytes protocol) noexcept {
    if (question_ != question::application_protocol) {
        return {.code = errc::wrong_state};
    }
    const protocol_list offer = hello_->hello.protocols;
    const auto found = std::find_if(offer.begin(), offer.end(), [protocol](bytes name) {
        return std::equal(name.begin(), name.end(), protocol.begin(), protocol.end());
    });
    if (found == offer.end() && !protocol.empty()) {
        return {.code = errc::bad_protocol_list};
    }
    // The view is into the hello, which lives as long as it is needed; the caller's may not.
    hello_->protocol = protocol.empty() ? bytes{} : *found;
    hello_->protocol_decided = true;
    question_ = question::none;
    return {};
}

status connection::choose_session(bytes envelope) noexcept {
    if (question_ != question::session) {
        return {.code = errc::wrong_state};
    }
    hello_->session_decided = true;
    question_ = question::none;
    const spi::backend& backend = context_->owner();
    const std::optional<session_envelope> stored = decode_session_envelope(envelope);
    // What another library wrote, or anything else, is as good as nothing.
    if (stored && stored->backend == backend.name() && stored->version == backend.version() &&
        resumed(stored->note)) {
        hello_->session = stored->blob;
    }
    return {};
}

status connection::choose_ocsp_response(bytes response, bytes certificate) noexcept {
    if (question_ != question::ocsp_response) {
        return {.code = errc::wrong_state};
    }
    hello_->staple = {.response = response, .certificate = certificate};
    hello_->staple_decided = true;
    question_ = question::none;
    return {};
}

const spi::signature_request* connection::signature_wanted() const noexcept {
    return question_ == question::signature ? signature_request_ : nullptr;
}

status connection::choose_signature(bytes signature) noexcept {
    if (question_ != question::signature) {
        return {.code = errc::wrong_state};
    }
    answer_ = signature;
    question_ = question::none;
    return {};
}

bytes connection::psk_wanted() const noexcept {
    return question_ == question::pre_shared_key ? psk_request_->about : bytes{};
}

status connection::choose_psk(bytes identity, bytes key) noexcept {
    if (question_ != question::pre_shared_key) {
        return {.code = errc::wrong_state};
    }
    const bool needs_identity = settings_->side == role::client && !key.empty();
    const bool has_nul = std::find(identity.begin(), identity.end(), 0) != identity.end();
    if (key.size() > max_psk || identity.size() > max_psk_identity || has_nul ||
        (needs_identity && identity.empty())) {
        return {.code = errc::invalid_argument};
    }
    answer_ = key;
    psk_identity_ = identity;
    psk_given_ = !key.empty();
    question_ = question::none;
    return {};
}

void connection::session_stored() noexcept {
    if (sessions_to_store_ != 0 && --sessions_to_store_ == 0 &&
        question_ == question::session_stored) {
        question_ = question::none;
    }
}

status connection::refuse(status error) noexcept {
    if (question_ == question::none) {
        return {.code = errc::wrong_state};
    }
    refusal_ = error ? error : status{.code = errc::refused_by_callback};
    question_ = question::none;
    return {};
}

status connection::take_hello() noexcept {
    void* block = memory_->allocate(memory_->user, sizeof(hello_state));
    if (block == nullptr) {
        return {.code = errc::no_memory, .alert = alert_description::internal_error};
    }
    hello_ = new (block) hello_state(*memory_);
    return {};
}

void connection::drop_hello() noexcept {
    if (hello_ != nullptr) {
        hello_->~hello_state();
        memory_->release(memory_->user, hello_);
        hello_ = nullptr;
    }
}

progress connection::gather(bytes input, byte_sink& output) noexcept {
    progress sum;
    if (hello_->hello.legacy_version == 0) {
        sum = hello_->reader.feed(input);
        if (sum.error) {
            sum.error.alert = alert_for_hello(sum.error.code);
            return fail(sum.error, output);
        }
        if (sum.next == want::input) {
            return sum;
        }
        status wrong = parse_client_hello(hello_->reader.message(), hello_->hello);
        if (wrong) {
            wrong.alert = alert_for_hello(wrong.code);
            return fail(wrong, output);
        }
    }
    if (const status refused = decide()) {
        return fail(refused, output);
    }
    if (question_ != question::none) {
        sum.next = want::decision;
        return sum;
    }
    const progress fed = feed_hello(output);
    sum.next = fed.next;
    sum.error = fed.error;
    return sum;
}

status connection::decide() noexcept {
    const client_hello& hello = hello_->hello;
    if (server_name_ == nullptr && !hello.server_name.empty()) {
        server_name_ =
            static_cast<char*>(memory_->allocate(memory_->user, hello.server_name.size()));
        if (server_name_ == nullptr) {
            return {.code = errc::no_memory, .alert = alert_description::internal_error};
        }
        std::copy(hello.server_name.begin(), hello.server_name.end(), server_name_);
        server_name_size_ = static_cast<std::uint8_t>(hello.server_name.size());
    }
    if (settings_->ask_server_context && !hello_->context_decided && server_name_size_ != 0) {
        question_ = question::server_context;
        return {};
    }
    if (!hello.best_version(context_->versions())) {
        return {.code = errc::unsupported_protocol, .alert = alert_description::protocol_version};
    }
    if (const status refused = decide_protocol(); refused || question_ != question::none) {
        return refused;
    }
    if (settings_->keep_sessions && !hello_->session_decided &&
        !id_asked_for(hello, context_->versions()).empty()) {
        question_ = question::session;
    } else if (settings_->ask_ocsp_response && !hello_->staple_decided && hello.wants_ocsp) {
        question_ = question::ocsp_response;
    }
    return {};
}

status connection::decide_protocol() noexcept {
    const protocol_list offer = hello_->hello.protocols;
    if (offer.empty() || hello_->protocol_decided) {
        return {};
    }
    if (settings_->ask_application_protocol) {
        question_ = question::application_protocol;
        return {};
    }
    hello_->protocol_decided = true;
    if (!settings_->protocols.empty()) {
        hello_->protocol = select_protocol(settings_->protocols, offer);
        if (hello_->protocol.empty()) {
            return {.code = errc::no_application_protocol,
                    .alert = alert_description::no_application_protocol};
        }
    }
    return {};
}

progress connection::feed_hello(byte_sink& output) noexcept {
    if (const status failed = make_engine()) {
        return fail(failed, output);
    }
    phase_ = phase::handshaking;
    // The message goes to the library in records of our own: some libraries cannot take a
    // ClientHello that its sender has split, and records are not part of what the handshake signs.
    bytes message = hello_->reader.message();
    // Records of any version may carry a hello, but not every library takes them.
    const auto version = std::clamp<std::uint16_t>(hello_->reader.record_version(), 0x0301, 0x0303);
    progress step;
    while (!message.empty() && !step.error && step.next != want::output) {
        const bytes part = message.first(std::min(message.size(), max_fragment));
        const std::array<std::uint8_t, 5> header = {
            22, static_cast<std::uint8_t>(version >> 8U), static_cast<std::uint8_t>(version),
            static_cast<std::uint8_t>(part.size() >> 8U), static_cast<std::uint8_t>(part.size())};
        message = message.subspan(part.size());
        step = drive(header, output);
        if (!step.error) {
            step = drive(part, output);
        }
    }
    drop_hello();
    return {.next = step.next, .error = step.error};
}

spi::peer_certificate connection::peer_question() const noexcept {
    if (settings_->side == role::client) {
        return spi::peer_certificate::required;
    }
    return !request_certificate_  ? spi::peer_certificate::not_requested
           : reject_unauthorized_ ? spi::peer_certificate::required
                                  : spi::peer_certificate::requested;
}

status connection::make_engine() noexcept {
    spi::engine_config config{.side = settings_->side,
                              .peer = peer_question(),
                              .next_protocols = settings_->next_protocols,
                              .ticket_keys = settings_->ticket_keys,
                              .request_ocsp = settings_->request_ocsp,
                              .psk_hint = settings_->psk_hint,
                              .pre_shared_keys = settings_->pre_shared_keys,
                              .log_keys = settings_->log_keys,
                              .tell_sessions =
                                  settings_->observer != nullptr && !settings_->pre_shared_keys};
    if (settings_->side == role::server) {
        config.hello = &hello_->hello;
        config.keeps_sessions = settings_->keep_sessions;
        config.session = hello_->session;
        config.staple = hello_->staple;
        // The view of a name in a list stands behind its length: name and length are a list of one.
        if (!hello_->protocol.empty()) {
            config.protocols =
                protocol_list(bytes(hello_->protocol.data() - 1, hello_->protocol.size() + 1));
        }
        return context_->make_engine(config, *this, engine_);
    }

    config.server_name = settings_->server_name;
    config.protocols = settings_->protocols;
    const spi::backend& backend = context_->owner();
    const std::optional<session_envelope> offered = decode_session_envelope(settings_->session);
    // A session of another library, name or verdict is passed over: the handshake is then a full
    // one.
    if (offered && !settings_->pre_shared_keys && offered->backend == backend.name() &&
        offered->version == backend.version() && offered->server_name == settings_->server_name &&
        offered->host == settings_->host &&
        (offered->verification == verify_code::ok || !settings_->reject_unauthorized)) {
        kept_verification_ = offered->verification;
        kept_certificate_ = true;
        session_trusted_ = true;
        config.session = offered->blob;
    }
    status made = context_->make_engine(config, *this, engine_);
    if (made.code == errc::bad_session) {
        config.session = {};
        made = context_->make_engine(config, *this, engine_);
    }
    return made;
}

}  // namespace polytls
