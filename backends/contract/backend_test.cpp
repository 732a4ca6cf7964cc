#include "link.hpp"

#include <polytls/core/memory_hooks.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

namespace polytls::contract {
namespace {

TEST(backend, has_a_name_in_small_letters_and_a_version_in_numbers) {
    EXPECT_THAT(std::string(the_backend().name()), testing::MatchesRegex("[a-z]+"));
    EXPECT_THAT(std::string(the_backend().version()),
                testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+.*"));
}

TEST(backend, reports_every_feature_in_order_with_the_reason_for_what_is_missing) {
    const capability_report report = the_backend().capabilities();

    ASSERT_EQ(report.size(), every_feature().size());
    for (std::size_t i = 0; i < report.size(); ++i) {
        EXPECT_EQ(report[i].feature, every_feature()[i]);
        EXPECT_EQ(report[i].reason.empty(), report[i].support == support::yes)
            << name_of(report[i].feature);
    }
}

TEST(backend, speaks_the_versions_that_it_reports) {
    const version_range spoken = the_backend().versions();

    EXPECT_LE(spoken.min, spoken.max);
    EXPECT_EQ(spoken.contains(protocol_version::tls1_0), has(feature::tls1_0));
    EXPECT_EQ(spoken.contains(protocol_version::tls1_1), has(feature::tls1_1));
    EXPECT_EQ(spoken.contains(protocol_version::tls1_2), has(feature::tls1_2));
    EXPECT_EQ(spoken.contains(protocol_version::tls1_3), has(feature::tls1_3));
    EXPECT_FALSE(versions().empty()) << "without TLS 1.2 and 1.3 there is nothing to test";
}

TEST(backend, names_each_suite_once_and_those_of_every_version_it_speaks) {
    const auto suites = the_backend().cipher_suites();
    const std::set<cipher_suite_id> unlike(suites.begin(), suites.end());

    EXPECT_EQ(unlike.size(), suites.size());
    EXPECT_EQ(std::ranges::any_of(suites, is_tls1_3), has(feature::tls1_3));
    EXPECT_EQ(std::ranges::all_of(suites, is_tls1_3), !has(feature::tls1_2));
}

TEST(backend, names_each_group_once) {
    const auto groups = the_backend().groups();
    const std::set<named_group> unlike(groups.begin(), groups.end());

    EXPECT_FALSE(groups.empty());
    EXPECT_EQ(unlike.size(), groups.size());
    for (const named_group group : groups) {
        EXPECT_NE(size_of(group), 0) << static_cast<unsigned>(group);
    }
}

TEST(backend, has_memory_for_connections) {
    const memory_hooks& memory = the_backend().memory();
    ASSERT_NE(memory.allocate, nullptr);
    ASSERT_NE(memory.release, nullptr);

    void* block = memory.allocate(memory.user, 1000);

    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0U);
    memory.release(memory.user, block);
}

std::string hex(bytes data) {
    std::string made;
    for (const std::uint8_t byte : data) {
        made += "0123456789abcdef"[byte >> 4U];
        made += "0123456789abcdef"[byte & 0xfU];
    }
    return made;
}

std::string digest(spi::digest_algorithm algorithm, std::string_view data) {
    std::array<std::uint8_t, 64> room{};
    const std::size_t size = the_backend().digest(algorithm, as_bytes(data), room);
    return hex(bytes(room).first(size));
}

TEST(digest, is_that_of_the_standards_examples) {
    // NIST, "Example values": FIPS 180-4, of one block and of none.
    EXPECT_EQ(digest(spi::digest_algorithm::sha1, "abc"),
              "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(digest(spi::digest_algorithm::sha1, ""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    EXPECT_EQ(digest(spi::digest_algorithm::sha256, "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest(spi::digest_algorithm::sha256, ""),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(digest(spi::digest_algorithm::sha512, "abc"),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    EXPECT_EQ(digest(spi::digest_algorithm::sha512, ""),
              "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
              "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
}

TEST(digest, of_more_than_one_block_is_that_of_the_standards_example) {
    const std::string many(1'000'000, 'a');

    EXPECT_EQ(digest(spi::digest_algorithm::sha256, many),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(digest, is_not_computed_into_too_little_room) {
    std::array<std::uint8_t, 64> room{};
    for (const auto& [algorithm, size] : {std::pair{spi::digest_algorithm::sha1, 20U},
                                          std::pair{spi::digest_algorithm::sha256, 32U},
                                          std::pair{spi::digest_algorithm::sha512, 64U}}) {
        EXPECT_EQ(the_backend().digest(algorithm, {}, std::span(room).first(size - 1)), 0U);
        EXPECT_EQ(the_backend().digest(algorithm, {}, std::span(room).first(size)), size);
    }
}

TEST(describe, says_nothing_of_no_error) {
    std::array<char, 200> room{};

    EXPECT_EQ(the_backend().describe(0, room), 0U);
}

TEST(describe, gives_the_librarys_text_as_far_as_there_is_room) {
    const auto trusting_root = trusting().made();
    const auto server_context = showing(leaf()).made();
    link link;
    link.run(*trusting_root, *server_context);
    link.server.inbox = {23, 3, 3, 0, 2, 1, 0};
    static_cast<void>(link.read(link.server));
    const std::int32_t native = link.server.error.native;
    ASSERT_NE(native, 0);
    std::array<char, 200> room{};

    const std::size_t size = the_backend().describe(native, room);

    EXPECT_GT(size, 4U);
    EXPECT_LE(size, room.size());
    std::array<char, 4> little{};
    EXPECT_EQ(the_backend().describe(native, little), little.size());
    EXPECT_TRUE(std::ranges::equal(little, std::span(room).first(little.size())));
    EXPECT_EQ(the_backend().describe(native, {}), 0U);
}

TEST(describe, knows_any_number_or_says_nothing) {
    std::array<char, 200> room{};
    for (const std::int32_t native :
         {1, -1, 12345, -12345, std::numeric_limits<std::int32_t>::max(),
          std::numeric_limits<std::int32_t>::min()}) {
        EXPECT_LE(the_backend().describe(native, room), room.size()) << native;
    }
}

}  // namespace
}  // namespace polytls::contract
