#include "base64.hpp"

#include <utility>

namespace polytls::detail {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::uint32_t> value_of_digit(char c) {
    if (c >= 'A' && c <= 'Z') {
        return static_cast<std::uint32_t>(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return static_cast<std::uint32_t>(c - 'a' + 26);
    }
    if (c >= '0' && c <= '9') {
        return static_cast<std::uint32_t>(c - '0' + 52);
    }
    if (c == '+') {
        return 62U;
    }
    if (c == '/') {
        return 63U;
    }
    return std::nullopt;
}

bool is_white_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

bool base64_decoder::take(std::string_view piece) {
    for (const char c : piece) {
        if (is_white_space(c)) {
            continue;
        }
        if (c == '=') {
            ++padding_;
            if (digits_ < 2 || digits_ + padding_ > 4) {
                return false;
            }
            continue;
        }
        const std::optional<std::uint32_t> digit = value_of_digit(c);
        if (!digit || padding_ != 0) {
            return false;
        }
        group_ = (group_ << 6U) | *digit;
        if (++digits_ == 4) {
            append(static_cast<std::uint8_t>(group_ >> 16U));
            append(static_cast<std::uint8_t>(group_ >> 8U));
            append(static_cast<std::uint8_t>(group_));
            digits_ = 0;
            group_ = 0;
        }
    }
    return true;
}

std::optional<std::vector<std::uint8_t>> base64_decoder::finish() {
    if (digits_ != 0 && digits_ + padding_ != 4) {
        return std::nullopt;
    }
    if (digits_ == 3) {
        append(static_cast<std::uint8_t>(group_ >> 10U));
        append(static_cast<std::uint8_t>(group_ >> 2U));
    } else if (digits_ == 2) {
        append(static_cast<std::uint8_t>(group_ >> 4U));
    }
    return std::move(decoded_);
}

// The vector's own growth would leave copies of a key behind in freed memory.
void base64_decoder::append(std::uint8_t byte) {
    if (decoded_.size() == decoded_.capacity()) {
        std::vector<std::uint8_t> larger;
        larger.reserve(decoded_.empty() ? 2048 : decoded_.size() * 2);
        larger.assign(decoded_.begin(), decoded_.end());
        wipe(decoded_);
        decoded_ = std::move(larger);
    }
    decoded_.push_back(byte);
}

std::string to_base64(bytes data) {
    std::string text;
    text.reserve((data.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < data.size(); i += 3) {
        const std::size_t left = data.size() - i;
        const std::uint32_t group =
            (static_cast<std::uint32_t>(data[i]) << 16U) |
            (left > 1 ? static_cast<std::uint32_t>(data[i + 1]) << 8U : 0U) |
            (left > 2 ? static_cast<std::uint32_t>(data[i + 2]) : 0U);
        text += alphabet[(group >> 18U) & 63U];
        text += alphabet[(group >> 12U) & 63U];
        text += left > 1 ? alphabet[(group >> 6U) & 63U] : '=';
        text += left > 2 ? alphabet[group & 63U] : '=';
    }
    return text;
}

}  // namespace polytls::detail
