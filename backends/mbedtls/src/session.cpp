#include "session.hpp"

#include <mbedtls/platform_util.h>

#include <algorithm>

namespace polytls::mbedtls {
namespace {

std::size_t size_of(const mbedtls_ssl_session& session) noexcept {
    std::size_t size = 0;
    // It says what it would need, and that it has not got it.
    mbedtls_ssl_session_save(&session, nullptr, 0, &size);
    return size;
}

}  // namespace

saved_session::saved_session(const mbedtls_ssl_session& session) noexcept
    : room_(size_of(session)) {
    if (room_.data() != nullptr &&
        mbedtls_ssl_session_save(&session, room_.data(), room_.size(), &size_) != 0) {
        size_ = 0;
    }
}

saved_session::~saved_session() {
    if (room_.data() != nullptr) {
        mbedtls_platform_zeroize(room_.data(), room_.size());
    }
}

bool load_session(bytes blob, mbedtls_ssl_session& session) noexcept {
    return mbedtls_ssl_session_load(&session, blob.data(), blob.size()) == 0 &&
           compat::key_exchange_of(compat::suite_of(session)) != compat::key_exchange::other;
}

std::size_t encoded_size(const server_session& session) noexcept {
    return 2 + session.note.size() + session.id_context.size() + session.session.size();
}

void encode(const server_session& session, std::uint8_t* room) noexcept {
    for (const bytes part : {session.note, session.id_context}) {
        *room++ = static_cast<std::uint8_t>(part.size());
        room = std::copy(part.begin(), part.end(), room);
    }
    std::copy(session.session.begin(), session.session.end(), room);
}

std::optional<server_session> decode_server_session(bytes encoded) noexcept {
    server_session session;
    for (bytes* part : {&session.note, &session.id_context}) {
        if (encoded.empty() || encoded[0] >= encoded.size()) {
            return std::nullopt;
        }
        *part = encoded.subspan(1, encoded[0]);
        encoded = encoded.subspan(1U + encoded[0]);
    }
    session.session = encoded;
    return session;
}

}  // namespace polytls::mbedtls
