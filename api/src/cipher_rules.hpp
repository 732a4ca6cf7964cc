#pragma once

#include "cipher_keyword.hpp"

#include <polytls/result.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace polytls::detail {

/// A word of a cipher list that means suites: names and groups joined by '+', each of which a suite
/// has to be of.
class cipher_selector {
public:
    void narrow(const cipher_suite& suite) { suites_.push_back(&suite); }

    void narrow(const cipher_keyword& group) { groups_.push_back(&group); }

    /// `by_default`: the suite is one of "DEFAULT". Suites of TLS 1.3 are in no other group.
    bool matches(const cipher_suite& suite, bool by_default) const;

    /// Those of a suite's weaknesses that the word is about.
    weakness names() const;

    bool names_tls1_3() const;

    /// Whether it is "DEFAULT" alone.
    bool is_default() const;

private:
    std::vector<const cipher_suite*> suites_;
    std::vector<const cipher_keyword*> groups_;
};

/// What a word of a cipher list is to do.
enum class cipher_action : std::uint8_t {
    add,
    remove,       ///< '-': may be added again.
    kill,         ///< '!': for good.
    move_to_end,  ///< '+': of those chosen so far.
    sort_by_strength,
    keep_level,  ///< "@SECLEVEL=2": only what that level allows.
};

struct cipher_rule {
    cipher_action action = cipher_action::add;
    cipher_selector selector{};
};

/// Reads a cipher list. `errc::unknown_cipher` names a word that is no suite, group or command;
/// `errc::invalid_argument` one that OpenSSL knows and contexts do not offer.
result<std::vector<cipher_rule>> parse_cipher_rules(std::string_view list);

}  // namespace polytls::detail
