#pragma once

#include <polytls/core/bytes.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace polytls::contract {

using buffer = std::vector<std::uint8_t>;

inline buffer copy_of(bytes data) {
    return {data.begin(), data.end()};
}

/// The text as bytes of its own.
inline buffer text(std::string_view from) {
    return {from.begin(), from.end()};
}

/// Bytes of a size, each known by its place.
inline buffer pattern(std::size_t size) {
    buffer made(size);
    for (std::size_t i = 0; i < size; ++i) {
        made[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    }
    return made;
}

}  // namespace polytls::contract
