#pragma once

#include <polytls/core/bytes.hpp>

#include <optional>
#include <string>

namespace polytls::detail {

/// Writes a GeneralNames' content as the manual shows it, "DNS:localhost, IP Address:127.0.0.1".
///
/// A value with anything in it that separates or quotes names, or that is not plain text, stands
/// quoted as JSON quotes, its commas as "\u002c": no name can read as two, not even to a program
/// that splits the text at commas (CVE-2021-44532). Nothing when the names are malformed.
std::optional<std::string> general_names_text(bytes names);

}  // namespace polytls::detail
