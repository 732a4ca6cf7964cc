#include "utf8.hpp"

#include <algorithm>

namespace polytls::detail {
namespace {

constexpr std::uint32_t replacement = 0xfffd;
constexpr std::uint32_t last_point = 0x10ffff;

bool is_surrogate(std::uint32_t point) noexcept {
    return 0xd800 <= point && point <= 0xdfff;
}

/// The size of the well-formed sequence at the front of `text`; 0 when there is none.
std::size_t sequence_size(bytes text) noexcept {
    const std::uint8_t lead = text[0];
    if (lead < 0x80) {
        return 1;
    }
    const std::size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (size == 0 || lead > 0xf4 || text.size() < size) {
        return 0;
    }
    std::uint32_t point = lead & (0x7fU >> size);
    for (const std::uint8_t byte : text.subspan(1, size - 1)) {
        if ((byte & 0xc0U) != 0x80) {
            return 0;
        }
        point = point << 6U | (byte & 0x3fU);
    }
    // A longer form of a point that has a shorter one could slip past whoever compares bytes.
    const bool too_long = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
    return too_long || point > last_point || is_surrogate(point) ? 0 : size;
}

}  // namespace

void append_utf8(std::string& text, std::uint32_t point) {
    if (is_surrogate(point) || point > last_point) {
        point = replacement;
    }
    const auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        put(point);
        return;
    }
    if (point < 0x800) {
        put(0xc0U | point >> 6U);
    } else {
        if (point < 0x10000) {
            put(0xe0U | point >> 12U);
        } else {
            put(0xf0U | point >> 18U);
            put(0x80U | (point >> 12U & 0x3fU));
        }
        put(0x80U | (point >> 6U & 0x3fU));
    }
    put(0x80U | (point & 0x3fU));
}

std::string repaired_utf8(bytes text) {
    std::string repaired;
    repaired.reserve(text.size());
    while (!text.empty()) {
        const std::size_t size = sequence_size(text);
        if (size == 0) {
            append_utf8(repaired, replacement);
        } else {
            repaired += as_text(text.first(size));
        }
        text = text.subspan(std::max<std::size_t>(size, 1));
    }
    return repaired;
}

}  // namespace polytls::detail
