#pragma once

#include <cstddef>

namespace polytls::bench {

/// How often the whole program, its shared libraries included, has called malloc, calloc and
/// realloc.
std::size_t allocations() noexcept;

/// Counts the bytes that stand, as malloc rounds them up, while it lives; one at a time. Not for
/// while time is measured.
class standing_bytes {
public:
    standing_bytes() noexcept;
    ~standing_bytes();
    standing_bytes(const standing_bytes&) = delete;
    standing_bytes& operator=(const standing_bytes&) = delete;

    /// Those that have come less those that have gone.
    static std::ptrdiff_t count() noexcept;
};

}  // namespace polytls::bench
