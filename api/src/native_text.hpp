#pragma once

#include <cstdint>
#include <string>

namespace polytls::spi {
class backend;
}

namespace polytls::detail {

/// A library's own text for one of its error numbers; empty when it has none, and for 0.
std::string native_text(const spi::backend& of, std::int32_t native);

}  // namespace polytls::detail
