#include <polytls/core/renegotiation_guard.hpp>

#include <gtest/gtest.h>

namespace polytls {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(renegotiation_guard, allows_as_many_as_the_limit_in_a_window) {
    const renegotiation_limit limit{.count = 3, .window = seconds(600)};
    renegotiation_guard guard;

    for (const int second : {0, 1, 599}) {
        EXPECT_TRUE(guard.allow(limit, seconds(second))) << second;
    }
    EXPECT_FALSE(guard.allow(limit, milliseconds(599'999)));
    EXPECT_TRUE(guard.allow(limit, seconds(600)));
}

TEST(renegotiation_guard, begins_a_window_with_the_first_handshake_after_the_last_one) {
    const renegotiation_limit limit{.count = 1, .window = seconds(10)};
    renegotiation_guard guard;

    EXPECT_TRUE(guard.allow(limit, seconds(1000)));
    EXPECT_FALSE(guard.allow(limit, milliseconds(1'009'999)));
    EXPECT_TRUE(guard.allow(limit, seconds(1015)));
    EXPECT_FALSE(guard.allow(limit, seconds(1024)));
}

TEST(renegotiation_guard, a_limit_of_zero_allows_none) {
    renegotiation_guard guard;

    for (const int second : {0, 700, 1400}) {
        EXPECT_FALSE(guard.allow({.count = 0}, seconds(second)));
    }
}

}  // namespace
}  // namespace polytls
