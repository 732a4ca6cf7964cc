#pragma once

#include "handles.hpp"
#include "memory.hpp"

#include <polytls/core/bytes.hpp>

#include <optional>

namespace polytls::mbedtls {

/// A session in mbedTLS's form, in memory of its own that is wiped at the end.
class saved_session {
public:
    explicit saved_session(const mbedtls_ssl_session& session) noexcept;
    ~saved_session();
    saved_session(const saved_session&) = delete;
    saved_session& operator=(const saved_session&) = delete;

    /// Empty when there was no memory.
    bytes blob() const noexcept { return {room_.data(), size_}; }

private:
    scratch room_;
    std::size_t size_ = 0;
};

/// Reads what `saved_session` wrote; false for anything else.
bool load_session(bytes blob, mbedtls_ssl_session& session) noexcept;

/// A session as a server keeps it, in a ticket or elsewhere: with what `session_note` said (empty
/// where it is kept elsewhere) and the context that it belongs to.
struct server_session {
    bytes note{};
    bytes id_context{};
    bytes session{};
};

/// The size of a server's session when encoded, in bytes.
std::size_t encoded_size(const server_session& session) noexcept;

/// Writes it into `room`, of at least that size.
void encode(const server_session& session, std::uint8_t* room) noexcept;

/// Reads what `encode` wrote; views point into `encoded`.
std::optional<server_session> decode_server_session(bytes encoded) noexcept;

}  // namespace polytls::mbedtls
