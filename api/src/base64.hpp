#pragma once

#include "wipe.hpp"

#include <polytls/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::detail {

/// Reads base64 (RFC 4648, section 4) that comes in pieces; white space counts for nothing. What it
/// decodes may be a key: a decoder that is dropped wipes what it holds.
class base64_decoder {
public:
    base64_decoder() = default;

    ~base64_decoder() { wipe(decoded_); }

    base64_decoder(const base64_decoder&) = delete;
    base64_decoder& operator=(const base64_decoder&) = delete;

    /// Takes the next piece; false when it has a byte that does not belong there.
    bool take(std::string_view piece);

    /// What was decoded; nothing when the text stopped within a group of four.
    std::optional<std::vector<std::uint8_t>> finish();

private:
    void append(std::uint8_t byte);

    std::vector<std::uint8_t> decoded_{};
    std::uint32_t group_ = 0;
    std::size_t digits_ = 0;   ///< Of the group.
    std::size_t padding_ = 0;  ///< Of the group.
};

std::string to_base64(bytes data);

}  // namespace polytls::detail
