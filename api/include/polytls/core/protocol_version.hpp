#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace polytls {

/// Protocol versions; the numbers are those on the wire. SSLv2 and SSLv3 are never spoken.
enum class protocol_version : std::uint16_t {
    tls1_0 = 0x0301,
    tls1_1 = 0x0302,
    tls1_2 = 0x0303,
    tls1_3 = 0x0304,
};

/// A closed range of versions, `min` not above `max`.
struct version_range {
    protocol_version min = protocol_version::tls1_2;
    protocol_version max = protocol_version::tls1_3;

    constexpr bool contains(protocol_version version) const noexcept {
        return min <= version && version <= max;
    }

    friend constexpr bool operator==(const version_range&, const version_range&) = default;
};

/// "TLSv1.3" and so on, as the manual and OpenSSL write it. Lives for ever.
std::string_view name_of(protocol_version version) noexcept;

/// Reads "TLSv1.2" (without regard to case); nothing for any other text.
std::optional<protocol_version> protocol_version_named(std::string_view name) noexcept;

}  // namespace polytls
