#include "ascii.hpp"

#include <polytls/core/server_identity.hpp>

#include <algorithm>

namespace polytls {
namespace {

/// A number of one to `digits` digits in a base; -1 for any other text.
int parse_number(std::string_view text, int base, std::size_t digits) noexcept {
    if (text.empty() || text.size() > digits) {
        return -1;
    }
    int value = 0;
    for (const char c : text) {
        const char lower = detail::to_lower(c);
        int digit = -1;
        if (lower >= '0' && lower <= '9') {
            digit = lower - '0';
        } else if (lower >= 'a' && lower <= 'f') {
            digit = lower - 'a' + 10;
        }
        if (digit < 0 || digit >= base) {
            return -1;
        }
        value = value * base + digit;
    }
    return value;
}

/// Cuts the text before `separator` off; the whole text where there is none.
std::string_view cut(std::string_view& text, char separator) noexcept {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part(text.data(), end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

bool parse_ipv4(std::string_view text, std::uint8_t* octets) noexcept {
    if (std::count(text.begin(), text.end(), '.') != 3 || text.ends_with('.')) {
        return false;
    }
    for (int i = 0; i < 4; ++i) {
        const std::string_view part = cut(text, '.');
        const int value = parse_number(part, 10, 3);
        // "010" is octal to some and ten to others: it is neither here.
        if (value < 0 || value > 255 || (part.size() > 1 && part[0] == '0')) {
            return false;
        }
        octets[i] = static_cast<std::uint8_t>(value);
    }
    return true;
}

/// The groups on one side of "::"; the number of bytes, or -1.
int parse_groups(std::string_view text, std::uint8_t* octets, bool may_end_in_ipv4) noexcept {
    int size = 0;
    while (!text.empty()) {
        if (text.ends_with(':') || size > 14) {
            return -1;
        }
        const std::string_view group = cut(text, ':');
        if (may_end_in_ipv4 && text.empty() && group.find('.') != std::string_view::npos) {
            return size <= 12 && parse_ipv4(group, octets + size) ? size + 4 : -1;
        }
        const int value = parse_number(group, 16, 4);
        if (value < 0) {
            return -1;
        }
        octets[size++] = static_cast<std::uint8_t>(value >> 8);
        octets[size++] = static_cast<std::uint8_t>(value & 0xff);
    }
    return size;
}

bool parse_ipv6(std::string_view text, std::array<std::uint8_t, 16>& octets) noexcept {
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        return parse_groups(text, octets.data(), true) == 16;
    }
    std::array<std::uint8_t, 16> tail{};
    const std::string_view front(text.data(), gap);
    text.remove_prefix(gap + 2);
    const int before = parse_groups(front, octets.data(), false);
    const int after = parse_groups(text, tail.data(), true);
    // "::" stands for one group of zeros at least.
    if (before < 0 || after < 0 || before + after > 14) {
        return false;
    }
    std::fill(octets.begin() + before, octets.end(), std::uint8_t{0});
    std::copy_n(tail.begin(), after, octets.end() - after);
    return true;
}

}  // namespace

std::optional<ip_address_bytes> parse_ip_address(std::string_view text) noexcept {
    ip_address_bytes address;
    if (parse_ipv4(text, address.octets.data())) {
        address.size = 4;
        return address;
    }
    address.octets = {};
    if (text.find(':') != std::string_view::npos && parse_ipv6(text, address.octets)) {
        address.size = 16;
        return address;
    }
    return std::nullopt;
}

}  // namespace polytls
