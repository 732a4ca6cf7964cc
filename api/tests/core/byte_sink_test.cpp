#include <polytls/core/byte_sink.hpp>
#include <polytls/core/memory_hooks.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace polytls {
namespace {

TEST(span_sink, takes_bytes_one_after_the_other) {
    std::array<std::uint8_t, 8> buffer{};
    span_sink sink(buffer);

    const std::size_t first = sink.append(as_bytes("abc"));
    const std::size_t second = sink.append(as_bytes("de"));

    EXPECT_EQ(first, 3U);
    EXPECT_EQ(second, 2U);
    EXPECT_EQ(as_text(sink.written()), "abcde");
}

TEST(span_sink, takes_no_more_than_there_is_room_for) {
    std::array<std::uint8_t, 5> buffer{1, 1, 1, 1, 1};
    span_sink sink(mutable_bytes(buffer).first(4));

    const std::size_t taken = sink.append(as_bytes("abcdef"));
    const std::size_t then = sink.append(as_bytes("g"));

    EXPECT_EQ(taken, 4U);
    EXPECT_EQ(then, 0U);
    EXPECT_EQ(as_text(sink.written()), "abcd");
    EXPECT_EQ(buffer[4], 1);
}

TEST(span_sink, cleared_has_its_room_again) {
    std::array<std::uint8_t, 2> buffer{};
    span_sink sink(buffer);
    sink.append(as_bytes("ab"));

    sink.clear();

    EXPECT_TRUE(sink.written().empty());
    EXPECT_EQ(sink.append(as_bytes("cd")), 2U);
    EXPECT_EQ(as_text(sink.written()), "cd");
}

TEST(span_sink, over_no_buffer_takes_nothing) {
    span_sink sink({});

    EXPECT_EQ(sink.append({}), 0U);
    EXPECT_EQ(sink.append(as_bytes("a")), 0U);
    EXPECT_TRUE(sink.written().empty());
}

TEST(c_library_memory, gives_blocks_aligned_for_any_object) {
    const memory_hooks& memory = c_library_memory();

    void* block = memory.allocate(memory.user, 100);

    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0U);
    memory.release(memory.user, block);
}

}  // namespace
}  // namespace polytls
