#pragma once

#include <polytls/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace polytls::detail {

/// Ciphertext from the next layer that the connection has not taken yet. Holds memory only while
/// there is some, or while a read of the next layer may fill it.
class input_block {
public:
    /// Large enough for a record of any size (RFC 5246, section 6.2.3).
    static constexpr std::size_t small = 16384 + 2048 + 5;
    /// Several records at once, for layers that let one wait without a buffer.
    static constexpr std::size_t large = 65536;

    explicit input_block(std::size_t capacity) noexcept : capacity_(capacity) {}

    ~input_block() { release(); }

    input_block(const input_block&) = delete;
    input_block& operator=(const input_block&) = delete;

    bytes data() const noexcept { return {memory_.get() + begin_, end_ - begin_}; }

    bool empty() const noexcept { return begin_ == end_; }

    /// Room for a read of the next layer. Only when empty.
    mutable_bytes room();

    /// Says that the first `size` bytes of the room were filled.
    void filled(std::size_t size) noexcept {
        begin_ = 0;
        end_ = size;
    }

    void consume(std::size_t size) noexcept { begin_ += size; }

    /// Gives the memory back, what is in it as well.
    void release() noexcept;

private:
    std::unique_ptr<std::uint8_t[]> memory_;
    std::size_t capacity_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace polytls::detail
