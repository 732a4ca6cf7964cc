#pragma once

#include <polytls/cipher_suite.hpp>

#include <cstdint>
#include <string_view>

namespace polytls::detail {

/// What keeps a suite out of every group's choice until a word of the list is about just that.
enum class weakness : std::uint8_t {
    none = 0,
    anonymous = 1U << 0U,    ///< Nobody proves who they are.
    unencrypted = 1U << 1U,  ///< Everybody can read along.
    rc4 = 1U << 2U,          ///< Prohibited by RFC 7465.
    md5 = 1U << 3U,
};

constexpr weakness operator|(weakness a, weakness b) noexcept {
    return static_cast<weakness>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// Whether `some` has a weakness that is not among `allowed`.
constexpr bool exceeds(weakness some, weakness allowed) noexcept {
    return (static_cast<unsigned>(some) & ~static_cast<unsigned>(allowed)) != 0;
}

/// Every weakness of a suite.
weakness weaknesses_of(const cipher_suite& suite) noexcept;

/// How strong its encryption is, in bits, as OpenSSL reckons: 112 for triple DES, 0 without any.
unsigned strength_of(const cipher_suite& suite) noexcept;

/// A word that stands for a group of suites.
struct cipher_keyword {
    std::string_view name;
    /// Whether a suite of TLS 1.2 or before belongs to the group; `by_default`: it is one of
    /// "DEFAULT".
    bool (*selects)(const cipher_suite& suite, bool by_default);
    weakness names = weakness::none;  ///< Those the word is about.
};

/// The group of a word of ciphers(1) of OpenSSL 3.0, or null. Those that have no suites any more
/// are groups without members, and so are the names of suites of the kind.
const cipher_keyword* find_cipher_keyword(std::string_view name) noexcept;

/// "DEFAULT".
const cipher_keyword& default_keyword() noexcept;

}  // namespace polytls::detail
