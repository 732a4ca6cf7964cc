// Puts itself before the C library's allocator, so that what libraries allocate is counted, too.
#include "heap.hpp"

#include <malloc.h>

namespace polytls::bench {
namespace {

// Benchmarks run in one thread.
constinit std::size_t calls = 0;
constinit std::ptrdiff_t standing = 0;
constinit bool weighing = false;

std::ptrdiff_t weight(void* block) noexcept {
    return static_cast<std::ptrdiff_t>(malloc_usable_size(block));
}

void* count(void* block) noexcept {
    ++calls;
    if (weighing) {
        standing += weight(block);
    }
    return block;
}

void discount(void* block) noexcept {
    if (weighing) {
        standing -= weight(block);
    }
}

}  // namespace

std::size_t allocations() noexcept {
    return calls;
}

standing_bytes::standing_bytes() noexcept {
    standing = 0;
    weighing = true;
}

standing_bytes::~standing_bytes() {
    weighing = false;
}

std::ptrdiff_t standing_bytes::count() noexcept {
    return standing;
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
