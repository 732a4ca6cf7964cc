#pragma once

#include <cstdint>

namespace polytls {

/// What the manual's secureOptions switch off or on, as bits that mean the same on every backend.
/// Those of OpenSSL's SSL_OP_ flags that are not here are either always set (no compression, single
/// use of ephemeral keys, no SSLv2 and SSLv3) or work around faults of programs long gone.
enum class secure_options : std::uint32_t {
    none = 0,
    no_tls1_0 = 1U << 0U,
    no_tls1_1 = 1U << 1U,
    no_tls1_2 = 1U << 2U,
    no_tls1_3 = 1U << 3U,
    no_ticket = 1U << 4U,                 ///< As `context_options::tickets = false`.
    cipher_server_preference = 1U << 5U,  ///< As `context_options::honor_cipher_order`.
    no_renegotiation = 1U << 6U,          ///< No handshake on a standing connection, from no end.
};

/// Every bit there is.
inline constexpr auto all_secure_options = static_cast<secure_options>((1U << 7U) - 1);

constexpr secure_options operator|(secure_options a, secure_options b) noexcept {
    return static_cast<secure_options>(static_cast<std::uint32_t>(a) |
                                       static_cast<std::uint32_t>(b));
}

constexpr bool has(secure_options set, secure_options bit) noexcept {
    return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(bit)) != 0;
}

}  // namespace polytls
