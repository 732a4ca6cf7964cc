#pragma once

#include <cstddef>

namespace polytls::bench {

/// What the whole program, its shared libraries included, asked malloc, calloc and realloc for.
struct heap_use {
    std::size_t allocations = 0;  ///< Since the start.
    std::size_t bytes = 0;        ///< Standing now, as malloc rounds them up.
};

heap_use heap() noexcept;

}  // namespace polytls::bench
