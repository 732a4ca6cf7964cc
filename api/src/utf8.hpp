#pragma once

#include <polytls/core/bytes.hpp>

#include <cstdint>
#include <string>

namespace polytls::detail {

/// Appends a code point as UTF-8; U+FFFD for what is none (a surrogate, or beyond U+10FFFF).
void append_utf8(std::string& text, std::uint32_t point);

/// Copies UTF-8, with U+FFFD in the place of each byte that is not part of a well-formed sequence
/// (Unicode 15.0, table 3-7).
std::string repaired_utf8(bytes text);

}  // namespace polytls::detail
