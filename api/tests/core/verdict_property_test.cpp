#include "der_builder.hpp"

#include <polytls/core/verdict.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace polytls {
namespace {

using namespace testing_der;

constexpr std::chrono::seconds now{1'700'000'000};  // 2023-11-14.

/// A certificate of a path, and what is wrong with it: known from how it was made, not from
/// reading it.
struct link_of_path {
    der encoded{};
    path_element element{};
    bool self_issued = false;
    bool in_date = true;
    bool may_issue = true;
    bool allows_servers = true;
    bool readable = true;
    std::optional<std::uint8_t> path_length{};
};

/// Paths of any kind, nearly all of whose certificates are good: else none would ever be accepted.
class path_maker {
public:
    explicit path_maker(std::uint64_t seed) : random_(seed) {}

    bool one_in(unsigned chances) { return number(1, chances) == 1; }

    std::vector<link_of_path> make() {
        std::vector<link_of_path> path(number(0, 5));
        for (std::size_t depth = 0; depth < path.size(); ++depth) {
            path[depth] = make_one(depth, depth + 1 == path.size());
        }
        for (link_of_path& one : path) {
            one.element.der = one.encoded;
        }
        return path;
    }

private:
    unsigned number(unsigned low, unsigned high) {
        return std::uniform_int_distribution<unsigned>(low, high)(random_);
    }

    link_of_path make_one(std::size_t depth, bool last) {
        link_of_path made;
        made.self_issued = last ? !one_in(10) : one_in(10);
        made.in_date = !one_in(20);
        made.may_issue = !one_in(20);
        made.allows_servers = !one_in(20);
        made.readable = !one_in(40);
        if (made.may_issue && one_in(4)) {
            made.path_length = static_cast<std::uint8_t>(number(0, 4));
        }
        made.encoded = encode(made, depth);
        made.element.anchor = last && !one_in(10);
        if (one_in(20)) {
            made.element.faults = static_cast<fault>(1U << number(0, 17));
        }
        return made;
    }

    der encode(const link_of_path& what, std::size_t depth) {
        const bool early = one_in(2);
        testing_der::certificate made{
            .subject = std::to_string(depth),
            .issuer = std::to_string(what.self_issued ? depth : depth + 1),
            .not_before = !what.in_date && early ? "20231115000000Z" : "20200101000000Z",
            .not_after = !what.in_date && !early ? "20231113000000Z" : "20490101000000Z"};
        // What may not issue is no CA, or a CA without the right to sign.
        const bool ca = what.may_issue || one_in(2);
        made.extensions.push_back(basic_constraints(ca, what.path_length));
        if (!what.may_issue) {
            made.extensions.push_back(key_usage(0x80));
        } else if (one_in(2)) {
            made.extensions.push_back(key_usage(0x84));
        }
        if (!what.allows_servers) {
            made.extensions.push_back(ext_key_usage({2, 4}));
        } else if (one_in(2)) {
            made.extensions.push_back(ext_key_usage({2, 1}));
        }
        std::shuffle(made.extensions.begin(), made.extensions.end(), random_);
        der encoded = made.encode();
        if (!what.readable) {
            encoded.pop_back();
        }
        return encoded;
    }

    std::mt19937_64 random_;
};

/// Whether nothing at all is wrong with a path.
bool is_sound(const std::vector<link_of_path>& path, bool partial) {
    std::size_t issuers_below = 0;
    for (std::size_t depth = 0; depth < path.size(); ++depth) {
        const link_of_path& one = path[depth];
        if (!one.readable || !one.in_date || !one.allows_servers ||
            one.element.faults != fault::none) {
            return false;
        }
        if (depth == 0) {
            continue;
        }
        if (!one.may_issue || (one.path_length && issuers_below > *one.path_length)) {
            return false;
        }
        issuers_below += one.self_issued ? 0U : 1U;
    }
    return !path.empty() && path.back().element.anchor && (partial || path.back().self_issued);
}

class verdict_of_any_path : public testing::TestWithParam<std::uint64_t> {};

INSTANTIATE_TEST_SUITE_P(from_seed, verdict_of_any_path, testing::Range<std::uint64_t>(1, 9));

TEST_P(verdict_of_any_path, is_ok_just_where_nothing_is_wrong_and_the_library_accepted) {
    path_maker maker(GetParam());
    int sound = 0;
    for (int i = 0; i < 1000; ++i) {
        SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", path " + std::to_string(i));
        const auto path = maker.make();
        const bool partial = maker.one_in(2);
        std::vector<path_element> elements;
        for (const link_of_path& one : path) {
            elements.push_back(one.element);
        }
        const verdict_policy policy{
            .peer = role::server, .unix_time = now, .allow_partial_chain = partial};

        const verify_code accepted =
            judge({.path = elements, .sent = elements.size(), .accepted = true}, policy);
        const verify_code refused =
            judge({.path = elements, .sent = elements.size(), .accepted = false}, policy);

        ASSERT_EQ(accepted == verify_code::ok, is_sound(path, partial));
        ASSERT_NE(refused, verify_code::ok);
        // Whether the library agreed changes nothing about a reason that has a name.
        ASSERT_TRUE(refused == accepted || accepted == verify_code::ok);
        sound += accepted == verify_code::ok ? 1 : 0;
    }
    EXPECT_GT(sound, 100) << "too few to tell anything";
}

TEST_P(verdict_of_any_path, never_gets_better_by_a_fault_more) {
    path_maker maker(GetParam());
    std::mt19937_64 random(GetParam());
    for (int i = 0; i < 1000; ++i) {
        SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", path " + std::to_string(i));
        const auto path = maker.make();
        std::vector<path_element> elements;
        for (const link_of_path& one : path) {
            elements.push_back(one.element);
        }
        if (elements.empty()) {
            continue;
        }
        path_element& worse = elements[random() % elements.size()];
        worse.faults |= static_cast<fault>(1U << random() % 18);

        for (const bool accepted : {true, false}) {
            ASSERT_NE(judge({.path = elements, .sent = elements.size(), .accepted = accepted},
                            {.peer = role::server, .unix_time = now, .allow_partial_chain = true}),
                      verify_code::ok);
        }
    }
}

TEST_P(verdict_of_any_path, is_never_ok_for_noise) {
    std::mt19937_64 random(GetParam());
    for (int i = 0; i < 1000; ++i) {
        der noise(random() % 64);
        std::generate(noise.begin(), noise.end(),
                      [&random] { return static_cast<std::uint8_t>(random()); });
        const path_element only{.der = noise, .anchor = true};

        ASSERT_NE(judge({.path = {&only, 1}, .sent = 1, .accepted = true},
                        {.peer = role::server, .unix_time = now, .allow_partial_chain = true}),
                  verify_code::ok);
    }
}

}  // namespace
}  // namespace polytls
