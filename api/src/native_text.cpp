#include "native_text.hpp"

#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <array>

namespace polytls::detail {

std::string native_text(const spi::backend& of, std::int32_t native) {
    std::array<char, 256> text{};
    const std::size_t size = native != 0 ? of.describe(native, text) : 0;
    return {text.data(), std::min(size, text.size())};
}

}  // namespace polytls::detail
