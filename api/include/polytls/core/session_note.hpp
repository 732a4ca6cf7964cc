#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/verify_code.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace polytls {

/// What a server keeps with each session it issues, so that resuming never loses authorisation:
/// some libraries forget the verdict on the client, some the client's certificate too.
struct session_note {
    verify_code verification = verify_code::ok;
    bool certificate_requested = false;
    bool peer_has_certificate = false;
    std::chrono::seconds expires{0};  ///< Since 1970.
    /// The start of the SHA-256 of the name the client asked for; zeros for none. A session is not
    /// resumed under another name (RFC 6066, section 3).
    std::array<std::uint8_t, 16> server_name{};
    bytes id_context{};  ///< At most 32 bytes (as `session_config::id_context`).
};

/// Room for any encoded note.
using session_note_buffer = std::array<std::uint8_t, 64>;

/// Writes a note into `buffer` and returns the part of it that was used.
bytes encode_session_note(const session_note& note, session_note_buffer& buffer) noexcept;

/// Reads what `encode_session_note` wrote; nothing for any other bytes. `id_context` points into
/// `encoded`.
std::optional<session_note> decode_session_note(bytes encoded) noexcept;

}  // namespace polytls
