#pragma once

#include "blob.hpp"
#include "handles.hpp"

#include <polytls/core/protocol_version.hpp>
#include <polytls/spi/configuration.hpp>

#include <optional>

namespace polytls::wolfssl {

/// Whose session it is: a client's own, or one that a server keeps.
enum class session_owner : std::uint8_t { client = 'c', server = 's' };

/// A session as we hand it out. wolfSSL's own form breaks off in the middle without being noticed,
/// and does not say what version it is of.
struct session_record {
    session_owner owner = session_owner::client;
    protocol_version version = protocol_version::tls1_2;
    bytes id_context{};  ///< What a server's is kept apart by.
    bytes content{};
    /// The client's ticket, which lies within `content`: whether it is sound is for the server that
    /// gave it to say.
    bytes ticket{};
};

/// Writes a record; false without memory.
bool encode_session(const session_record& record, blob& out) noexcept;

/// Finds the content of a record that is whole and of this owner and context.
std::optional<session_record>
decode_session(bytes encoded, session_owner owner, bytes id_context) noexcept;

/// Writes a session in wolfSSL's form; false without memory.
bool write_session(WOLFSSL_SESSION* session, blob& out) noexcept;

/// Reads a session in wolfSSL's form; null when it cannot be read.
session_handle read_session(bytes content) noexcept;

/// Has a WOLFSSL_CTX tell new sessions to their engines, and look for those that a server keeps.
/// The library's own cache, which is the whole process's, stays off.
void use_sessions(WOLFSSL_CTX* ctx, const spi::session_config& session, bool keeps) noexcept;

}  // namespace polytls::wolfssl
