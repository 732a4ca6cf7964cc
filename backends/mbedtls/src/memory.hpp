#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/memory_hooks.hpp>

#include <new>
#include <utility>

namespace polytls::mbedtls {

/// Makes an object in memory from the hooks; null when there is none.
template <class T, class... Args>
T* make(Args&&... args) noexcept {
    const memory_hooks& memory = c_library_memory();
    void* block = memory.allocate(memory.user, sizeof(T));
    return block == nullptr ? nullptr : new (block) T(std::forward<Args>(args)...);
}

/// Ends what `make` made.
template <class T>
void unmake(T* object) noexcept {
    const memory_hooks& memory = c_library_memory();
    object->~T();
    memory.release(memory.user, object);
}

/// Ends what `make` made, for `std::unique_ptr`.
struct unmaker {
    template <class T>
    void operator()(T* object) const noexcept {
        unmake(object);
    }
};

/// A buffer from the hooks; `data()` is null when there was no memory.
class scratch {
public:
    explicit scratch(std::size_t size) noexcept
        : data_(static_cast<std::uint8_t*>(
              c_library_memory().allocate(c_library_memory().user, size == 0 ? 1 : size))),
          size_(size) {}

    ~scratch() {
        if (data_ != nullptr) {
            c_library_memory().release(c_library_memory().user, data_);
        }
    }

    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    std::uint8_t* data() const noexcept { return data_; }

    std::size_t size() const noexcept { return size_; }

private:
    std::uint8_t* data_;
    std::size_t size_;
};

}  // namespace polytls::mbedtls
