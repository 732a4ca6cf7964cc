#include "asn1_text.hpp"

#include "utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace polytls::detail {
namespace {

constexpr std::uint8_t utf8_string = 0x0c;
constexpr std::uint8_t universal_string = 0x1c;
constexpr std::uint8_t bmp_string = 0x1e;

/// NumericString, PrintableString, T61String, IA5String, UTCTime, GeneralizedTime, VisibleString.
constexpr std::uint8_t single_byte_types[] = {0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a};

constexpr std::size_t longest_arc = 586;
constexpr std::string_view invalid_oid = "<INVALID>";

/// One number of an OBJECT IDENTIFIER. It may have any size: those made from UUIDs (2.25.n) have
/// 128 bits.
class arc {
public:
    void shift_in(std::uint8_t seven_bits) {
        std::uint64_t carry = seven_bits;
        for (std::uint32_t& limb : limbs_) {
            const std::uint64_t value = std::uint64_t{limb} * 128 + carry;
            limb = static_cast<std::uint32_t>(value % base);
            carry = value / base;
        }
        if (carry != 0) {
            limbs_.push_back(static_cast<std::uint32_t>(carry));
        }
    }

    /// Takes away the number's share in the first arc of the two that it stands for
    /// (X.690, section 8.19.4), and returns that arc.
    std::uint32_t split_off_first_arc() {
        const bool small = limbs_.size() == 1 && limbs_[0] < 80;
        const std::uint32_t first = small ? limbs_[0] / 40 : 2;
        subtract(first * 40);
        return first;
    }

    std::string text() const {
        std::string text = std::to_string(limbs_.back());
        for (auto limb = limbs_.rbegin() + 1; limb != limbs_.rend(); ++limb) {
            const std::string digits = std::to_string(*limb);
            text += std::string(digits_per_limb - digits.size(), '0') + digits;
        }
        return text;
    }

private:
    static constexpr std::uint32_t base = 1'000'000'000;
    static constexpr std::size_t digits_per_limb = 9;

    void subtract(std::uint32_t amount) {
        for (std::uint32_t& limb : limbs_) {
            const bool borrow = limb < amount;
            limb = (borrow ? base : 0) + limb - amount;
            amount = borrow ? 1 : 0;
        }
        while (limbs_.size() > 1 && limbs_.back() == 0) {
            limbs_.pop_back();
        }
    }

    std::vector<std::uint32_t> limbs_{0};  // Lowest first.
};

/// Takes the bytes of one arc off the front; nothing when they are not an arc.
bytes take_arc(bytes& oid) noexcept {
    const auto last =
        std::ranges::find_if(oid, [](std::uint8_t byte) { return (byte & 0x80U) == 0; });
    const auto size = static_cast<std::size_t>(last - oid.begin()) + 1;
    if (last == oid.end() || size > longest_arc || oid[0] == 0x80) {
        return {};
    }
    const bytes taken = oid.first(size);
    oid = oid.subspan(size);
    return taken;
}

/// UTF-16 in fact, though X.680 knows no surrogates in a BMPString.
std::string bmp_text(bytes value) {
    const auto unit = [value](std::size_t at) {
        return static_cast<std::uint32_t>(value[at] << 8U | value[at + 1]);
    };
    std::string text;
    for (std::size_t at = 0; at < value.size(); at += 2) {
        std::uint32_t point = unit(at);
        const bool high = point >> 10U == 0x36 && at + 2 < value.size();
        if (high && unit(at + 2) >> 10U == 0x37) {
            at += 2;
            point = 0x10000 + ((point & 0x3ffU) << 10U | (unit(at) & 0x3ffU));
        }
        append_utf8(text, point);
    }
    return text;
}

std::string universal_text(bytes value) {
    std::string text;
    for (; !value.empty(); value = value.subspan(4)) {
        std::uint32_t point = 0;
        for (const std::uint8_t byte : value.first(4)) {
            point = point << 8U | byte;
        }
        append_utf8(text, point);
    }
    return text;
}

/// Latin-1, which is what a T61String means in practice too.
std::string single_byte_text(bytes value) {
    std::string text;
    for (const std::uint8_t byte : value) {
        append_utf8(text, byte);
    }
    return text;
}

}  // namespace

std::string hex(bytes data, std::string_view separator) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const std::uint8_t byte : data) {
        if (!text.empty()) {
            text += separator;
        }
        text += digits[byte >> 4U];
        text += digits[byte & 0xfU];
    }
    return text;
}

std::string dotted(bytes oid) {
    std::string text;
    while (!oid.empty()) {
        const bytes encoded = take_arc(oid);
        if (encoded.empty()) {
            return std::string(invalid_oid);
        }
        arc number;
        for (const std::uint8_t byte : encoded) {
            number.shift_in(byte & 0x7fU);
        }
        if (text.empty()) {
            text = std::to_string(number.split_off_first_arc());
        }
        text += "." + number.text();
    }
    return text.empty() ? std::string(invalid_oid) : text;
}

std::string serial_text(bytes number) {
    std::vector<std::uint8_t> magnitude(number.begin(), number.end());
    const bool negative = !number.empty() && (number.front() & 0x80U) != 0;
    if (negative) {
        // RFC 5280 forbids negative serial numbers, and the world has them.
        bool carry = true;
        for (auto byte = magnitude.rbegin(); byte != magnitude.rend(); ++byte) {
            *byte = static_cast<std::uint8_t>(~*byte + (carry ? 1 : 0));
            carry = carry && *byte == 0;
        }
    }
    const auto first = std::ranges::find_if(magnitude, [](std::uint8_t byte) { return byte != 0; });
    magnitude.erase(magnitude.begin(), first);
    return magnitude.empty() ? "0" : (negative ? "-" : "") + hex(magnitude);
}

std::optional<std::string> text_of(const x509::der_element& value) {
    if (value.tag == utf8_string) {
        return repaired_utf8(value.content);
    }
    if (value.tag == bmp_string && value.content.size() % 2 == 0) {
        return bmp_text(value.content);
    }
    if (value.tag == universal_string && value.content.size() % 4 == 0) {
        return universal_text(value.content);
    }
    if (std::ranges::find(single_byte_types, value.tag) != std::end(single_byte_types)) {
        return single_byte_text(value.content);
    }
    return std::nullopt;
}

}  // namespace polytls::detail
