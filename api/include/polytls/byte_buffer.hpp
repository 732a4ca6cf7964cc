#pragma once

#include <polytls/core/byte_sink.hpp>
#include <polytls/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace polytls {

/// A sink that grows: bytes are appended behind and taken away in front.
class byte_buffer final : public byte_sink {
public:
    /// Takes all of `data`; nothing when memory is short.
    std::size_t append(bytes data) noexcept override;

    /// The bytes not yet taken away. Valid until the next call that changes the buffer.
    bytes data() const noexcept { return bytes(storage_).subspan(taken_); }

    std::size_t size() const noexcept { return storage_.size() - taken_; }

    bool empty() const noexcept { return size() == 0; }

    /// Takes `count` bytes away in front; `count` must not be more than `size()`.
    void consume(std::size_t count) noexcept;

    void clear() noexcept;

    /// Gives the memory of an empty buffer back.
    void release() noexcept;

private:
    std::vector<std::uint8_t> storage_;
    std::size_t taken_ = 0;
};

}  // namespace polytls
