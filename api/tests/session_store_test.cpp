#include <polytls/session_store.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace polytls {
namespace {

using byte_string = std::vector<std::uint8_t>;

constexpr std::chrono::seconds start{1'767'225'600};

moment at(std::chrono::seconds since_start) {
    return {.unix_time = start + since_start};
}

/// A store whose sessions have texts for ids, and five minutes of life.
struct sample {
    explicit sample(memory_session_limits limits = {}) : store(limits) {}

    void put(const std::string& id, const std::string& data, std::chrono::seconds when = {}) {
        bool done = false;
        store.put({.id = as_bytes(id),
                   .data = as_bytes(data),
                   .expires = start + when + std::chrono::seconds(300)},
                  at(when), [&] { done = true; });
        EXPECT_TRUE(done) << id;
    }

    std::string find(const std::string& id, std::chrono::seconds when = {}) {
        std::optional<std::string> found;
        store.find(as_bytes(id), at(when), late_answer<byte_string>([&](const auto& answer) {
                       found.emplace(answer->begin(), answer->end());
                   }));
        EXPECT_TRUE(found) << "no answer";
        return found.value_or("");
    }

    memory_session_store store;
};

TEST(memory_session_store, gives_back_what_was_put) {
    sample kept;
    kept.put("a", "one");
    kept.put("b", "two");

    EXPECT_EQ(kept.find("a"), "one");
    EXPECT_EQ(kept.find("b"), "two");
    EXPECT_EQ(kept.find("a"), "one") << "looking takes nothing away";
    EXPECT_EQ(kept.find("c"), "");
    EXPECT_EQ(kept.find(""), "");
    EXPECT_EQ(kept.store.size(), 2U);
    EXPECT_EQ(kept.store.bytes_used(), 8U);
}

TEST(memory_session_store, a_later_session_of_an_id_replaces_the_earlier) {
    sample kept;
    kept.put("a", "one");
    kept.put("a", "another");

    EXPECT_EQ(kept.find("a"), "another");
    EXPECT_EQ(kept.store.size(), 1U);
    EXPECT_EQ(kept.store.bytes_used(), 8U);
}

TEST(memory_session_store, the_one_not_looked_for_the_longest_makes_room) {
    sample kept({.max_sessions = 3});
    kept.put("a", "1");
    kept.put("b", "2");
    kept.put("c", "3");
    EXPECT_EQ(kept.find("a"), "1");

    kept.put("d", "4");

    EXPECT_EQ(kept.find("b"), "");
    EXPECT_EQ(kept.find("a"), "1");
    EXPECT_EQ(kept.find("c"), "3");
    EXPECT_EQ(kept.find("d"), "4");
    EXPECT_EQ(kept.store.size(), 3U);
}

TEST(memory_session_store, bytes_are_bounded_too) {
    sample kept({.max_bytes = 20});
    kept.put("a", std::string(9, 'x'));
    kept.put("b", std::string(9, 'y'));
    EXPECT_EQ(kept.store.bytes_used(), 20U);

    kept.put("c", "z");
    EXPECT_EQ(kept.find("a"), "");
    EXPECT_EQ(kept.find("b"), std::string(9, 'y'));
    EXPECT_EQ(kept.store.bytes_used(), 12U);

    kept.put("d", std::string(20, 'w'));
    EXPECT_EQ(kept.find("d"), "") << "larger than all there is room for";
    EXPECT_EQ(kept.find("b"), std::string(9, 'y'));
}

TEST(memory_session_store, one_too_large_leaves_none_of_its_id) {
    sample kept({.max_bytes = 20});
    kept.put("a", "old");

    kept.put("a", std::string(20, 'x'));

    EXPECT_EQ(kept.find("a"), "");
}

TEST(memory_session_store, without_room_keeps_nothing_and_answers_all_the_same) {
    for (const auto limits :
         {memory_session_limits{.max_sessions = 0}, memory_session_limits{.max_bytes = 0}}) {
        sample kept(limits);
        kept.put("a", "1");

        EXPECT_EQ(kept.find("a"), "");
        EXPECT_EQ(kept.store.size(), 0U);
    }
}

TEST(memory_session_store, what_is_over_is_gone_by_the_time_passed_in) {
    sample kept;
    kept.put("a", "1");
    kept.put("b", "2", std::chrono::seconds(10));

    EXPECT_EQ(kept.find("a", std::chrono::seconds(299)), "1");
    EXPECT_EQ(kept.find("a", std::chrono::seconds(300)), "");
    EXPECT_EQ(kept.store.size(), 1U);
    EXPECT_EQ(kept.find("b", std::chrono::seconds(309)), "2");
    EXPECT_EQ(kept.find("b", std::chrono::seconds(310)), "");
    EXPECT_EQ(kept.store.size(), 0U);
    EXPECT_EQ(kept.store.bytes_used(), 0U);
}

TEST(memory_session_store, what_is_over_makes_room_before_anything_else) {
    sample kept({.max_sessions = 2});
    kept.put("a", "1");
    kept.put("b", "2", std::chrono::seconds(10));
    EXPECT_EQ(kept.find("a", std::chrono::seconds(20)), "1");

    kept.put("c", "3", std::chrono::seconds(305));

    EXPECT_EQ(kept.find("b", std::chrono::seconds(305)), "2");
    EXPECT_EQ(kept.find("c", std::chrono::seconds(305)), "3");
}

TEST(memory_session_store, what_is_over_already_is_not_kept) {
    sample kept;
    bool done = false;

    kept.store.put({.id = as_bytes("a"), .data = as_bytes("1"), .expires = start}, at({}),
                   [&] { done = true; });

    EXPECT_TRUE(done);
    EXPECT_EQ(kept.store.size(), 0U);
}

TEST(memory_session_store, whoever_is_answered_may_come_back_at_once) {
    sample kept;
    std::string found;

    kept.store.put(
        {.id = as_bytes("a"), .data = as_bytes("1"), .expires = start + std::chrono::seconds(1)},
        at({}), [&] { found = kept.find("a"); });

    EXPECT_EQ(found, "1");
}

TEST(memory_session_store, is_shared_by_threads) {
    sample kept({.max_sessions = 50});
    std::array<int, 4> wrong{};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 500; ++i) {
                const std::string own = std::to_string(t) + '/' + std::to_string(i);
                kept.put(own, own);
                const std::string found = kept.find(own);
                wrong.at(t) += found == own || found.empty() ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }

    EXPECT_EQ(wrong, (std::array<int, 4>{}));
    EXPECT_EQ(kept.store.size(), 50U);
}

}  // namespace
}  // namespace polytls
