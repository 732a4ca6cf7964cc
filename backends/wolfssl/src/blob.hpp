#pragma once

#include "memory.hpp"

#include <polytls/core/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace polytls::wolfssl {

/// Bytes of our own, from the hooks. Emptied before they are given back, since some are secret.
class blob {
public:
    blob() = default;

    ~blob() { clear(); }

    blob(blob&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
          room_(std::exchange(other.room_, 0)) {}

    blob& operator=(blob&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(room_, other.room_);
        return *this;
    }

    blob(const blob&) = delete;
    blob& operator=(const blob&) = delete;

    bool empty() const noexcept { return size_ == 0; }

    std::size_t size() const noexcept { return size_; }

    bytes view() const noexcept { return {data_, size_}; }

    mutable_bytes span() noexcept { return {data_, size_}; }

    /// Puts `data` behind what is there; false without memory.
    bool append(bytes data) noexcept {
        if (data.size() > room_ - size_ && !grow(data.size())) {
            return false;
        }
        std::copy(data.begin(), data.end(), data_ + size_);
        size_ += data.size();
        return true;
    }

    /// Makes it hold `size` bytes, new ones zero; false without memory.
    bool resize(std::size_t size) noexcept {
        if (size > room_ && !grow(size - size_)) {
            return false;
        }
        std::fill(data_ + std::min(size_, size), data_ + size, std::uint8_t{0});
        size_ = size;
        return true;
    }

    /// Holds a copy of `data` instead; false without memory.
    bool assign(bytes data) noexcept {
        size_ = 0;
        return append(data);
    }

    void drop_front(std::size_t count) noexcept {
        std::copy(data_ + count, data_ + size_, data_);
        size_ -= count;
    }

    /// Gives the memory back.
    void clear() noexcept {
        if (data_ != nullptr) {
            wipe(data_, room_);
            c_library_memory().release(c_library_memory().user, data_);
        }
        data_ = nullptr;
        size_ = room_ = 0;
    }

    static void wipe(std::uint8_t* data, std::size_t size) noexcept {
        // What nobody reads again may be left out by a compiler, unless it is volatile.
        volatile std::uint8_t* at = data;
        while (size-- != 0) {
            *at++ = 0;
        }
    }

private:
    bool grow(std::size_t by) noexcept {
        const std::size_t room = std::max(size_ + by, room_ * 2);
        const memory_hooks& memory = c_library_memory();
        auto* data = static_cast<std::uint8_t*>(memory.allocate(memory.user, room));
        if (data == nullptr) {
            return false;
        }
        std::copy(data_, data_ + size_, data);
        const std::size_t size = size_;
        clear();
        data_ = data;
        size_ = size;
        room_ = room;
        return true;
    }

    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t room_ = 0;
};

}  // namespace polytls::wolfssl
