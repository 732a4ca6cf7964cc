#pragma once

#include <cstddef>

namespace polytls {

/// Where the core gets its memory. Plain functions, so that firmware can give its own.
///
/// Nothing is allocated while application data moves: only when contexts and connections are made
/// and during a handshake.
struct memory_hooks {
    /// Returns `size` bytes aligned for any object, or null.
    void* (*allocate)(void* user, std::size_t size) noexcept = nullptr;
    /// Takes back what `allocate` gave; never called with null.
    void (*release)(void* user, void* block) noexcept = nullptr;
    void* user = nullptr;
};

/// Hooks over the C library's `malloc` and `free`.
const memory_hooks& c_library_memory() noexcept;

}  // namespace polytls
