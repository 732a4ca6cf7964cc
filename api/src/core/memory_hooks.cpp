#include <polytls/core/memory_hooks.hpp>

#include <cstdlib>

namespace polytls {

const memory_hooks& c_library_memory() noexcept {
    static constexpr memory_hooks hooks{
        .allocate = [](void*, std::size_t size) noexcept -> void* { return std::malloc(size); },
        .release = [](void*, void* block) noexcept { std::free(block); }};
    return hooks;
}

}  // namespace polytls
