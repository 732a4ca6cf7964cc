#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace polytls {

/// NamedGroup of RFC 8446, section 4.2.7: curves for ECDHE and finite-field groups.
enum class named_group : std::uint16_t {
    none = 0,
    secp256r1 = 23,
    secp384r1 = 24,
    secp521r1 = 25,
    x25519 = 29,
    x448 = 30,
    ffdhe2048 = 256,
    ffdhe3072 = 257,
    ffdhe4096 = 258,
};

/// The RFC's name, as "secp256r1"; "unknown" for a number without one. Lives for ever.
std::string_view name_of(named_group group) noexcept;

/// The size of its keys in bits; 0 for a number without a name.
std::uint16_t size_of(named_group group) noexcept;

/// Reads a group's name without regard to case: the RFC's ("secp256r1"), NIST's ("P-256") or
/// OpenSSL's ("prime256v1"). Nothing for any other text.
std::optional<named_group> named_group_named(std::string_view name) noexcept;

}  // namespace polytls
