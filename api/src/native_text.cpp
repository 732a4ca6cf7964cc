#include "native_text.hpp"

#include <algorithm>
#include <array>

namespace polytls::detail {

std::string native_text(const spi::backend& backend, std::int32_t native) {
    if (native == 0) {
        return {};
    }
    std::array<char, 256> text{};
    return {text.data(), std::min(backend.describe(native, text), text.size())};
}

}  // namespace polytls::detail
