#include "endpoint_state.hpp"

#include "protocol_names.hpp"

#include <utility>

namespace polytls {

void endpoint::state::open() {
    settings.host = host;
    settings.server_name = server_name;
    settings.protocols = protocol_list(protocols);
    settings.session = offered_session;
    settings.observer = this;
    // Always by way of `check_identity`: a refusal is to name what the certificate is for.
    settings.own_identity_check = true;
    settings.ask_server_context = static_cast<bool>(ask_context);
    settings.ask_application_protocol = static_cast<bool>(ask_protocol);
    tls.emplace(context.implementation(), settings);
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

    if (open == question::server_context) {
        ask_context(tls->server_name(), make_answer<secure_context>(open));
    } else {
        ask_protocol(tls->server_name(), detail::to_names(tls->hello()->protocols),
                     make_answer<std::string>(open));
    }
    return asked == question::none;
}

template <class T>
late_answer<T> endpoint::state::make_answer(question to) {
    return late_answer<T>([weak = weak_from_this(), to](result<T> answer) {
        const auto self = weak.lock();
        if (self && self->asked == to && self->tls->open_question() == to) {
            self->asked = question::none;
            self->choose(std::move(answer));
            self->after_answer();
        }
    });
}

void endpoint::state::choose(result<secure_context> answer) {
    if (!answer) {
        refuse(std::move(answer.error()), alert_description::unrecognized_name);
        return;
    }
    chosen = *std::move(answer);
    static_cast<void>(tls->choose_context(chosen ? &chosen.implementation() : nullptr));
}

void endpoint::state::choose(result<std::string> answer) {
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
        altnames = !parsed->subjectaltname.empty()
                       ? parsed->subjectaltname
                       : "CN:" + std::string(parsed->subject_field("CN"));
    }
    return checked;
}

}  // namespace polytls
