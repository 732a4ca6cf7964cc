#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace polytls {

/// Bytes that are only read. A view: whoever makes one says how long the bytes live.
using bytes = std::span<const std::uint8_t>;

/// Bytes to be filled in. A view, as `bytes`.
using mutable_bytes = std::span<std::uint8_t>;

/// Views text as bytes. The result lives as long as the text.
inline bytes as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Views bytes as text. The result lives as long as the bytes.
inline std::string_view as_text(bytes data) noexcept {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

}  // namespace polytls
