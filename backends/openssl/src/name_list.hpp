#pragma once

#include "memory.hpp"

#include <cstddef>
#include <cstring>

namespace polytls::openssl {

/// Names of suites with ':' between, as OpenSSL takes them.
class name_list {
public:
    explicit name_list(std::size_t names) noexcept : room_((names + 1) * longest_name) {}

    bool usable() const noexcept { return room_.data() != nullptr; }

    bool empty() const noexcept { return size_ == 0; }

    void add(const char* name) noexcept {
        const std::size_t length = std::strlen(name);
        if (size_ + length + 2 > room_.size()) {
            return;
        }
        if (size_ != 0) {
            room_.data()[size_++] = ':';
        }
        std::memcpy(room_.data() + size_, name, length);
        size_ += length;
        room_.data()[size_] = 0;
    }

    const char* text() const noexcept { return reinterpret_cast<const char*>(room_.data()); }

private:
    static constexpr std::size_t longest_name = 64;

    scratch room_;
    std::size_t size_ = 0;
};

}  // namespace polytls::openssl
