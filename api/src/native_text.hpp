#pragma once

#include <polytls/spi/backend.hpp>

#include <cstdint>
#include <string>

namespace polytls::detail {

/// The library's own text for one of its error numbers; empty for 0, and where it has none.
std::string native_text(const spi::backend& backend, std::int32_t native);

}  // namespace polytls::detail
