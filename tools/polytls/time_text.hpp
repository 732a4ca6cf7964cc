#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace polytls::tool {

/// Reads a time as seconds since 1970: a decimal number of them, or a date of ISO 8601 in UTC, as
/// "2026-01-31", "2026-01-31T12:00:00" or "2026-01-31T12:00:00Z". Nothing for any other text.
std::optional<std::chrono::seconds> parse_time(std::string_view text);

}  // namespace polytls::tool
