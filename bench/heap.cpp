// Puts itself before the C library's allocator, so that what libraries allocate is counted, too.
#include "heap.hpp"

#include <malloc.h>

namespace polytls::bench {
namespace {

// Benchmarks run in one thread.
constinit heap_use counted;

void* count(void* block) noexcept {
    ++counted.allocations;
    counted.bytes += malloc_usable_size(block);
    return block;
}

void discount(void* block) noexcept {
    counted.bytes -= malloc_usable_size(block);
}

}  // namespace

heap_use heap() noexcept {
    return counted;
}

}  // namespace polytls::bench

// The names are glibc's own, reserved as they are.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void __libc_free(void* block);

void* malloc(std::size_t size) {
    return polytls::bench::count(__libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size) {
    return polytls::bench::count(__libc_calloc(count, size));
}

void* realloc(void* block, std::size_t size) {
    polytls::bench::discount(block);
    return polytls::bench::count(__libc_realloc(block, size));
}

void free(void* block) {
    polytls::bench::discount(block);
    __libc_free(block);
}
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
