#include "scarce_memory.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>

/// glibc's own malloc, under the names that it keeps for it.
extern "C" {
void* libc_malloc(std::size_t size) asm("__libc_malloc");
void* libc_calloc(std::size_t count, std::size_t size) asm("__libc_calloc");
void* libc_realloc(void* block, std::size_t size) asm("__libc_realloc");
void* libc_memalign(std::size_t alignment, std::size_t size) asm("__libc_memalign");
void libc_free(void* block) asm("__libc_free");
}

namespace polytls::contract {
namespace {

constinit std::atomic<long> live{0};

struct script {
    std::size_t spared = 0;
    bool armed = false;
    bool for_good = false;
    bool felt = false;
};

constinit thread_local script now{};

bool fails() noexcept {
    if (!now.armed || (now.felt && !now.for_good)) {
        return false;
    }
    if (now.spared != 0) {
        --now.spared;
        return false;
    }
    now.felt = true;
    errno = ENOMEM;
    return true;
}

void* counted(void* block) noexcept {
    if (block != nullptr) {
        live.fetch_add(1, std::memory_order_relaxed);
    }
    return block;
}

}  // namespace

long live_blocks() noexcept {
    return live.load(std::memory_order_relaxed);
}

shortage::shortage(std::size_t spared, lasting how) noexcept {
    now = {.spared = spared, .armed = true, .for_good = how == lasting::for_good};
}

shortage::~shortage() {
    now.armed = false;
}

bool shortage::felt() const noexcept {
    return now.felt;
}

}  // namespace polytls::contract

using polytls::contract::counted;
using polytls::contract::fails;

// These take the place of glibc's in the whole process, its libraries included.
extern "C" {

void* malloc(std::size_t size) {
    return fails() ? nullptr : counted(libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size) {
    return fails() ? nullptr : counted(libc_calloc(count, size));
}

void* realloc(void* block, std::size_t size) {
    if (block == nullptr) {
        return malloc(size);
    }
    if (size == 0) {
        free(block);
        return nullptr;
    }
    return fails() ? nullptr : libc_realloc(block, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
    return fails() ? nullptr : counted(libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return memalign(alignment, size);
}

int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    *block = memalign(alignment, size);
    return *block == nullptr ? ENOMEM : 0;
}

void free(void* block) {
    if (block != nullptr) {
        polytls::contract::live.fetch_sub(1, std::memory_order_relaxed);
    }
    libc_free(block);
}
}
