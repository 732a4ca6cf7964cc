#include "counted_memory.hpp"

#include <polytls/core/memory_hooks.hpp>

#include <cstdlib>
#include <new>

namespace polytls {
namespace {

constinit openssl::counted_memory counted;

/// In front of each block; as large as the strictest alignment, which the block keeps so.
struct alignas(std::max_align_t) header {
    std::size_t size;
};

void* allocate(void* /*user*/, std::size_t size) noexcept {
    void* block = std::malloc(sizeof(header) + size);
    if (block == nullptr) {
        return nullptr;
    }
    ++counted.allocations;
    counted.bytes += size;
    return new (block) header{size} + 1;
}

void release(void* /*user*/, void* block) noexcept {
    header* front = static_cast<header*>(block) - 1;
    counted.bytes -= front->size;
    std::free(front);
}

}  // namespace

/// Found before that of the library, which the linker then leaves where it is.
const memory_hooks& c_library_memory() noexcept {
    static constexpr memory_hooks hooks{.allocate = allocate, .release = release};
    return hooks;
}

openssl::counted_memory openssl::memory_of_ours() noexcept {
    return counted;
}

}  // namespace polytls
