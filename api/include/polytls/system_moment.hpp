#pragma once

#include <polytls/core/moment.hpp>

#include <chrono>

namespace polytls {

/// The time by the machine's clocks: what hosted faces use unless they are given another clock.
inline moment system_moment() {
    using namespace std::chrono;
    return {.monotonic = duration_cast<milliseconds>(steady_clock::now().time_since_epoch()),
            .unix_time = duration_cast<seconds>(system_clock::now().time_since_epoch())};
}

}  // namespace polytls
