#include <polytls/core/byte_sink.hpp>

#include <algorithm>

namespace polytls {

std::size_t span_sink::append(bytes data) noexcept {
    const std::size_t taken = std::min(data.size(), buffer_.size() - size_);
    std::copy_n(data.begin(), taken, buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += taken;
    return taken;
}

}  // namespace polytls
