#include "validity_format.hpp"

#include <array>
#include <cstdio>

namespace polytls::detail {

std::string time_text(std::chrono::seconds time) {
    using namespace std::chrono;
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds point(time);
    const auto day = floor<days>(point);
    const year_month_day date(day);
    const hh_mm_ss clock(point - day);
    std::array<char, 64> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%s %2u %02d:%02d:%02d %d GMT",
        months.at(static_cast<unsigned>(date.month()) - 1), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(date.year()));
    return size > 0 ? std::string(text.data()) : std::string();
}

}  // namespace polytls::detail
