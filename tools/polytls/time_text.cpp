#include "time_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace polytls::tool {
namespace {

/// The last second of the year 9999, beyond which no certificate speaks.
constexpr std::int64_t farthest = 253'402'300'799;

/// Reads numbers as `form` has them, a 'd' for each digit, and between them just its characters.
template <std::size_t Count>
std::optional<std::array<int, Count>> read_numbers(std::string_view text, std::string_view form) {
    std::array<int, Count> numbers{};
    if (text.size() != form.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0, at = 0; i < form.size(); ++i) {
        if (form[i] != 'd') {
            if (text[i] != form[i]) {
                return std::nullopt;
            }
            ++at;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') {
            return std::nullopt;
        }
        numbers[at] = numbers[at] * 10 + (text[i] - '0');
    }
    return numbers;
}

std::optional<std::chrono::seconds> parse_date(std::string_view text) {
    if (text.ends_with('Z')) {
        text.remove_suffix(1);
    }
    auto numbers = read_numbers<6>(text, "dddd-dd-ddTdd:dd:dd");
    if (!numbers) {
        numbers = read_numbers<6>(text, "dddd-dd-dd");
    }
    if (!numbers) {
        return std::nullopt;
    }
    const auto [year, month, day, hours, minutes, seconds] = *numbers;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || hours > 23 || minutes > 59 || seconds > 59) {
        return std::nullopt;
    }
    return std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hours) +
           std::chrono::minutes(minutes) + std::chrono::seconds(seconds);
}

}  // namespace

std::optional<std::chrono::seconds> parse_time(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return parse_date(text);
    }
    return -farthest <= seconds && seconds <= farthest
               ? std::optional(std::chrono::seconds(seconds))
               : std::nullopt;
}

}  // namespace polytls::tool
