#pragma once

#include <polytls/core/byte_sink.hpp>
#include <polytls/core/bytes.hpp>
#include <polytls/core/verify_code.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace polytls {

/// What surrounds a library's own form of a session, so that it is resumed only where it belongs,
/// and what was thought of the peer is not forgotten: by a client in `verification`, by a server
/// that keeps sessions in `note`.
struct session_envelope {
    std::string_view backend{};  ///< The library's name; at most 255 bytes, as all texts here.
    std::string_view version{};  ///< Of the library: their forms change between versions.
    std::string_view server_name{};
    std::string_view host{};
    verify_code verification = verify_code::ok;
    bytes note{};  ///< Server: as `encode_session_note` wrote it.
    bytes blob{};  ///< The library's own form.
};

/// The size of an envelope when encoded, in bytes.
std::size_t encoded_size(const session_envelope& envelope) noexcept;

/// Writes an envelope into `buffer`, of at least `encoded_size` bytes, and returns the part used.
bytes encode_session_envelope(const session_envelope& envelope, mutable_bytes buffer) noexcept;

/// Reads an envelope; nothing when the bytes are not one, or are cut short. All views point into
/// `encoded`. The blob is not examined.
std::optional<session_envelope> decode_session_envelope(bytes encoded) noexcept;

}  // namespace polytls
