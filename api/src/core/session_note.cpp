#include <polytls/core/session_note.hpp>

#include <algorithm>

namespace polytls {
namespace {

constexpr std::uint8_t format = 2;
constexpr std::size_t fixed_size = 28;
constexpr std::size_t longest_id_context = 32;

}  // namespace

bytes encode_session_note(const session_note& note, session_note_buffer& buffer) noexcept {
    const auto expires = static_cast<std::uint64_t>(note.expires.count());
    const std::size_t context_size = std::min(note.id_context.size(), longest_id_context);
    buffer[0] = format;
    buffer[1] = static_cast<std::uint8_t>(note.verification);
    buffer[2] = static_cast<std::uint8_t>((note.certificate_requested ? 1U : 0U) |
                                          (note.peer_has_certificate ? 2U : 0U));
    for (std::size_t i = 0; i < 8; ++i) {
        buffer[3 + i] = static_cast<std::uint8_t>(expires >> (56 - 8 * i));
    }
    buffer[11] = static_cast<std::uint8_t>(context_size);
    std::ranges::copy(note.server_name, buffer.begin() + 12);
    std::copy_n(note.id_context.begin(), context_size, buffer.begin() + fixed_size);
    return bytes(buffer).first(fixed_size + context_size);
}

std::optional<session_note> decode_session_note(bytes encoded) noexcept {
    if (encoded.size() < fixed_size || encoded[0] != format || encoded[2] > 3 ||
        encoded.size() != fixed_size + encoded[11]) {
        return std::nullopt;
    }
    session_note note;
    note.verification = static_cast<verify_code>(encoded[1]);
    note.certificate_requested = (encoded[2] & 1U) != 0;
    note.peer_has_certificate = (encoded[2] & 2U) != 0;
    std::uint64_t expires = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        expires = expires << 8U | encoded[3 + i];
    }
    note.expires = std::chrono::seconds(static_cast<std::int64_t>(expires));
    std::ranges::copy(encoded.subspan(12, note.server_name.size()), note.server_name.begin());
    note.id_context = encoded.subspan(fixed_size);
    return note;
}

}  // namespace polytls
