#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/x509.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace polytls::detail {

/// A GeneralName as text, in two parts, before anything is quoted.
struct general_name_text {
    /// What bytes beyond ASCII are: names of hosts and the like are IA5Strings and have none, names
    /// from a directory are UTF-8.
    enum class charset : std::uint8_t { ascii, utf8 };

    std::string_view label{};  ///< "DNS", "IP Address", "DirName", …
    std::string value{};
    charset known = charset::ascii;

    /// As it can stand in a list, "DNS:localhost". A value with anything in it that separates or
    /// quotes names, or that is not plain text, stands quoted as JSON quotes, its commas as
    /// "\u002c": no name can read as two, not even to a program that splits the list at commas
    /// (CVE-2021-44532).
    std::string listed() const;

    /// The value alone and as it is, as UTF-8: what a quoted one would be read as.
    std::string plain() const;
};

/// Writes a GeneralName; nothing when it is malformed.
std::optional<general_name_text> text_of(const x509::general_name& name);

/// Writes a GeneralNames' content as the manual shows it, "DNS:localhost, IP Address:127.0.0.1".
/// Nothing when the names are malformed.
std::optional<std::string> general_names_text(bytes names);

}  // namespace polytls::detail
