#pragma once

#include "contender.hpp"

#include <cstddef>

namespace polytls::bench {

/// What one connection takes of the heap while it is idle, in bytes.
struct idle_memory {
    std::ptrdiff_t client = 0;
    std::ptrdiff_t server = 0;
};

/// Measures it over many connections, which have carried 16 KiB each way if `used`.
idle_memory measure_idle_memory(contender& by, bool used);

}  // namespace polytls::bench
