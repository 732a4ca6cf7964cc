#pragma once

#include <chrono>

namespace polytls {

/// The time, as the caller's clocks tell it: connections have no clock of their own.
struct moment {
    /// Never goes back; any epoch, the same for all calls on one connection. Deadlines are in it.
    std::chrono::milliseconds monotonic{0};

    /// Since 1970-01-01T00:00:00Z. Certificate dates and session lifetimes are judged by it.
    std::chrono::seconds unix_time{0};
};

}  // namespace polytls
