// What an engine is made from, and what it answers wolfSSL.
#include "choice.hpp"
#include "engine.hpp"
#include "session.hpp"
#include "verify.hpp"

#include <algorithm>

namespace polytls::wolfssl {
namespace {

constexpr std::size_t longest_server_name = 255;
constexpr std::size_t most_sent = 16;

/// Sends a name, which must not be cut off: it would be another than the one that is checked.
status send_server_name(WOLFSSL* ssl, std::string_view name) noexcept {
    if (name.size() > longest_server_name || name.find('\0') != name.npos) {
        return {.code = errc::bad_server_name};
    }
    return wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, name.data(),
                          static_cast<unsigned short>(name.size())) == WOLFSSL_SUCCESS
               ? status{}
               : status{.code = errc::no_memory};
}

}  // namespace

status engine::prepare(const spi::engine_config& config) noexcept {
    // Every member is dealt with here or in what is called from here.
    const auto& [side, peer, server_name, protocols, next_protocols, hello, session, keeps_sessions,
                 ticket_keys, request_ocsp, staple, psk_hint, pre_shared_keys, log_keys,
                 tell_sessions] = config;
    if (!protocols.well_formed() || !next_protocols.well_formed()) {
        return {.code = errc::bad_protocol_list};
    }
    const bytes keys = ticket_keys.empty() ? context_->ticket_keys() : ticket_keys;
    if (keys.size() != ticket_keys_.size()) {
        return {.code = errc::invalid_argument};
    }
    std::ranges::copy(keys, ticket_keys_.begin());
    if (request_ocsp || !staple.response.empty() || pre_shared_keys) {
        return {.code = errc::unsupported_by_backend};
    }
    const bool server = side == role::server;
    logs_keys_ = log_keys;
    tells_sessions_ = tell_sessions;
    keeps_sessions_ = server && keeps_sessions;
    server_choice choice;
    if (server && hello != nullptr) {
        choice = choose(*context_, *hello);
        refusal_ = choice.refusal;
        shared_scheme_count_ = shared_schemes(*context_, *hello, shared_schemes_);
        shared_group_count_ = wolfssl::shared_groups(*context_, *hello, shared_groups_);
    }
    const identity& shown = context_->identities()[choice.identity];
    // One that is longer than its own, wolfSSL takes for an attack, whoever gave it to the client.
    const bool strange = hello != nullptr && hello->session_ticket.size() > longest_ticket;
    WOLFSSL_CTX* ctx = server && strange           ? shown.ticketless.get()
                       : server && !keeps_sessions ? shown.issuing.get()
                                                   : shown.keeping.get();
    ssl_.reset(wolfSSL_new(ctx));
    if (!ssl_ || wolfSSL_set_ex_data(ssl_.get(), 0, this) != WOLFSSL_SUCCESS) {
        return {.code = errc::no_memory};
    }
    wire_.connect(ssl_.get());
    wolfSSL_SetCertCbCtx(ssl_.get(), this);
    if (logs_keys_) {
        wolfSSL_KeepArrays(ssl_.get());
    }
    return server ? prepare_server(config) : prepare_client(config);
}

status engine::prepare_client(const spi::engine_config& config) noexcept {
    wolfSSL_set_connect_state(ssl_.get());
    wolfSSL_set_verify(ssl_.get(), WOLFSSL_VERIFY_PEER, verify);
    if (wolfSSL_UseSessionTicket(ssl_.get()) != WOLFSSL_SUCCESS) {
        return {.code = errc::no_memory};
    }
    if (!config.server_name.empty()) {
        if (const status bad = send_server_name(ssl_.get(), config.server_name)) {
            return bad;
        }
    }
    const bytes offer = config.protocols.wire();
    // wolfSSL takes the list apart by commas, as text.
    for (const bytes name : config.protocols) {
        if (std::ranges::find(name, 0) != name.end() ||
            std::ranges::find(name, ',') != name.end()) {
            return {.code = errc::unsupported_by_backend};
        }
    }
    // Of wolfSSL's functions, this one returns 0 when all is well.
    if (!offer.empty() && wolfSSL_set_alpn_protos(ssl_.get(), offer.data(),
                                                  static_cast<unsigned>(offer.size())) != 0) {
        return {.code = errc::bad_protocol_list};
    }
    return config.session.empty() ? status{} : offer_session(config.session);
}

status engine::offer_session(bytes encoded) noexcept {
    const auto record = decode_session(encoded, session_owner::client, {});
    if (!record) {
        return {.code = errc::bad_session};
    }
    // wolfSSL ends a handshake that agrees on another version than that of the session offered.
    if (!context_->versions().contains(record->version)) {
        return {};
    }
    const session_handle session = read_session(record->content);
    if (!session) {
        return {.code = errc::bad_session};
    }
    if (wolfSSL_set_session(ssl_.get(), session.get()) != WOLFSSL_SUCCESS) {
        return {.code = errc::bad_session};
    }
    gated_ = record->version < protocol_version::tls1_3 && !record->ticket.empty();
    return {};
}

status engine::prepare_server(const spi::engine_config& config) noexcept {
    wolfSSL_set_accept_state(ssl_.get());
    requested_ = config.peer == spi::peer_certificate::requested;
    switch (config.peer) {
    case spi::peer_certificate::not_requested:
        wolfSSL_set_verify(ssl_.get(), WOLFSSL_VERIFY_NONE, nullptr);
        break;
    case spi::peer_certificate::requested:
        wolfSSL_set_verify(ssl_.get(), WOLFSSL_VERIFY_PEER, verify);
        break;
    case spi::peer_certificate::required:
        wolfSSL_set_verify(ssl_.get(), WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           verify);
        break;
    }
    if (keeps_sessions_) {
        // Under TLS 1.2 a session that is kept has a name of its own.
        wolfSSL_NoTicketTLSv12(ssl_.get());
        find_kept(config.session);
    }
    if (!config.protocols.empty()) {
        const bytes chosen = *config.protocols.begin();
        std::ranges::copy(chosen, chosen_protocol_.begin());
        chosen_protocol_size_ = static_cast<std::uint8_t>(chosen.size());
    }
    return {};
}

void engine::find_kept(bytes encoded) noexcept {
    const auto record = decode_session(encoded, session_owner::server, id_context());
    if (!record) {
        return;
    }
    if (record->version >= protocol_version::tls1_3) {
        static_cast<void>(kept_content_.assign(record->content));
    } else {
        kept_ = read_session(record->content);
    }
}

int engine::verify(int /*sound*/, WOLFSSL_X509_STORE_CTX* store) noexcept {
    // The leaf comes last, when all is there to be judged.
    return store->error_depth != 0 || static_cast<engine*>(store->userCtx)->judge(store) ? 1 : 0;
}

bool engine::judge(WOLFSSL_X509_STORE_CTX* store) noexcept {
    const std::size_t count =
        std::min(static_cast<std::size_t>(std::max(store->totalCerts, 0)), most_sent);
    spi::peer_judgement judgement;
    if (count == 0) {
        if (!requested_) {
            return true;  // That it is missing is wolfSSL's to say.
        }
        judgement = events_->judge_peer({});
    } else {
        std::array<bytes, most_sent> sent{};
        peer_chain_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            sent[i] = {store->certs[i].buffer, store->certs[i].length};
            if (!peer_chain_.append(sent[i])) {
                refusal_ = {.code = errc::no_memory, .alert = alert_description::internal_error};
                return false;
            }
        }
        const role peer = wolfSSL_is_server(ssl_.get()) == 1 ? role::client : role::server;
        judgement = examine(context_->trusted(), std::span(sent).first(count), peer,
                            store->error != 0, *events_);
    }
    if (judgement.accept) {
        return true;
    }
    if (count == 0) {
        // wolfSSL has its own way to end a handshake without a certificate, with the right alert.
        refusal_ = {.code = errc::certificate_required};
        wolfSSL_set_verify(ssl_.get(), WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           verify);
        return true;
    }
    refusal_ = {.code = errc::not_authorized, .alert = judgement.alert};
    wire_.replace_alert(judgement.alert);
    return false;
}

int engine::choose_protocol(WOLFSSL* ssl,
                            const unsigned char** chosen,
                            unsigned char* chosen_size,
                            const unsigned char* /*offer*/,
                            unsigned /*offer_size*/,
                            void* /*unused*/) noexcept {
    const engine& by = of(ssl);
    *chosen = by.chosen_protocol_.data();
    *chosen_size = by.chosen_protocol_size_;
    return by.chosen_protocol_size_ == 0 ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_OK;
}

void engine::log_keys() noexcept {
    std::array<std::uint8_t, 32> random{};
    std::array<std::uint8_t, 48> secret{};
    if (!logs_keys_ || wolfSSL_version(ssl_.get()) >= TLS1_3_VERSION ||
        wolfSSL_get_client_random(ssl_.get(), random.data(), random.size()) != random.size() ||
        wolfSSL_SESSION_get_master_key(wolfSSL_get_session(ssl_.get()), secret.data(),
                                       static_cast<int>(secret.size())) !=
            static_cast<int>(secret.size())) {
        return;
    }
    constexpr std::string_view label = "CLIENT_RANDOM ";
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<char, label.size() + 2 * (random.size() + secret.size()) + 1> line{};
    char* at = std::ranges::copy(label, line.data()).out;
    const auto write = [&at, digits](bytes data) {
        for (const std::uint8_t byte : data) {
            *at++ = digits[byte >> 4U];
            *at++ = digits[byte & 0xfU];
        }
    };
    write(random);
    *at++ = ' ';
    write(secret);
    events_->key_log({line.data(), line.size()});
    blob::wipe(secret.data(), secret.size());
    blob::wipe(reinterpret_cast<std::uint8_t*>(line.data()), line.size());
    wolfSSL_FreeArrays(ssl_.get());
}

}  // namespace polytls::wolfssl
