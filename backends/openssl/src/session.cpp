#include "session.hpp"

#include "engine.hpp"
#include "errors.hpp"
#include "memory.hpp"

#include <openssl/err.h>

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
    return state == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

int tell_session(SSL* ssl, SSL_SESSION* session) noexcept {
    const error_scope scope;
    const int size = i2d_SSL_SESSION(session, nullptr);
    if (SSL_is_server(ssl) == 0 && size > 0) {
        const scratch room(static_cast<std::size_t>(size));
        std::uint8_t* at = room.data();
        if (at != nullptr && i2d_SSL_SESSION(session, &at) == size) {
            engine::of(ssl).events().session({room.data(), room.size()});
        }
    }
    // OpenSSL is to keep its session: what was told is a copy.
    return 0;
}

}  // namespace

status use_sessions(SSL_CTX* ctx, const spi::session_config& session) noexcept {
    const auto& [tickets, timeout, id_context] = session;
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, tell_session);
    SSL_CTX_set_timeout(ctx, static_cast<long>(timeout.count()));
    if (!tickets) {
        SSL_CTX_set_num_tickets(ctx, 0);
    }
    // Without any, OpenSSL refuses to resume where client certificates are asked for.
    const bytes context = id_context.empty() ? as_bytes("polytls") : id_context;
    if (SSL_CTX_set_session_id_context(ctx, context.data(),
                                       static_cast<unsigned>(context.size())) != 1 ||
        SSL_CTX_set_session_ticket_cb(ctx, note_ticket, judge_ticket, nullptr) != 1) {
        return take_error(errc::invalid_argument);
    }
    return {};
}

void refuse_tickets(SSL* ssl) noexcept {
    // Not on the SSL_CTX: there it would keep clients from resuming anything. Under TLS 1.3 it also
    // turns tickets into names of sessions in a cache, hence no tickets and no cache.
    if (SSL_get_num_tickets(ssl) == 0) {
        SSL_set_options(ssl, SSL_OP_NO_TICKET);
    }
}

status offer_session(SSL* ssl, bytes blob) noexcept {
    const std::uint8_t* at = blob.data();
    const ssl_session_handle session(d2i_SSL_SESSION(nullptr, &at, static_cast<long>(blob.size())));
    const bool whole = session && at == blob.data() + blob.size();
    const bool taken = whole && SSL_set_session(ssl, session.get()) == 1;
    ERR_clear_error();
    return taken ? status{} : status{.code = errc::bad_session};
}

}  // namespace polytls::openssl
