#pragma once

#include <algorithm>
#include <string_view>

namespace polytls::detail {

/// ASCII only, whatever the locale: names of protocols and hosts are.
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Whether two texts are equal without regard to case.
inline bool equals_without_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace polytls::detail
