#include "endpoint_state.hpp"

#include "identity_text.hpp"
#include "protocol_names.hpp"
#include "secure_context_state.hpp"
#include "session_store_calls.hpp"
#include "wipe.hpp"

#include <utility>

namespace polytls {

endpoint::state::~state() {
    detail::wipe(psk.key);
}

void endpoint::state::open() {
    settings.host = host;
    settings.server_name = server_name;
    settings.protocols = protocol_list(protocols);
    settings.next_protocols = protocol_list(next_protocols);
    settings.session = offered_session;
    settings.observer = this;
    // Always by way of `check_identity`: a refusal is to name what the certificate is for.
    settings.own_identity_check = true;
    settings.ask_server_context = static_cast<bool>(ask_context);
    settings.ask_application_protocol = static_cast<bool>(ask_protocol);
    settings.ask_ocsp_response = static_cast<bool>(ask_staple);
    settings.keep_sessions = static_cast<bool>(store_session);
    settings.pre_shared_keys = ask_psk || find_psk;
    settings.psk_hint = psk_hint;
    settings.log_keys = static_cast<bool>(key_log_listener);
    if (settings.side == role::server) {
        settings.ticket_keys = ticket_keys;
    }
    tls.emplace(context.implementation(), settings);
}

void endpoint::state::keep_sessions(server_settings& how) {
    store_session = std::move(how.new_session);
    find_session = std::move(how.resume_session);
    if (how.session_store && !store_session && !find_session) {
        store_session = detail::put_into(how.session_store, now);
        find_session = detail::find_in(std::move(how.session_store), now);
    } else if (store_session && !find_session) {
        find_session = [](bytes, const late_answer<std::vector<std::uint8_t>>& done) {
            done(std::vector<std::uint8_t>());
        };
    } else if (find_session && !store_session) {
        store_session = [](bytes, bytes, const std::function<void()>& done) { done(); };
    }
}

bool endpoint::state::ask() {
    const question open = tls->open_question();
    if (asked == open) {
        return false;
    }
    asked = open;
    asking = true;

    struct leave {
        bool& flag;

        ~leave() { flag = false; }
    } left{asking};

    put(open);
    return asked == question::none;
}

const detail::shown_certificate* endpoint::state::certificate_shown() const {
    return detail::shown_to(*tls->hello(), context_in_use().shared_state()->shown);
}

void endpoint::state::put(question open) {
    switch (open) {
    case question::none:
        break;
    case question::server_context:
        ask_context(tls->server_name(), make_answer(open, &state::choose_context));
        break;
    case question::session:
        find_session(tls->wanted_session(), make_answer(open, &state::choose_session));
        break;
    case question::application_protocol:
        ask_protocol(tls->server_name(), detail::to_names(tls->hello()->protocols),
                     make_answer(open, &state::choose_protocol));
        break;
    case question::ocsp_response: {
        if (certificate_shown() == nullptr) {
            asked = question::none;
            static_cast<void>(tls->choose_ocsp_response({}, {}));
            break;
        }
        const auto* shown = certificate_shown();
        ask_staple(shown->certificate, shown->issuer, make_answer(open, &state::choose_staple));
        break;
    }
    case question::session_stored:
        store_sessions();
        break;
    case question::signature: {
        const spi::signature_request& wanted = *tls->signature_wanted();
        context_in_use().shared_state()->sign(
            {.scheme = wanted.scheme, .input = wanted.input, .certificate = wanted.certificate},
            make_answer(open, &state::choose_signature));
        break;
    }
    case question::pre_shared_key:
        if (settings.side == role::client) {
            ask_psk(as_text(tls->psk_wanted()), make_answer(open, &state::choose_psk));
        } else {
            psk.identity = as_text(tls->psk_wanted());
            find_psk(psk.identity, make_answer(open, &state::choose_psk_of_client));
        }
    }
}

template <class T>
late_answer<T> endpoint::state::make_answer(question to, void (state::*choose_by)(result<T>)) {
    return late_answer<T>([weak = weak_from_this(), to, choose_by](result<T> answer) {
        const auto self = weak.lock();
        if (self && self->asked == to && self->tls->open_question() == to) {
            self->asked = question::none;
            ((*self).*choose_by)(std::move(answer));
            self->after_answer();
        }
    });
}

void endpoint::state::store_sessions() {
    for (const auto& [id, data] : std::exchange(sessions_to_store, {})) {
        const auto done = std::make_shared<bool>(false);
        store_session(id, data, [weak = weak_from_this(), done] {
            const auto self = weak.lock();
            if (!self || std::exchange(*done, true)) {
                return;
            }
            self->tls->session_stored();
            if (self->asked == question::session_stored &&
                self->tls->open_question() == question::none) {
                self->asked = question::none;
                self->after_answer();
            }
        });
    }
}

void endpoint::state::choose_session(result<std::vector<std::uint8_t>> answer) {
    if (!answer) {
        refuse(std::move(answer.error()), alert_description::internal_error);
        return;
    }
    found_session = *std::move(answer);
    static_cast<void>(tls->choose_session(found_session));
}

void endpoint::state::choose_staple(result<std::vector<std::uint8_t>> answer) {
    if (!answer) {
        refuse(std::move(answer.error()), alert_description::internal_error);
        return;
    }
    staple = *std::move(answer);
    static_cast<void>(tls->choose_ocsp_response(staple, certificate_shown()->certificate));
}

void endpoint::state::choose_signature(result<std::vector<std::uint8_t>> answer) {
    if (!answer) {
        refuse(std::move(answer.error()), alert_description::internal_error);
        return;
    }
    signature = *std::move(answer);
    static_cast<void>(tls->choose_signature(signature));
}

void endpoint::state::choose_psk(result<psk_credentials> answer) {
    detail::wipe(psk.key);
    if (!answer) {
        refuse(std::move(answer.error()), alert_description::internal_error);
        return;
    }
    psk = *std::move(answer);
    if (tls->choose_psk(as_bytes(psk.identity), psk.key)) {
        refuse(make_failure(errc::invalid_argument,
                            "psk_callback: identities are from 1 to 128 bytes without NUL, keys at "
                            "most 256 bytes",
                            "psk_callback"),
               alert_description::internal_error);
    }
}

void endpoint::state::choose_psk_of_client(result<std::vector<std::uint8_t>> answer) {
    if (!answer) {
        refuse(std::move(answer.error()), alert_description::internal_error);
        return;
    }
    choose_psk(psk_credentials{.identity = psk.identity, .key = *std::move(answer)});
}

void endpoint::state::answer_now() noexcept {
    try {
        ask();
        asked = question::none;
        if (const question open = tls->open_question(); open != question::none) {
            const feature limited =
                open == question::signature ? feature::private_key_operations : feature::psk;
            refuse(context_in_use().backend().refusal(limited), alert_description::internal_error);
        }
    } catch (...) {
        asked = question::none;
        thrown = std::current_exception();
    }
}

void endpoint::state::choose_context(result<secure_context> answer) {
    if (!answer) {
        refuse(std::move(answer.error()), alert_description::unrecognized_name);
        return;
    }
    chosen = *std::move(answer);
    static_cast<void>(tls->choose_context(chosen ? &chosen.implementation() : nullptr));
}

void endpoint::state::choose_protocol(result<std::string> answer) {
    if (!answer) {
        refuse(std::move(answer.error()), alert_description::no_application_protocol);
    } else if (tls->choose_protocol(as_bytes(*answer))) {
        refuse(make_failure(errc::bad_protocol_list,
                            "alpn_callback chose '" + *answer + "', which the client did not offer",
                            "alpn_callback"),
               alert_description::no_application_protocol);
    }
}

void endpoint::state::refuse(failure why, alert_description alert) {
    callback_failure = std::move(why);
    static_cast<void>(tls->refuse({.code = errc::refused_by_callback, .alert = alert}));
}

void endpoint::state::after_answer() {
    // Within the callback, the step that asked goes on by itself.
    if (!asking && answered) {
        answered();
    }
}

void endpoint::state::tell() {
    if (tls->open_question() != question::session_stored) {
        // Of a later handshake, which nothing is held back for.
        store_sessions();
    }
    for (const auto& envelope : std::exchange(new_sessions, {})) {
        latest_session = envelope;
        if (session_listener) {
            session_listener(envelope);
        }
    }
    if (thrown) {
        std::rethrow_exception(std::exchange(thrown, nullptr));
    }
}

void endpoint::state::session(bytes envelope) noexcept {
    try {
        new_sessions.emplace_back(envelope.begin(), envelope.end());
    } catch (...) {
        thrown = std::current_exception();
    }
}

void endpoint::state::new_session(bytes id, bytes envelope) noexcept {
    try {
        sessions_to_store.push_back({.id = std::vector(id.begin(), id.end()),
                                     .data = std::vector(envelope.begin(), envelope.end())});
    } catch (...) {
        thrown = std::current_exception();
    }
}

void endpoint::state::key_log(std::string_view line) noexcept {
    try {
        key_log_listener(line);
    } catch (...) {
        thrown = std::current_exception();
    }
}

status endpoint::state::check_identity(std::string_view /*host*/,
                                       const x509::certificate_view& leaf) noexcept {
    try {
        return check_identity_or_throw(leaf);
    } catch (...) {
        // The peer was not found to be good: whatever went wrong, it is not let in.
        thrown = std::current_exception();
        return {.code = errc::identity_check_rejected};
    }
}

status endpoint::state::check_identity_or_throw(const x509::certificate_view& leaf) {
    const auto parsed = parse_certificate(leaf.der, context_in_use().backend());
    if (!parsed) {
        return {.code = errc::bad_certificate};
    }
    if (own_check) {
        callback_failure = own_check(host, *parsed);
        return {.code = callback_failure ? errc::identity_check_rejected : errc::ok};
    }
    const status checked = check_server_identity(host, leaf);
    if (checked) {
        mismatch = detail::not_in_altnames(host, *parsed);
    }
    return checked;
}

}  // namespace polytls
