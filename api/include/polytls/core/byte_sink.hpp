#pragma once

#include <polytls/core/bytes.hpp>

#include <cstddef>

namespace polytls {

/// Takes bytes as they are made: ciphertext on its way out, or a blob of unknown size.
class byte_sink {
public:
    /// Takes as many of `data` from its front as there is room for and returns their number. A sink
    /// that grows takes all; one over a fixed buffer may take less, which the producer reports as
    /// `want::output` and makes good in its next call.
    virtual std::size_t append(bytes data) noexcept = 0;

protected:
    ~byte_sink() = default;
};

/// A sink over a buffer of the caller's, which must outlive it.
class span_sink final : public byte_sink {
public:
    explicit span_sink(mutable_bytes buffer) noexcept : buffer_(buffer) {}

    std::size_t append(bytes data) noexcept override;

    /// The bytes taken so far, at the front of the buffer.
    bytes written() const noexcept { return buffer_.first(size_); }

    /// Forgets the bytes taken; the room is free again.
    void clear() noexcept { size_ = 0; }

private:
    mutable_bytes buffer_;
    std::size_t size_ = 0;
};

}  // namespace polytls
