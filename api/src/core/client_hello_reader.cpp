#include <polytls/core/client_hello.hpp>

#include <algorithm>
#include <cstring>

namespace polytls {
namespace {

constexpr std::uint8_t alert_content_type = 21;
constexpr std::uint8_t handshake_content_type = 22;
constexpr std::uint8_t client_hello_type = 1;
constexpr std::size_t message_header_size = 4;
constexpr std::size_t longest_record = 16384;
constexpr std::size_t first_capacity = 1024;

}  // namespace

status check_record_header(bytes first) noexcept {
    constexpr status wrong{.code = errc::wrong_version_number};
    if (first.empty()) {
        return {};
    }
    if (first[0] != handshake_content_type && first[0] != alert_content_type) {
        return wrong;
    }
    // SSLv3 has the same major number as all of TLS: its minor one is 0.
    if (first.size() > 1 && first[1] != 3) {
        return wrong;
    }
    if (first.size() > 2 && (first[2] == 0 || first[2] > 4)) {
        return wrong;
    }
    return {};
}

client_hello_reader::~client_hello_reader() {
    clear();
}

progress client_hello_reader::feed(bytes input) noexcept {
    progress sum;
    while (sum.consumed < input.size()) {
        if (header_size_ < sizeof header_) {
            header_[header_size_++] = input[sum.consumed++];
            sum.error = check_header();
        } else {
            const bytes rest = input.subspan(sum.consumed);
            const bytes part = rest.first(std::min<std::size_t>(rest.size(), record_left_));
            if (!reserve(size_ + part.size())) {
                return {.consumed = sum.consumed, .error = {.code = errc::no_memory}};
            }
            std::memcpy(data_ + size_, part.data(), part.size());
            size_ += part.size();
            record_left_ = static_cast<std::uint16_t>(record_left_ - part.size());
            sum.consumed += part.size();
            sum.error = check_message_length();
        }
        if (sum.error) {
            return sum;
        }
        if (header_size_ == sizeof header_ && record_left_ == 0) {
            header_size_ = 0;
            if (whole()) {
                return sum;
            }
        }
    }
    sum.next = want::input;
    return sum;
}

bool client_hello_reader::whole() const noexcept {
    return size_ >= message_header_size && size_ >= message_header_size + message_length();
}

std::size_t client_hello_reader::message_length() const noexcept {
    return static_cast<std::size_t>(data_[1]) << 16U | static_cast<std::size_t>(data_[2]) << 8U |
           data_[3];
}

status client_hello_reader::check_header() noexcept {
    if (const status wrong = check_record_header(bytes(header_, header_size_))) {
        return wrong;
    }
    if (header_[0] != handshake_content_type) {
        return {.code = errc::unexpected_message};
    }
    if (header_size_ < sizeof header_) {
        return {};
    }
    record_left_ = static_cast<std::uint16_t>(header_[3] << 8U | header_[4]);
    if (record_left_ > longest_record) {
        return {.code = errc::record_overflow};
    }
    // RFC 8446, section 5.1: no handshake fragment is empty.
    if (record_left_ == 0) {
        return {.code = errc::unexpected_message};
    }
    if (size_ == 0) {
        record_version_ = static_cast<std::uint16_t>(header_[1] << 8U | header_[2]);
    }
    return {};
}

status client_hello_reader::check_message_length() noexcept {
    if (data_[0] != client_hello_type) {
        return {.code = errc::unexpected_message};
    }
    if (size_ >= message_header_size && message_header_size + message_length() > limit) {
        return {.code = errc::client_hello_too_large};
    }
    return {};
}

bool client_hello_reader::reserve(std::size_t size) noexcept {
    if (size <= capacity_) {
        return true;
    }
    const std::size_t capacity = std::max({size, 2 * capacity_, first_capacity});
    auto* grown = static_cast<std::uint8_t*>(memory_->allocate(memory_->user, capacity));
    if (grown == nullptr) {
        return false;
    }
    if (data_ != nullptr) {
        std::memcpy(grown, data_, size_);
        memory_->release(memory_->user, data_);
    }
    data_ = grown;
    capacity_ = capacity;
    return true;
}

void client_hello_reader::clear() noexcept {
    if (data_ != nullptr) {
        memory_->release(memory_->user, data_);
    }
    data_ = nullptr;
    size_ = 0;
    capacity_ = 0;
}

}  // namespace polytls
