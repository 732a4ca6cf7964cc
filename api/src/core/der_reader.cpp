#include <polytls/core/x509.hpp>

namespace polytls::x509 {
namespace {

constexpr std::uint8_t multi_byte_tag = 0x1f;
constexpr std::uint8_t long_form = 0x80;
constexpr std::size_t longest_length = 4;

/// Reads a length (X.690, section 8.1.3) and says how many bytes it took; 0 when it is not DER.
std::size_t read_length(bytes data, std::size_t& length) noexcept {
    if (data.empty()) {
        return 0;
    }
    if (data[0] < long_form) {
        length = data[0];
        return 1;
    }
    const std::size_t count = data[0] & 0x7fU;
    if (count == 0 || count > longest_length || count >= data.size() || data[1] == 0) {
        return 0;
    }
    length = 0;
    for (const std::uint8_t byte : data.subspan(1, count)) {
        length = length << 8U | byte;
    }
    // DER wants the shortest form.
    return length < long_form ? 0 : 1 + count;
}

}  // namespace

bool der_reader::next(der_element& element) noexcept {
    if (bad_ || rest_.empty()) {
        return false;
    }
    std::size_t length = 0;
    const std::size_t width = read_length(rest_.subspan(1), length);
    if (width == 0 || (rest_[0] & multi_byte_tag) == multi_byte_tag ||
        length > rest_.size() - 1 - width) {
        bad_ = true;
        return false;
    }
    element.tag = rest_[0];
    element.whole = rest_.first(1 + width + length);
    element.content = element.whole.subspan(1 + width);
    rest_ = rest_.subspan(element.whole.size());
    return true;
}

bool der_reader::next(std::uint8_t tag, der_element& element) noexcept {
    return !rest_.empty() && rest_[0] == tag && next(element);
}

}  // namespace polytls::x509
