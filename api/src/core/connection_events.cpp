// What a connection answers its engine: the judgement of the peer, and what is kept with sessions.
#include <polytls/core/connection.hpp>
#include <polytls/core/session_envelope.hpp>
#include <polytls/core/session_note.hpp>
#include <polytls/core/verdict.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <utility>

namespace polytls {

spi::peer_judgement connection::judge_peer(const peer_findings& findings) noexcept {
    const bool client = settings_->side == role::client;
    judged_ = true;
    peer_has_certificate_ = !findings.path.empty();
    verification_ = judge(findings, {.peer = client ? role::server : role::client,
                                     .unix_time = now_.unix_time,
                                     .allow_partial_chain = context_->allows_partial_chain()});
    status why{.code = errc::not_authorized, .alert = alert_for(verification_)};
    if (verification_ == verify_code::ok && client && !settings_->host.empty()) {
        why = check_identity(findings.path.front().der);
        if (why) {
            verification_ = verify_code::altname_invalid;
            why.alert = alert_description::bad_certificate;
        }
    }
    if (verification_ == verify_code::ok || !reject_unauthorized_) {
        return {.accept = true};
    }
    if (!peer_has_certificate_) {
        why.code = errc::certificate_required;
    }
    refusal_ = why;
    return {.accept = false, .alert = why.alert};
}

status connection::check_identity(bytes leaf) noexcept {
    x509::certificate_view certificate;
    if (const status bad = x509::parse_certificate(leaf, certificate)) {
        return bad;
    }
    if (settings_->own_identity_check && settings_->observer != nullptr) {
        return settings_->observer->check_identity(settings_->host, certificate);
    }
    return check_server_identity(settings_->host, certificate);
}

template <class Tell>
void connection::with_encoded(const session_envelope& envelope, Tell tell) noexcept {
    const std::size_t size = encoded_size(envelope);
    auto* buffer = static_cast<std::uint8_t*>(memory_->allocate(memory_->user, size));
    // A session is an offer to be quicker next time: without memory for it, there is none.
    if (buffer == nullptr) {
        return;
    }
    const bytes encoded = encode_session_envelope(envelope, {buffer, size});
    if (!encoded.empty()) {
        tell(encoded);
    }
    memory_->release(memory_->user, buffer);
}

void connection::session(bytes blob) noexcept {
    // Resumed without the pre-shared key, it would say of the peer what no certificate has shown.
    if (settings_->observer == nullptr || settings_->pre_shared_keys) {
        return;
    }
    const spi::backend& backend = context_->owner();
    with_encoded({.backend = backend.name(),
                  .version = backend.version(),
                  .server_name = settings_->server_name,
                  .host = settings_->host,
                  .verification = verification_,
                  .blob = blob},
                 [this](bytes encoded) { settings_->observer->session(encoded); });
}

void connection::new_session(bytes id, bytes blob) noexcept {
    if (settings_->observer == nullptr) {
        return;
    }
    const spi::backend& backend = context_->owner();
    with_encoded({.backend = backend.name(),
                  .version = backend.version(),
                  .note = session_note(),
                  .blob = blob},
                 [this, id](bytes encoded) {
                     if (phase_ != phase::open) {
                         ++sessions_to_store_;
                     }
                     settings_->observer->new_session(id, encoded);
                 });
}

bool connection::renegotiating(bool by_peer) noexcept {
    if (settings_->side == role::server && by_peer &&
        !guard_.allow(settings_->client_renegotiation, now_.monotonic)) {
        return false;
    }
    // The peer has to show anew who it is, but for a server that resumes this very session.
    kept_verification_ = verification_;
    kept_certificate_ = peer_has_certificate_;
    session_trusted_ = settings_->side == role::client;
    judged_ = false;
    psk_given_ = false;
    by_psk_ = false;
    peer_has_certificate_ = false;
    verification_ = verify_code::ok;
    return true;
}

void connection::renegotiated() noexcept {
    take_over_judgement();
    if (judgement_is_missing()) {
        // Told once the engine has returned.
        deferred_ = {.code = errc::internal};
    }
    renegotiating_ = false;
    deadline_ = {};
}

void connection::key_log(std::string_view line) noexcept {
    if (settings_->observer != nullptr) {
        settings_->observer->key_log(line);
    }
}

bytes connection::session_note() noexcept {
    // Libraries issue tickets before they have said that the client gave no certificate, and again
    // when a session is resumed.
    const bool kept = !judged_ && session_trusted_ && engine_->facts().resumed;
    const bool none_given = !judged_ && !kept && request_certificate_;
    const polytls::session_note note{.verification = none_given ? judge({}, {})
                                                     : kept     ? kept_verification_
                                                                : verification_,
                                     .certificate_requested = request_certificate_,
                                     .peer_has_certificate =
                                         kept ? kept_certificate_ : peer_has_certificate_,
                                     .expires = now_.unix_time + context_->session_timeout(),
                                     .server_name = name_digest(),
                                     .id_context = context_->session_id_context()};
    return encode_session_note(note, note_);
}

spi::answer connection::sign(const spi::signature_request& request) noexcept {
    signature_request_ = &request;
    return answer_to(question::signature, request.at_once);
}

spi::answer connection::find_psk(const spi::psk_request& request) noexcept {
    psk_request_ = &request;
    return answer_to(question::pre_shared_key, request.at_once);
}

spi::answer connection::answer_to(question asked, bool at_once) noexcept {
    if (!std::exchange(asked_by_engine_, true)) {
        question_ = asked;
        if (at_once && settings_->observer != nullptr) {
            settings_->observer->answer_now();
        }
    }
    if (question_ == asked) {
        if (!at_once) {
            return {.state = spi::answer_state::later};
        }
        question_ = question::none;
        refusal_ = {.code = errc::unsupported_by_backend};
    }
    asked_by_engine_ = false;
    if (refusal_) {
        return {.state = spi::answer_state::refused};
    }
    return {.state = spi::answer_state::given,
            .data = std::exchange(answer_, {}),
            .identity = std::exchange(psk_identity_, {})};
}

std::array<std::uint8_t, 16> connection::name_digest() const noexcept {
    std::array<std::uint8_t, 32> digest{};
    std::array<std::uint8_t, 16> start{};
    if (server_name_size_ != 0) {
        // Names are compared as they were sent: a client that varies the case is a curious one.
        context_->owner().digest(spi::digest_algorithm::sha256, as_bytes(server_name()), digest);
        std::copy_n(digest.begin(), start.size(), start.begin());
    }
    return start;
}

bool connection::resumed(bytes encoded) noexcept {
    const auto note = decode_session_note(encoded);
    if (!note || now_.unix_time >= note->expires ||
        !std::ranges::equal(note->id_context, context_->session_id_context()) ||
        note->server_name != name_digest()) {
        return false;
    }
    if (request_certificate_) {
        // Resuming must not be a way around the question for a certificate.
        const bool authorized = note->verification == verify_code::ok && note->peer_has_certificate;
        if (!note->certificate_requested || (reject_unauthorized_ && !authorized)) {
            return false;
        }
    }
    // Only kept: the library may still go on with a full handshake.
    kept_verification_ = note->verification;
    kept_certificate_ = note->peer_has_certificate && request_certificate_;
    session_trusted_ = true;
    return true;
}

}  // namespace polytls
