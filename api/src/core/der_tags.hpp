#pragma once

#include <cstdint>

/// Identifier octets of DER (X.690, section 8.1.2) that certificates are made of.
namespace polytls::x509::tag {

inline constexpr std::uint8_t boolean = 0x01;
inline constexpr std::uint8_t integer = 0x02;
inline constexpr std::uint8_t bit_string = 0x03;
inline constexpr std::uint8_t octet_string = 0x04;
inline constexpr std::uint8_t object_identifier = 0x06;
inline constexpr std::uint8_t bmp_string = 0x1e;
inline constexpr std::uint8_t universal_string = 0x1c;
inline constexpr std::uint8_t utc_time = 0x17;
inline constexpr std::uint8_t generalized_time = 0x18;
inline constexpr std::uint8_t sequence = 0x30;
inline constexpr std::uint8_t set = 0x31;

/// [n], constructed or primitive, of the context.
constexpr std::uint8_t context(unsigned number) noexcept {
    return static_cast<std::uint8_t>(0x80U | number);
}

constexpr std::uint8_t constructed_context(unsigned number) noexcept {
    return static_cast<std::uint8_t>(0xa0U | number);
}

}  // namespace polytls::x509::tag
