#include "session.hpp"

#include "engine.hpp"
#include "errors.hpp"
#include "memory.hpp"
#include "session_form.hpp"
#include "ticket_keys.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <utility>

namespace polytls::openssl {
namespace {

int note_ticket(SSL* ssl, void* /*unused*/) noexcept {
    const error_scope scope;
    const bytes note = engine::of(ssl).events().session_note();
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), note.data(), note.size());
}

SSL_TICKET_RETURN judge_ticket(SSL* ssl,
                               SSL_SESSION* session,
                               const unsigned char* /*key_name*/,
                               std::size_t /*key_name_size*/,
                               SSL_TICKET_STATUS state,
                               void* /*unused*/) noexcept {
    const error_scope scope;
    if (state != SSL_TICKET_SUCCESS && state != SSL_TICKET_SUCCESS_RENEW) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    void* data = nullptr;
    std::size_t size = 0;
    // A ticket without a note is none of ours: nobody could say whom it lets in.
    if (SSL_SESSION_get0_ticket_appdata(session, &data, &size) != 1 || size == 0 ||
        !engine::of(ssl).events().resumed({static_cast<const std::uint8_t*>(data), size})) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    engine::of(ssl).note_psk(false);
    return state == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

/// Has the peer's certificate go with a session as bytes that OpenSSL does not look into. Where it
/// is part of the session, reading that back parses the certificate, and takes OpenSSL 3.0 longer
/// than all the rest of a resumed handshake, which has no use for it. Clients have no other use for
/// what a server keeps in its tickets.
bool carry_certificate(SSL_SESSION* session) noexcept {
    X509* peer = SSL_SESSION_get0_peer(session);
    if (peer == nullptr) {
        // A resumed session has it from the one before.
        return true;
    }
    unsigned char* der = nullptr;
    const int size = i2d_X509(peer, &der);
    const bool carried = size > 0 && SSL_SESSION_set1_ticket_appdata(
                                         session, der, static_cast<std::size_t>(size)) == 1;
    OPENSSL_free(der);
    return carried;
}

void tell_client(engine& by, SSL_SESSION* session) noexcept {
    if (!carry_certificate(session)) {
        return;
    }
    const int size = i2d_SSL_SESSION(session, nullptr);
    const scratch room(static_cast<std::size_t>(std::max(size, 0)));
    std::uint8_t* at = room.data();
    if (size > 0 && at != nullptr && i2d_SSL_SESSION(session, &at) == size) {
        by.events().session(without_peer({room.data(), room.size()}));
        OPENSSL_cleanse(room.data(), room.size());
    }
}

void tell_server(engine& by, const SSL_SESSION* session) noexcept {
    unsigned id_size = 0;
    const unsigned char* id = SSL_SESSION_get_id(session, &id_size);
    const int size = id_size == 0 ? 0 : i2d_SSL_SESSION(session, nullptr);
    const scratch room(static_cast<std::size_t>(std::max(size, 0)));
    std::uint8_t* at = room.data();
    if (size > 0 && at != nullptr && i2d_SSL_SESSION(session, &at) == size) {
        by.events().new_session({id, id_size}, {room.data(), room.size()});
        OPENSSL_cleanse(room.data(), room.size());
    }
}

int tell_session(SSL* ssl, SSL_SESSION* session) noexcept {
    const error_scope scope;
    engine& by = engine::of(ssl);
    if (SSL_is_server(ssl) == 0 && by.tells_sessions()) {
        tell_client(by, session);
    } else if (SSL_is_server(ssl) == 1 && by.keeps_sessions()) {
        tell_server(by, session);
    }
    // OpenSSL is to keep its session: what was told is a copy.
    return 0;
}

SSL_SESSION*
find_session(SSL* ssl, const unsigned char* id, int id_size, int* add_reference) noexcept {
    *add_reference = 1;
    SSL_SESSION* kept = engine::of(ssl).kept_session();
    unsigned size = 0;
    const unsigned char* own_id = kept == nullptr ? nullptr : SSL_SESSION_get_id(kept, &size);
    // Whoever keeps the sessions may have given another one than it was asked for.
    if (!std::equal(own_id, own_id + size, id, id + id_size)) {
        return nullptr;
    }
    engine::of(ssl).note_psk(false);
    return kept;
}

int not_resumable(SSL* ssl, int /*is_forward_secure*/) noexcept {
    // Under TLS 1.3 it is the number of tickets that decides.
    if (SSL_version(ssl) >= TLS1_3_VERSION) {
        return 0;
    }
    // OpenSSL 3.0.22 tells the client a name also for a session that is not resumable.
    static constexpr unsigned char no_name[1] = {};
    SSL_SESSION_set1_id(SSL_get_session(ssl), no_name, 0);
    return 1;
}

}  // namespace

status use_sessions(SSL_CTX* ctx, const spi::session_config& session) noexcept {
    const auto& [tickets, timeout, id_context, ticket_keys] = session;
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_BOTH | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, tell_session);
    SSL_CTX_sess_set_get_cb(ctx, find_session);
    SSL_CTX_set_timeout(ctx, static_cast<long>(timeout.count()));
    if (!tickets) {
        SSL_CTX_set_num_tickets(ctx, 0);
    }
    // Without any, OpenSSL refuses to resume where client certificates are asked for.
    const bytes context = id_context.empty() ? as_bytes("polytls") : id_context;
    if (SSL_CTX_set_session_id_context(ctx, context.data(),
                                       static_cast<unsigned>(context.size())) != 1 ||
        SSL_CTX_set_session_ticket_cb(ctx, note_ticket, judge_ticket, nullptr) != 1 ||
        !use_ticket_keys(ctx)) {
        return take_error(errc::invalid_argument);
    }
    return {};
}

void keep_sessions(SSL* ssl, const spi::engine_config& config) noexcept {
    const bool tickets = SSL_get_num_tickets(ssl) != 0 && !config.keeps_sessions;
    // Not on the SSL_CTX: there it would keep clients from resuming anything. Under TLS 1.3 it
    // turns tickets into names of sessions.
    if (!tickets) {
        SSL_set_options(ssl, SSL_OP_NO_TICKET);
    }
    // OpenSSL gives each session a name that is not in a ticket, whether or not somebody keeps it.
    const bool wanted = config.hello == nullptr || config.hello->wants_session_ticket;
    if (!config.keeps_sessions && !(tickets && wanted)) {
        SSL_set_not_resumable_session_callback(ssl, not_resumable);
    }
}

ssl_session_handle read_session(bytes blob) noexcept {
    const std::uint8_t* at = blob.data();
    ssl_session_handle session(d2i_SSL_SESSION(nullptr, &at, static_cast<long>(blob.size())));
    forget_errors();
    return session && at == blob.data() + blob.size() ? std::move(session) : nullptr;
}

bytes carried_certificate(const SSL* ssl) noexcept {
    SSL_SESSION* session = SSL_get_session(ssl);
    void* data = nullptr;
    std::size_t size = 0;
    if (session == nullptr || SSL_SESSION_get0_ticket_appdata(session, &data, &size) != 1) {
        return {};
    }
    return {static_cast<const std::uint8_t*>(data), size};
}

status offer_session(SSL* ssl, bytes blob) noexcept {
    const ssl_session_handle session = read_session(blob);
    const bool taken = session && SSL_set_session(ssl, session.get()) == 1;
    forget_errors();
    return taken ? status{} : status{.code = errc::bad_session};
}

}  // namespace polytls::openssl
