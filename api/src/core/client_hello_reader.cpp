#include <polytls/core/client_hello.hpp>

#include <algorithm>
#include <cstring>

namespace polytls {
namespace {

constexpr std::uint8_t first_content_type = 20;  // change_cipher_spec
constexpr std::uint8_t handshake_content_type = 22;
constexpr std::uint8_t last_content_type = 23;  // application_data
constexpr std::uint8_t major_version = 3;       // SSLv3 and every TLS
constexpr unsigned tls1_0_version = 0x0301;
constexpr std::uint8_t client_hello_type = 1;
constexpr std::size_t message_header_size = 4;
constexpr std::size_t longest_record = 16384;
constexpr std::size_t first_capacity = 1024;
constexpr std::size_t largest_capacity = client_hello_reader::limit + longest_record;
constexpr status wrong_version{.code = errc::wrong_version_number};

/// Whether content type and major version, as far as they are there, are TLS's.
bool looks_like_record(bytes first) noexcept {
    if (!first.empty() && (first[0] < first_content_type || first[0] > last_content_type)) {
        return false;
    }
    return first.size() < 2 || first[1] == major_version;
}

}  // namespace

status check_record_header(bytes first) noexcept {
    if (!looks_like_record(first)) {
        return wrong_version;
    }
    // SSLv3 has the same major number as all of TLS: its minor one is 0.
    if (first.size() > 2 && (first[2] == 0 || first[2] > 4)) {
        return wrong_version;
    }
    return {};
}

client_hello_reader::~client_hello_reader() {
    clear();
}

progress client_hello_reader::feed(bytes input) noexcept {
    progress sum;
    while (!failure_ && !whole_ && sum.consumed < input.size()) {
        const bytes rest = input.subspan(sum.consumed);
        sum.consumed += header_size_ < sizeof header_ ? take_header(rest) : take_payload(rest);
    }
    sum.error = failure_;
    sum.next = failure_ || whole_ ? want::nothing : want::input;
    return sum;
}

std::size_t client_hello_reader::take_header(bytes input) noexcept {
    header_[header_size_++] = input[0];
    failure_ = check_header();
    return 1;
}

std::size_t client_hello_reader::take_payload(bytes input) noexcept {
    const bytes part = input.first(std::min<std::size_t>(input.size(), record_left_));
    if (!reserve(size_ + part.size())) {
        failure_ = {.code = errc::no_memory};
        return 0;
    }
    std::memcpy(data_ + size_, part.data(), part.size());
    size_ += part.size();
    record_left_ = static_cast<std::uint16_t>(record_left_ - part.size());
    failure_ = check_message();
    if (record_left_ == 0) {
        header_size_ = 0;
        whole_ = size_ >= message_header_size && size_ >= message_header_size + message_length();
    }
    return part.size();
}

std::size_t client_hello_reader::message_length() const noexcept {
    return static_cast<std::size_t>(data_[1]) << 16U | static_cast<std::size_t>(data_[2]) << 8U |
           data_[3];
}

status client_hello_reader::check_header() noexcept {
    // Any minor number will do, 0 too: only the hello itself says what it is (RFC 5246, appendix
    // E.1, and RFC 8446, section 5.1).
    if (!looks_like_record(bytes(header_, header_size_))) {
        return wrong_version;
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

status client_hello_reader::check_message() noexcept {
    if (data_[0] != client_hello_type) {
        return {.code = errc::unexpected_message};
    }
    if (size_ < message_header_size) {
        return {};
    }
    if (message_header_size + message_length() > limit) {
        return {.code = errc::client_hello_too_large};
    }
    if (size_ < message_header_size + 2 || message_length() < 2) {
        return {};
    }
    const unsigned version = static_cast<unsigned>(data_[4]) << 8U | data_[5];
    return version < tls1_0_version ? wrong_version : status{};
}

bool client_hello_reader::reserve(std::size_t size) noexcept {
    if (size <= capacity_) {
        return true;
    }
    const std::size_t doubled = std::min(2 * capacity_, largest_capacity);
    const std::size_t capacity = std::max({size, doubled, first_capacity});
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
    header_size_ = 0;
    record_left_ = 0;
    record_version_ = 0;
    whole_ = false;
    failure_ = {};
}

}  // namespace polytls
