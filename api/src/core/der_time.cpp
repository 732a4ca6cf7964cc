#include "der_tags.hpp"

#include <polytls/core/x509.hpp>

#include <array>

namespace polytls::x509 {
namespace {

/// Takes a decimal number of so many digits; -1 when there is none.
int take_number(bytes& text, std::size_t digits) noexcept {
    if (text.size() < digits) {
        return -1;
    }
    int value = 0;
    for (const std::uint8_t digit : text.first(digits)) {
        if (digit < '0' || digit > '9') {
            return -1;
        }
        value = value * 10 + (digit - '0');
    }
    text = text.subspan(digits);
    return value;
}

bool in_range(int value, int low, int high) noexcept {
    return low <= value && value <= high;
}

}  // namespace

bool read_time(const der_element& element, std::chrono::seconds& time) noexcept {
    bytes text = element.content;
    int year = 0;
    if (element.tag == tag::utc_time) {
        year = take_number(text, 2);
        year = year < 0 ? -1 : year + (year < 50 ? 2000 : 1900);
    } else if (element.tag == tag::generalized_time) {
        year = take_number(text, 4);
    } else {
        return false;
    }
    std::array<int, 5> parts{};
    for (int& part : parts) {
        part = take_number(text, 2);
    }
    const auto [month, day, hour, minute, second] = parts;
    const bool whole = text.size() == 1 && text[0] == 'Z';
    if (!whole || year < 0 || !in_range(hour, 0, 23) || !in_range(minute, 0, 59) ||
        !in_range(second, 0, 59) || month < 0 || day < 0) {
        return false;
    }
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) {
        return false;
    }
    time = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
           std::chrono::minutes(minute) + std::chrono::seconds(second);
    return true;
}

}  // namespace polytls::x509
