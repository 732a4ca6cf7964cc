#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace polytls {

/// The keys that session tickets are made with (manual: getTicketKeys): 16 bytes that name the set,
/// 16 for HMAC-SHA-256, 16 for AES-128 in CBC mode. Servers that share them resume each other's
/// sessions, whatever their process. A secret, worth as much as the sessions it opens.
using ticket_keys = std::array<std::uint8_t, 48>;

/// Where the parts begin, in bytes; each is 16 long.
inline constexpr std::size_t ticket_key_part = 16;
inline constexpr std::size_t ticket_hmac_key_at = 16;
inline constexpr std::size_t ticket_aes_key_at = 32;

}  // namespace polytls
