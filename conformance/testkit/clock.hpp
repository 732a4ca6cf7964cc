#pragma once

#include <polytls/core/moment.hpp>

#include <chrono>

namespace polytls::testkit {

/// A clock that stands still until it is moved. Starts on 2026-01-01.
class manual_clock {
public:
    moment now() const noexcept { return now_; }

    /// Lets both clocks go on.
    void advance(std::chrono::milliseconds by) noexcept {
        now_.monotonic += by;
        now_.unix_time += std::chrono::duration_cast<std::chrono::seconds>(by);
    }

    /// Sets the calendar only.
    void set_unix_time(std::chrono::seconds time) noexcept { now_.unix_time = time; }

private:
    moment now_{.monotonic = std::chrono::milliseconds(1),
                .unix_time = std::chrono::seconds(1'767'225'600)};
};

}  // namespace polytls::testkit
