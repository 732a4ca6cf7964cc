#include <polytls/byte_buffer.hpp>

#include <new>
#include <stdexcept>

namespace polytls {

std::size_t byte_buffer::append(bytes data) noexcept {
    try {
        // What was taken away in front is given up only when that is cheaper than growing.
        if (taken_ != 0 && taken_ >= size()) {
            storage_.erase(storage_.begin(),
                           storage_.begin() + static_cast<std::ptrdiff_t>(taken_));
            taken_ = 0;
        }
        storage_.insert(storage_.end(), data.begin(), data.end());
        return data.size();
    } catch (const std::bad_alloc&) {
        return 0;
    } catch (const std::length_error&) {
        return 0;
    }
}

void byte_buffer::consume(std::size_t count) noexcept {
    taken_ += count;
    if (taken_ == storage_.size()) {
        clear();
    }
}

void byte_buffer::clear() noexcept {
    storage_.clear();
    taken_ = 0;
}

void byte_buffer::release() noexcept {
    if (empty()) {
        std::vector<std::uint8_t>().swap(storage_);
        taken_ = 0;
    }
}

}  // namespace polytls
