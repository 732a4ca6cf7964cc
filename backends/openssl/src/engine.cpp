#include "engine.hpp"

#include "capabilities.hpp"
#include "errors.hpp"
#include "memory.hpp"
#include "next_protocol.hpp"
#include "psk.hpp"
#include "session.hpp"
#include "staple.hpp"
#include "verify.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <utility>

namespace polytls::openssl {
namespace {

constexpr std::size_t longest_server_name = 255;

/// Sends a name, which OpenSSL wants ended by a NUL.
status send_server_name(SSL* ssl, std::string_view name) noexcept {
    char text[longest_server_name + 1] = {};
    // What is cut off at a NUL or at the end would be another name than the one that is checked.
    if (name.size() > longest_server_name || name.find('\0') != name.npos) {
        return {.code = errc::bad_server_name};
    }
    std::copy(name.begin(), name.end(), text);
    return SSL_set_tlsext_host_name(ssl, text) == 1 ? status{} : take_error(errc::bad_server_name);
}

/// The size of a server's own parameters for DHE, which have no name.
std::uint16_t own_dh_size(SSL* ssl) noexcept {
    EVP_PKEY* key = nullptr;
    if (SSL_get_peer_tmp_key(ssl, &key) != 1) {
        ERR_clear_error();
        return 0;
    }
    const pkey_handle owned(key);
    return EVP_PKEY_is_a(key, "DH") == 1 ? static_cast<std::uint16_t>(EVP_PKEY_get_bits(key)) : 0;
}

void tell_key(const SSL* ssl, const char* line) noexcept {
    const engine& by = engine::of(ssl);
    if (by.logs_keys()) {
        by.events().key_log(line);
    }
}

/// Has an SSL_CTX tell keys. OpenSSL then writes out every key of every connection, which takes a
/// tenth of a TLS 1.3 handshake, so this waits until somebody listens. It is the one change to an
/// SSL_CTX in use: handshakes on other threads read either null or a function that leaves those
/// alone that did not ask.
void log_keys(SSL_CTX* ctx) noexcept {
    if (SSL_CTX_get_keylog_callback(ctx) == nullptr) {
        SSL_CTX_set_keylog_callback(ctx, tell_key);
    }
}

/// Goes through what comes before the next data, such as a new handshake, with no need for the
/// room that the data is to be put into: it would not be the same one after a pause.
int reach_data(SSL* ssl) noexcept {
    unsigned char first = 0;
    std::size_t count = 0;
    return SSL_peek_ex(ssl, &first, sizeof first, &count);
}

status append_certificate(X509* certificate, byte_sink& output) noexcept {
    const int size = i2d_X509(certificate, nullptr);
    const scratch room(static_cast<std::size_t>(std::max(size, 0)));
    std::uint8_t* at = room.data();
    if (size <= 0 || at == nullptr || i2d_X509(certificate, &at) != size ||
        output.append({room.data(), room.size()}) != room.size()) {
        ERR_clear_error();
        return {.code = errc::no_memory};
    }
    return {};
}

/// OpenSSL says that a handshake begins before it refuses one that it does not want: whoever is
/// told would wait for its end, and forget who the peer is.
bool refuses_renegotiation(SSL* ssl) noexcept {
    return (SSL_get_options(ssl) & SSL_OP_NO_RENEGOTIATION) != 0 ||
           SSL_get_secure_renegotiation_support(ssl) != 1;
}

}  // namespace

status engine::make(SSL_CTX* ctx,
                    const shared& of_context,
                    const spi::engine_config& config,
                    spi::handshake_events& events,
                    spi::handle<spi::engine>& made) noexcept {
    auto* own = openssl::make<engine>(events);
    if (own == nullptr) {
        return {.code = errc::no_memory};
    }
    spi::handle<spi::engine> holder(own);
    forget_errors();
    const bytes keys = config.ticket_keys.empty() ? of_context.ticket_keys : config.ticket_keys;
    if (keys.size() != own->ticket_keys_.size()) {
        return {.code = errc::invalid_argument};
    }
    std::copy(keys.begin(), keys.end(), own->ticket_keys_.begin());
    if (of_context.external_keys || config.pre_shared_keys) {
        own->late_answers_.reset(openssl::make<late_answers>(events));
        if (!own->late_answers_) {
            return {.code = errc::no_memory};
        }
    }
    if (const status failed = own->prepare(ctx, config)) {
        return failed;
    }
    made = std::move(holder);
    return {};
}

engine::~engine() {
    late_answers_.reset();
    if (ssl_) {
        // An SSL that was not shut down takes its session with it: later ones could not resume.
        SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }
    OPENSSL_cleanse(ticket_keys_.data(), ticket_keys_.size());
}

engine& engine::of(const SSL* ssl) noexcept {
    return *static_cast<engine*>(SSL_get_ex_data(ssl, 0));
}

progress engine::handshake(bytes input, byte_sink& output) noexcept {
    begin_handshake(input, output);
    int result = 0;
    return advance(SSL_do_handshake, result) ? outcome(result, true) : awaiting_answer();
}

progress engine::read(bytes input, mutable_bytes plaintext, byte_sink& output) noexcept {
    const bool asks = may_sign_in_read();
    if (asks) {
        begin_handshake(input, output);
    } else {
        begin(input, output);
    }
    std::size_t produced = 0;
    while (produced < plaintext.size()) {
        std::size_t count = 0;
        int result = 1;
        const bool waits = asks && !advance(reach_data, result);
        if (!waits && result == 1) {
            result = SSL_read_ex(ssl_.get(), plaintext.data() + produced,
                                 plaintext.size() - produced, &count);
        }
        if (waits || result != 1) {
            progress step = waits ? awaiting_answer() : outcome(result, asks);
            step.produced = produced;
            return step;
        }
        produced += count;
        // What did not fill the room was the end of a record. To ask OpenSSL for another one when
        // none has come would cost as much as a small one does.
        if (produced < plaintext.size() && wire_.consumed == input.size()) {
            return {.consumed = end(), .produced = produced, .next = want::input};
        }
    }
    return {.consumed = end(), .produced = produced};
}

progress engine::write(bytes plaintext, byte_sink& output) noexcept {
    begin({}, output);
    if (late_answers_ && SSL_in_init(ssl_.get()) == 1) {
        // Writing would move the handshake on, which is for `read`.
        return finish({.next = want::input});
    }
    std::size_t count = 0;
    const int result = SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &count);
    if (result == 1) {
        end();
        return {.consumed = count};
    }
    progress step = outcome(result, false);
    step.consumed = count;
    return step;
}

progress engine::update_keys(bool of_peer, byte_sink& output) noexcept {
    begin_handshake({}, output);
    if (SSL_key_update(ssl_.get(),
                       of_peer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) != 1) {
        return finish({.error = take_error(errc::wrong_state)});
    }
    return outcome(SSL_do_handshake(ssl_.get()), true);
}

progress engine::renegotiate(spi::peer_certificate peer, byte_sink& output) noexcept {
    begin_handshake({}, output);
    if (SSL_is_server(ssl_.get()) == 1) {
        ask_for_certificate(peer);
    }
    renegotiation_ = renegotiation_state::requested;
    if (SSL_renegotiate(ssl_.get()) != 1) {
        renegotiation_ = renegotiation_state::none;
        progress step{.error = take_error(errc::renegotiation_unavailable)};
        step.error.code = errc::renegotiation_unavailable;
        return finish(step);
    }
    // A HelloRequest is no handshake yet, though OpenSSL tells it as one.
    sending_request_ = SSL_is_server(ssl_.get()) == 1;
    const int result = SSL_do_handshake(ssl_.get());
    sending_request_ = false;
    return outcome(result, true);
}

progress engine::close(byte_sink& output) noexcept {
    begin_handshake({}, output);
    const int result = SSL_shutdown(ssl_.get());
    // 0 says that the peer has not answered yet, which it need not.
    return result >= 0 ? finish({}) : outcome(result, true);
}

void engine::release_buffers() noexcept {
    SSL_free_buffers(ssl_.get());
}

spi::negotiated engine::facts() const noexcept {
    const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_.get());
    const bool resumed = SSL_session_reused(ssl_.get()) == 1;
    const bool with_psk = by_psk(ssl_.get(), psk_given_);
    // Before TLS 1.3 a resumed session has no key exchange; OpenSSL names that of its first time.
    const bool exchanged = !resumed || SSL_version(ssl_.get()) >= TLS1_3_VERSION;
    const auto group = exchanged ? SSL_get_negotiated_group(ssl_.get()) : NID_undef;
    return {.version = static_cast<protocol_version>(SSL_version(ssl_.get())),
            .cipher_suite = static_cast<cipher_suite_id>(
                cipher == nullptr ? 0 : SSL_CIPHER_get_protocol_id(cipher)),
            .group = group_of(static_cast<int>(group)),
            .dh_size = group_of(static_cast<int>(group)) == named_group::none && exchanged
                           ? own_dh_size(ssl_.get())
                           : std::uint16_t{0},
            .resumed = resumed && !with_psk,
            .by_psk = with_psk};
}

std::size_t engine::shared_signature_schemes(std::span<signature_scheme> schemes) const noexcept {
    // Whichever is asked for, OpenSSL returns how many there are.
    const int count =
        SSL_get_shared_sigalgs(ssl_.get(), 0, nullptr, nullptr, nullptr, nullptr, nullptr);
    for (int i = 0; i < count && static_cast<std::size_t>(i) < schemes.size(); ++i) {
        unsigned char low = 0;
        unsigned char high = 0;
        SSL_get_shared_sigalgs(ssl_.get(), i, nullptr, nullptr, nullptr, &low, &high);
        schemes[static_cast<std::size_t>(i)] = static_cast<signature_scheme>(high << 8U | low);
    }
    return static_cast<std::size_t>(std::max(count, 0));
}

std::size_t engine::shared_groups(std::span<named_group> groups) const noexcept {
    const auto count = SSL_get_shared_group(ssl_.get(), -1);
    for (long i = 0; i < count && static_cast<std::size_t>(i) < groups.size(); ++i) {
        const auto group = SSL_get_shared_group(ssl_.get(), static_cast<int>(i));
        groups[static_cast<std::size_t>(i)] = group_of(static_cast<int>(group));
    }
    return static_cast<std::size_t>(std::max(count, 0L));
}

bytes engine::application_protocol() const noexcept {
    return complete_ ? chosen_protocol() : bytes{};
}

bytes engine::next_protocol() const noexcept {
    return agreed_next_protocol(ssl_.get());
}

bytes engine::ocsp_response() const noexcept {
    return received_staple(ssl_.get());
}

bytes engine::session_ticket() const noexcept {
    const unsigned char* ticket = nullptr;
    std::size_t size = 0;
    if (const SSL_SESSION* session = SSL_get_session(ssl_.get())) {
        SSL_SESSION_get0_ticket(session, &ticket, &size);
    }
    return {ticket, size};
}

status engine::export_keying_material(std::string_view label,
                                      std::optional<bytes> context,
                                      mutable_bytes output) const noexcept {
    const error_scope scope;
    const bytes about = context.value_or(bytes{});
    if (SSL_export_keying_material(ssl_.get(), output.data(), output.size(), label.data(),
                                   label.size(), about.data(), about.size(),
                                   context ? 1 : 0) != 1) {
        return take_error(errc::invalid_argument);
    }
    return {};
}

std::size_t engine::finished(spi::finished_by whose, mutable_bytes output) const noexcept {
    const auto get = whose == spi::finished_by::us ? SSL_get_finished : SSL_get_peer_finished;
    const std::size_t size = get(ssl_.get(), output.data(), output.size());
    return size <= output.size() ? size : 0;
}

status engine::peer_certificates(byte_sink& output) const noexcept {
    X509* leaf = SSL_get0_peer_certificate(ssl_.get());
    if (leaf == nullptr) {
        const bytes carried =
            SSL_is_server(ssl_.get()) == 1 ? bytes{} : carried_certificate(ssl_.get());
        return output.append(carried) == carried.size() ? status{}
                                                        : status{.code = errc::no_memory};
    }
    if (const status failed = append_certificate(leaf, output)) {
        return failed;
    }
    // A client's list begins with the leaf, a server's does not.
    const STACK_OF(X509)* sent = SSL_get_peer_cert_chain(ssl_.get());
    for (int i = SSL_is_server(ssl_.get()) == 1 ? 0 : 1; i < sk_X509_num(sent); ++i) {
        if (const status failed = append_certificate(sk_X509_value(sent, i), output)) {
            return failed;
        }
    }
    return {};
}

void engine::release() noexcept {
    unmake(this);
}

status engine::prepare(SSL_CTX* ctx, const spi::engine_config& config) noexcept {
    ssl_.reset(SSL_new(ctx));
    BIO* bio = make_bio(wire_);
    if (!ssl_ || bio == nullptr || SSL_set_ex_data(ssl_.get(), 0, this) != 1) {
        BIO_free(bio);
        return take_error(errc::no_memory);
    }
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_info_callback(ssl_.get(), watch);
    next_protocols_ = config.next_protocols.wire();
    if (config.log_keys) {
        log_keys(ctx);
    }
    logs_keys_ = config.log_keys;
    tells_sessions_ = config.tell_sessions;
    if (!config.protocols.well_formed() || !config.next_protocols.well_formed()) {
        return {.code = errc::bad_protocol_list};
    }
    if (config.pre_shared_keys) {
        if (const status failed = use_psk(ssl_.get(), config)) {
            return failed;
        }
    }
    return config.side == role::client ? prepare_client(config) : prepare_server(config);
}

status engine::prepare_client(const spi::engine_config& config) noexcept {
    // Every member is dealt with here or in `prepare_server`.
    const auto& [side, peer, server_name, protocols, next_protocols, hello, session, keeps_sessions,
                 ticket_keys, request_ocsp, staple, psk_hint, pre_shared_keys, log_keys,
                 tell_sessions] = config;
    SSL_set_connect_state(ssl_.get());
    SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, nullptr);
    if (!server_name.empty()) {
        if (const status bad = send_server_name(ssl_.get(), server_name)) {
            return bad;
        }
    }
    const bytes offer = protocols.wire();
    // Of OpenSSL's functions, this one returns 0 when all is well.
    if (!offer.empty() &&
        SSL_set_alpn_protos(ssl_.get(), offer.data(), static_cast<unsigned>(offer.size())) != 0) {
        return take_error(errc::bad_protocol_list);
    }
    if (request_ocsp && SSL_set_tlsext_status_type(ssl_.get(), TLSEXT_STATUSTYPE_ocsp) != 1) {
        return take_error(errc::no_memory);
    }
    return session.empty() ? status{} : offer_session(ssl_.get(), session);
}

status engine::prepare_server(const spi::engine_config& config) noexcept {
    SSL_set_accept_state(ssl_.get());
    keeps_sessions_ = config.keeps_sessions;
    keep_sessions(ssl_.get(), config);
    if (keeps_sessions_ && !config.session.empty()) {
        kept_session_ = read_session(config.session);
    }
    stapled_to_ = hold_staple(ssl_.get(), config.staple);
    ask_for_certificate(config.peer);
    if (!config.protocols.empty()) {
        keep_protocol(*config.protocols.begin());
    }
    return {};
}

void engine::keep_protocol(bytes name) noexcept {
    std::copy(name.begin(), name.end(), chosen_protocol_);
    chosen_protocol_size_ = static_cast<std::uint8_t>(name.size());
}

void engine::ask_for_certificate(spi::peer_certificate peer) noexcept {
    switch (peer) {
    case spi::peer_certificate::not_requested:
        SSL_set_verify(ssl_.get(), SSL_VERIFY_NONE, nullptr);
        break;
    case spi::peer_certificate::requested:
        SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, nullptr);
        judge_absence(ssl_.get());
        break;
    case spi::peer_certificate::required:
        SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
}

bool engine::advance(int (*function)(SSL*), int& result) noexcept {
    if (late_answers_) {
        return late_answers_->run(function, ssl_.get(), result);
    }
    result = function(ssl_.get());
    return true;
}

progress engine::awaiting_answer() noexcept {
    return finish({.consumed = wire_.consumed, .next = want::decision});
}

bool engine::may_sign_in_read() const noexcept {
    return late_answers_ && SSL_version(ssl_.get()) < TLS1_3_VERSION;
}

void engine::begin(bytes input, byte_sink& output) noexcept {
    // The rest is as `end` has left it.
    wire_.input = input;
    wire_.output = &output;
}

void engine::begin_handshake(bytes input, byte_sink& output) noexcept {
    begin(input, output);
    // What another connection left in the thread's queue would be taken for this one's error.
    forget_errors();
    watched_.anything = true;
}

int engine::reason_for(int result, bool queue_was_empty) const noexcept {
    if (watched_.peer_closes) {
        return SSL_ERROR_ZERO_RETURN;
    }
    if (wire_.latest == wire::state::empty) {
        return SSL_ERROR_WANT_READ;
    }
    if (queue_was_empty || ERR_peek_error() == 0) {
        return SSL_get_error(ssl_.get(), result);
    }
    // SSL_get_error would take what is in the queue for this call's, whosever it is.
    const bool failed = std::string_view(SSL_state_string(ssl_.get())) == "SSLERR";
    return wire_.latest == wire::state::full && !failed ? SSL_ERROR_WANT_WRITE : SSL_ERROR_SSL;
}

progress engine::outcome(int result, bool queue_was_empty) noexcept {
    progress step{.consumed = wire_.consumed};
    if (renegotiation_ == renegotiation_state::refused) {
        step.error = {.code = errc::renegotiation_attack};
        return finish(step);
    }
    switch (result == 1 ? SSL_ERROR_NONE : reason_for(result, queue_was_empty)) {
    case SSL_ERROR_NONE:
        break;
    case SSL_ERROR_WANT_READ:
        step.next = want::input;
        break;
    case SSL_ERROR_WANT_WRITE:
        step.next = want::output;
        break;
    case SSL_ERROR_ZERO_RETURN:
        step.error = {.code = errc::closed, .alert = alert_description::close_notify};
        break;
    default:
        // Nothing but a want of memory keeps OpenSSL from saying what is wrong.
        step.error = queue_was_empty ? take_error(ERR_peek_error() == 0 ? errc::no_memory
                                                                        : errc::protocol_failure)
                                     : take_latest_error(errc::protocol_failure);
        if (step.error.alert == alert_description::none) {
            step.error.alert = watched_.alert;
        }
    }
    return finish(step);
}

progress engine::finish(progress step) noexcept {
    end();
    return step;
}

std::size_t engine::end() noexcept {
    if (watched_.anything) {
        watched_ = {};
        // Handshakes leave errors behind that OpenSSL got over, as with a ticket of another key.
        forget_errors();
    }
    return std::exchange(wire_, {}).consumed;
}

void engine::watch(const SSL* ssl, int where, int value) noexcept {
    // The level is in the upper byte; a warning is not why something failed.
    constexpr int fatal = 2;
    observations& noted = of(ssl).watched_;
    noted.anything = true;
    if ((where & SSL_CB_ALERT) != 0 && value >> 8 == fatal) {
        noted.alert = static_cast<alert_description>(value & 0xff);
    } else if (where == SSL_CB_READ_ALERT && (value & 0xff) == SSL_AD_CLOSE_NOTIFY) {
        noted.peer_closes = true;
    } else if ((where & SSL_CB_HANDSHAKE_START) != 0) {
        of(ssl).handshake_begins();
    } else if ((where & SSL_CB_HANDSHAKE_DONE) != 0) {
        of(ssl).handshake_ends();
    }
}

void engine::handshake_begins() noexcept {
    // Under TLS 1.3 tickets and key updates are handshakes to OpenSSL.
    if (!complete_ || SSL_version(ssl_.get()) >= TLS1_3_VERSION || sending_request_) {
        return;
    }
    if (renegotiation_ == renegotiation_state::under_way) {
        return;
    }
    const bool by_peer = renegotiation_ != renegotiation_state::requested;
    if (by_peer && refuses_renegotiation(ssl_.get())) {
        return;
    }
    if (events().renegotiating(by_peer)) {
        renegotiation_ = renegotiation_state::under_way;
    } else {
        renegotiation_ = renegotiation_state::refused;
        // OpenSSL cannot be stopped from here but by a wire that takes nothing.
        wire_.output = nullptr;
    }
}

void engine::handshake_ends() noexcept {
    if (!complete_) {
        // OpenSSL forgets it while a later handshake is under way.
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_.get(), &name, &size);
        keep_protocol({name, size});
        complete_ = true;
    }
    if (renegotiation_ == renegotiation_state::under_way) {
        renegotiation_ = renegotiation_state::none;
        events().renegotiated();
    }
}

int choose_protocol(SSL* ssl,
                    const unsigned char** chosen,
                    unsigned char* chosen_size,
                    const unsigned char* /*offer*/,
                    unsigned /*offer_size*/,
                    void* /*unused*/) noexcept {
    const bytes protocol = engine::of(ssl).chosen_protocol();
    *chosen = protocol.data();
    *chosen_size = static_cast<unsigned char>(protocol.size());
    return protocol.empty() ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_OK;
}

}  // namespace polytls::openssl
