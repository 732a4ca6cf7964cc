#pragma once

#include <polytls/core/byte_sink.hpp>
#include <polytls/core/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace polytls::bench {

/// One direction of a wire: ciphertext, in one piece.
class byte_queue final : public byte_sink {
public:
    byte_queue() = default;

    ~byte_queue() { std::free(data_); }

    byte_queue(const byte_queue&) = delete;
    byte_queue& operator=(const byte_queue&) = delete;

    std::size_t append(bytes data) noexcept override {
        if (end_ + data.size() > capacity_) {
            make_room(data.size());
        }
        std::memcpy(data_ + end_, data.data(), data.size());
        end_ += data.size();
        return data.size();
    }

    /// What has not been consumed. The view ends with the next call.
    bytes unread() const noexcept { return {data_ + begin_, end_ - begin_}; }

    void consume(std::size_t size) noexcept {
        begin_ += size;
        if (begin_ == end_) {
            begin_ = end_ = 0;
        }
    }

    /// Gives the memory back; what was unread is lost.
    void drop() noexcept {
        std::free(data_);
        data_ = nullptr;
        begin_ = end_ = capacity_ = 0;
    }

private:
    void make_room(std::size_t size) noexcept {
        if (begin_ != 0) {
            std::memmove(data_, data_ + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (end_ + size > capacity_) {
            capacity_ = std::max<std::size_t>(2 * (end_ + size), 4096);
            data_ = static_cast<std::uint8_t*>(std::realloc(data_, capacity_));
            if (data_ == nullptr) {
                std::abort();
            }
        }
    }

    std::uint8_t* data_ = nullptr;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace polytls::bench
