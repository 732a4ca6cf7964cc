#pragma once

#include <span>
#include <string_view>

namespace polytls {

namespace spi {
class backend;
}

/// The backends built into the program, the default one first; never empty. Lives for ever.
std::span<spi::backend* const> registered_backends() noexcept;

/// The name of the backend used where none is named, as chosen when the library was built. Lives
/// for ever.
std::string_view default_backend_name() noexcept;

}  // namespace polytls
