#include "ascii.hpp"

#include <polytls/core/server_identity.hpp>

#include <algorithm>

namespace polytls {
namespace {

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

bool is_label_character(char c) noexcept {
    const char lower = detail::to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '-' ||
           lower == '_';
}

std::string_view without_trailing_dot(std::string_view name) noexcept {
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    return name;
}

}  // namespace

bool is_dns_name(std::string_view text) noexcept {
    std::string_view rest = without_trailing_dot(text);
    if (rest.empty() || rest.size() > longest_name || parse_ip_address(rest)) {
        return false;
    }
    while (true) {
        const std::size_t end = std::min(rest.find('.'), rest.size());
        const std::string_view label(rest.data(), end);
        if (label.empty() || label.size() > longest_label || label.front() == '-' ||
            label.back() == '-' || !std::all_of(label.begin(), label.end(), is_label_character)) {
            return false;
        }
        if (end == rest.size()) {
            return true;
        }
        rest.remove_prefix(end + 1);
    }
}

bool matches_dns_name(std::string_view pattern, std::string_view name) noexcept {
    pattern = without_trailing_dot(pattern);
    name = without_trailing_dot(name);
    if (pattern.empty() || name.empty()) {
        return false;
    }
    if (!pattern.starts_with("*.")) {
        return detail::equals_without_case(pattern, name);
    }
    pattern.remove_prefix(1);
    const std::size_t dot = name.find('.');
    // "*.com" would cover half of the world, and "*" stands for something.
    if (dot == std::string_view::npos || dot == 0 ||
        pattern.find('.', 1) == std::string_view::npos) {
        return false;
    }
    name.remove_prefix(dot);
    return detail::equals_without_case(pattern, name);
}

}  // namespace polytls
