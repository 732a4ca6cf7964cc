// Sessions as an engine tells and finds them again.
#include "context.hpp"
#include "engine.hpp"
#include "session.hpp"
#include "ticket_keys.hpp"

#include <algorithm>

namespace polytls::mbedtls {
namespace {

constexpr int refused = MBEDTLS_ERR_SSL_INVALID_MAC;

void wipe(const scratch& room) noexcept {
    if (room.data() != nullptr) {
        mbedtls_platform_zeroize(room.data(), room.size());
    }
}

}  // namespace

/// The suite of the session that a client asks for; 0 when there is none.
int engine::suite_asked_for(const spi::engine_config& config) noexcept {
    session_holder session;
    bool found = false;
    if (keeps_sessions_) {
        found = kept_ && load_kept({kept_->data(), kept_->size()}, *session);
    } else if (config.hello != nullptr) {
        found = load_ticket(config.hello->session_ticket, *session, false);
    }
    const int suite = found ? compat::suite_of(*session) : 0;
    return found && config.hello != nullptr &&
                   config.hello->offers(static_cast<cipher_suite_id>(suite))
               ? suite
               : 0;
}

/// Opens a ticket and reads what is in it; with `ask`, only if it is to be resumed.
bool engine::load_ticket(bytes ticket, mbedtls_ssl_session& session, bool ask) noexcept {
    if (!context_->has_tickets() || ticket.empty()) {
        return false;
    }
    const scratch room(ticket.size());
    if (room.data() == nullptr) {
        return false;
    }
    const auto found =
        decode_server_session(open_ticket(ticket_keys_, ticket, {room.data(), room.size()}));
    // A ticket without a note is none of ours: nobody could say whom it lets in.
    const bool loaded = found && !found->note.empty() &&
                        std::ranges::equal(found->id_context, context_->session_id_context()) &&
                        load_session(found->session, session) &&
                        (!ask || events_->resumed(found->note));
    wipe(room);
    return loaded;
}

bool engine::load_kept(bytes blob, mbedtls_ssl_session& session) const noexcept {
    const auto found = decode_server_session(blob);
    return found && std::ranges::equal(found->id_context, context_->session_id_context()) &&
           load_session(found->session, session);
}

status engine::offer_session(bytes blob) noexcept {
    session_holder session;
    return load_session(blob, *session) && mbedtls_ssl_set_session(ssl_.get(), session.get()) == 0
               ? status{}
               : status{.code = errc::bad_session};
}

void engine::tell_session() noexcept {
    const mbedtls_ssl_session& session = *compat::standing_session_of(*ssl_);
    const bool fresh = full_handshake_ || new_ticket_;
    if (!tells_sessions_ || !fresh ||
        (compat::ticket_of(session).empty() && compat::id_of(session).empty())) {
        return;
    }
    const saved_session saved(session);
    if (!saved.blob().empty()) {
        events_->session(saved.blob());
    }
}

/// An error leaves the ticket empty, which tells a client that there is none (RFC 5077, section
/// 3.3).
int engine::write_ticket(void* self,
                         const mbedtls_ssl_session* session,
                         unsigned char* start,
                         const unsigned char* end,
                         std::size_t* size,
                         std::uint32_t* lifetime) {
    engine& by = *static_cast<engine*>(self);
    if (!by.context_->has_tickets()) {
        return MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE;
    }
    const saved_session saved(*session);
    const bytes note = by.events_->session_note();
    const server_session content{
        .note = note, .id_context = by.context_->session_id_context(), .session = saved.blob()};
    const scratch room(encoded_size(content));
    *size = ticket_size(room.size());
    if (saved.blob().empty() || room.data() == nullptr || note.empty() ||
        *size > static_cast<std::size_t>(end - start)) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    encode(content, room.data());
    const int failed =
        seal_ticket(by.ticket_keys_, {room.data(), room.size()}, mutable_bytes(start, *size));
    wipe(room);
    *lifetime = static_cast<std::uint32_t>(by.context_->session_timeout().count());
    return failed;
}

int engine::parse_ticket(void* self,
                         mbedtls_ssl_session* session,
                         unsigned char* data,
                         std::size_t size) {
    return static_cast<engine*>(self)->load_ticket({data, size}, *session, true) ? 0 : refused;
}

int engine::keep_session(void* self, const mbedtls_ssl_session* session) {
    engine& by = *static_cast<engine*>(self);
    const saved_session saved(*session);
    const server_session content{.id_context = by.context_->session_id_context(),
                                 .session = saved.blob()};
    const scratch room(encoded_size(content));
    if (!saved.blob().empty() && room.data() != nullptr) {
        encode(content, room.data());
        by.events_->new_session(compat::id_of(*session), {room.data(), room.size()});
        wipe(room);
    }
    return 0;
}

int engine::find_session(void* self, mbedtls_ssl_session* session) {
    const engine& by = *static_cast<engine*>(self);
    session_holder found;
    if (!by.kept_ || !by.load_kept({by.kept_->data(), by.kept_->size()}, *found) ||
        // Whoever keeps the sessions may have given another one than it was asked for.
        !std::ranges::equal(compat::id_of(*found), compat::id_of(*session))) {
        return refused;
    }
    compat::move_session(*found, *session);
    return 0;
}

}  // namespace polytls::mbedtls
