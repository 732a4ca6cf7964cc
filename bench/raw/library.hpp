#pragma once

#include "../contender.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace polytls::bench::raw {

/// A library by itself, as a program would use it that knows no other.
struct library {
    std::string_view name;  ///< As the backend over it is called.
    std::unique_ptr<contender> (*make)(const job& wanted);
};

/// Those of the backends that are built.
std::span<const library> libraries() noexcept;

}  // namespace polytls::bench::raw
