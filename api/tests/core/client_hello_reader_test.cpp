#include "captured_hellos.hpp"
#include "hello_builder.hpp"

#include <polytls/core/client_hello.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <string>

namespace polytls {
namespace {

using namespace testkit;

constexpr std::size_t without_end = static_cast<std::size_t>(-1);

/// Memory that counts what is out, and refuses after so many allocations.
struct counted_memory {
    std::size_t left = without_end;
    std::size_t blocks = 0;
    std::size_t largest = 0;
    memory_hooks hooks{.allocate = [](void* user, std::size_t size) noexcept -> void* {
                           auto& self = *static_cast<counted_memory*>(user);
                           if (self.left == 0) {
                               return nullptr;
                           }
                           --self.left;
                           ++self.blocks;
                           self.largest = std::max(self.largest, size);
                           return std::malloc(size);
                       },
                       .release =
                           [](void* user, void* block) noexcept {
                               --static_cast<counted_memory*>(user)->blocks;
                               std::free(block);
                           },
                       .user = this};
};

octets copy_of(bytes data) {
    return {data.begin(), data.end()};
}

/// Feeds all of `input` in pieces of `size` bytes, each in a block of its own size so that
/// AddressSanitizer sees a byte read too far; stops when the reader does.
progress feed_in_pieces(client_hello_reader& reader, bytes input, std::size_t size) {
    progress sum{.next = want::input};
    while (!input.empty() && sum.next == want::input) {
        const octets piece = copy_of(input.first(std::min(size, input.size())));
        const progress step = reader.feed(piece);
        input = input.subspan(step.consumed);
        sum = {.consumed = sum.consumed + step.consumed, .next = step.next, .error = step.error};
    }
    return sum;
}

errc outcome_of(bytes input) {
    client_hello_reader at_once(c_library_memory());
    client_hello_reader byte_by_byte(c_library_memory());

    const progress whole = at_once.feed(input);
    const progress pieces = feed_in_pieces(byte_by_byte, input, 1);

    EXPECT_EQ(whole.error, pieces.error);
    EXPECT_EQ(whole.next, pieces.next);
    EXPECT_EQ(whole.next, want::nothing);
    return whole.error.code;
}

errc outcome_of(std::string_view text) {
    return outcome_of(as_bytes(text));
}

const octets long_message = make_hello({.extensions = extension(0xff02, octets(40000))});

TEST(client_hello_reader, gathers_a_hello_that_comes_at_once) {
    client_hello_reader reader(c_library_memory());

    const progress step = reader.feed(tls1_3_record);

    EXPECT_EQ(step.error.code, errc::ok);
    EXPECT_EQ(step.next, want::nothing);
    EXPECT_EQ(step.consumed, sizeof tls1_3_record);
    EXPECT_EQ(copy_of(reader.message()), message_in(tls1_3_record));
    EXPECT_EQ(reader.record_version(), 0x0301);
}

TEST(client_hello_reader, asks_for_more_until_the_last_byte) {
    client_hello_reader reader(c_library_memory());

    for (std::size_t i = 0; i < sizeof tls1_2_record; ++i) {
        const progress step = reader.feed(bytes(tls1_2_record).subspan(i, 1));

        ASSERT_EQ(step.error.code, errc::ok) << i;
        ASSERT_EQ(step.consumed, 1U) << i;
        ASSERT_EQ(step.next, i + 1 < sizeof tls1_2_record ? want::input : want::nothing) << i;
    }
    EXPECT_EQ(copy_of(reader.message()), message_in(tls1_2_record));
}

TEST(client_hello_reader, takes_no_input_as_no_news) {
    client_hello_reader reader(c_library_memory());

    const progress step = reader.feed({});

    EXPECT_EQ(step.next, want::input);
    EXPECT_EQ(step.consumed, 0U);
}

TEST(client_hello_reader, gathers_a_hello_split_over_records_of_one_byte) {
    const octets message = message_in(tls1_3_record);
    const octets records = make_records(message, 1);
    client_hello_reader reader(c_library_memory());

    const progress step = reader.feed(records);

    EXPECT_EQ(step.next, want::nothing);
    EXPECT_EQ(step.consumed, records.size());
    EXPECT_EQ(copy_of(reader.message()), message);
}

TEST(client_hello_reader, gathers_any_splitting_into_records_and_pieces) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        const bytes captured = seed % 2 == 0 ? bytes(tls1_3_psk_record) : bytes(tls1_2_record);
        const octets message = message_in(captured);
        const octets records = make_records(message, 1 + random() % message.size());
        client_hello_reader reader(c_library_memory());
        bytes rest = records;
        progress step{.next = want::input};

        while (!rest.empty() && step.next == want::input) {
            const octets piece = copy_of(rest.first(1 + random() % rest.size()));
            step = reader.feed(piece);
            rest = rest.subspan(step.consumed);
        }

        EXPECT_EQ(step.error.code, errc::ok);
        EXPECT_EQ(step.next, want::nothing);
        EXPECT_TRUE(rest.empty());
        EXPECT_EQ(copy_of(reader.message()), message);
    }
}

TEST(client_hello_reader, gathers_a_hello_of_several_full_records) {
    const octets records = make_records(long_message, 16384);

    for (const std::size_t size : {without_end, std::size_t{1460}, std::size_t{1}}) {
        client_hello_reader reader(c_library_memory());
        const progress step = feed_in_pieces(reader, records, size);

        EXPECT_EQ(step.next, want::nothing);
        EXPECT_EQ(copy_of(reader.message()), long_message);
    }
}

TEST(client_hello_reader, leaves_the_records_after_the_hello_to_others) {
    const octets flight = copy_of(tls1_2_record) + make_record({1}, 0x0303, 20);
    client_hello_reader reader(c_library_memory());

    const progress step = reader.feed(flight);

    EXPECT_EQ(step.next, want::nothing);
    EXPECT_EQ(step.consumed, sizeof tls1_2_record);
}

TEST(client_hello_reader, keeps_what_follows_the_hello_in_its_record) {
    const octets payload = message_in(tls1_2_record) + octets{20, 0, 0, 0};
    client_hello_reader reader(c_library_memory());
    client_hello hello;

    const progress step = feed_in_pieces(reader, make_record(payload), 1);

    EXPECT_EQ(step.next, want::nothing);
    EXPECT_EQ(copy_of(reader.message()), payload);
    EXPECT_EQ(parse_client_hello(reader.message(), hello).code, errc::decode_error);
}

TEST(client_hello_reader, takes_nothing_more_once_the_hello_is_whole) {
    client_hello_reader reader(c_library_memory());
    reader.feed(tls1_2_record);

    const progress again = reader.feed(tls1_2_record);

    EXPECT_EQ(again.next, want::nothing);
    EXPECT_EQ(again.consumed, 0U);
    EXPECT_EQ(copy_of(reader.message()), message_in(tls1_2_record));
}

TEST(client_hello_reader, repeats_a_failure) {
    for (const octets& bad : {octets{'G'}, octets{22, 3, 1, 0, 0}, octets{22, 3, 1, 0x60, 0},
                              octets{22, 3, 1, 0, 1, 2}}) {
        client_hello_reader reader(c_library_memory());
        const status first = reader.feed(bad).error;

        const progress again = reader.feed(tls1_2_record);

        EXPECT_TRUE(first);
        EXPECT_EQ(again.error, first);
        EXPECT_EQ(again.next, want::nothing);
        EXPECT_EQ(again.consumed, 0U);
    }
}

TEST(client_hello_reader, refuses_other_protocols_by_their_first_byte) {
    EXPECT_EQ(outcome_of("G"), errc::wrong_version_number);
    EXPECT_EQ(outcome_of("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"),
              errc::wrong_version_number);
    EXPECT_EQ(outcome_of("SSH-2.0-OpenSSH_9.2\r\n"), errc::wrong_version_number);
    EXPECT_EQ(outcome_of("\r\n"), errc::wrong_version_number);
}

TEST(client_hello_reader, refuses_an_sslv2_hello) {
    const octets hello = {0x80, 0x2e, 0x01, 0x03, 0x01, 0x00, 0x15, 0x00, 0x00, 0x00, 0x10};

    EXPECT_EQ(outcome_of(hello), errc::wrong_version_number);
}

TEST(client_hello_reader, refuses_an_sslv3_hello_whatever_its_record_says) {
    const octets hello = make_hello({.version = 0x0300});

    EXPECT_EQ(outcome_of(make_record(hello, 0x0300)), errc::wrong_version_number);
    EXPECT_EQ(outcome_of(make_record(hello, 0x0301)), errc::wrong_version_number);
}

TEST(client_hello_reader, takes_a_tls_hello_in_a_record_of_any_minor_version) {
    for (const std::size_t version : {0x0300U, 0x0301U, 0x0303U, 0x0304U, 0x03ffU}) {
        client_hello_reader reader(c_library_memory());

        const progress step = reader.feed(make_record(make_hello({}), version));

        EXPECT_EQ(step.error.code, errc::ok);
        EXPECT_EQ(reader.record_version(), version);
    }
    EXPECT_EQ(outcome_of(make_record(make_hello({}), 0x0401)), errc::wrong_version_number);
}

TEST(client_hello_reader, reports_the_version_of_the_first_record) {
    const octets message = make_hello({});
    const octets front(message.begin(), message.begin() + 20);
    const octets back(message.begin() + 20, message.end());
    client_hello_reader reader(c_library_memory());

    reader.feed(make_record(front, 0x0301) + make_record(back, 0x0303));

    EXPECT_EQ(reader.record_version(), 0x0301);
    EXPECT_EQ(copy_of(reader.message()), message);
}

TEST(client_hello_reader, refuses_records_of_another_kind) {
    for (const std::uint8_t type : octets{20, 21, 23}) {
        SCOPED_TRACE(static_cast<int>(type));

        EXPECT_EQ(outcome_of(make_record({1, 0}, 0x0301, type)), errc::unexpected_message);
    }
    const octets begun = make_record({1, 0, 0});
    EXPECT_EQ(outcome_of(begun + make_record({1, 0}, 0x0303, 21)), errc::unexpected_message);
    EXPECT_EQ(outcome_of(begun + octets{'G'}), errc::wrong_version_number);
}

TEST(client_hello_reader, refuses_empty_records) {
    EXPECT_EQ(outcome_of(make_record({})), errc::unexpected_message);
    EXPECT_EQ(outcome_of(make_record({1, 0, 0}) + make_record({})), errc::unexpected_message);
}

TEST(client_hello_reader, refuses_records_longer_than_tls_permits) {
    EXPECT_EQ(outcome_of(octets{22, 3, 1, 0x40, 0x01}), errc::record_overflow);
}

TEST(client_hello_reader, refuses_another_message_by_its_first_byte) {
    EXPECT_EQ(outcome_of(octets{22, 3, 1, 0, 100, 2}), errc::unexpected_message);
}

TEST(client_hello_reader, refuses_a_hello_above_the_limit_by_its_length) {
    EXPECT_EQ(outcome_of(octets{22, 3, 1, 0, 100, 1, 0, 0xff, 0xfd}), errc::client_hello_too_large);
    EXPECT_EQ(outcome_of(octets{22, 3, 1, 0, 100, 1, 0xff, 0xff, 0xff}),
              errc::client_hello_too_large);
}

TEST(client_hello_reader, gathers_a_hello_of_exactly_the_limit) {
    const octets body = octets{3, 3} + octets(client_hello_reader::limit - 6);
    const octets message = octets{1} + vector_of(3, body);
    client_hello_reader reader(c_library_memory());

    const progress step = reader.feed(make_records(message, 16384));

    EXPECT_EQ(step.next, want::nothing);
    EXPECT_EQ(reader.message().size(), client_hello_reader::limit);
}

TEST(client_hello_reader, takes_a_message_too_short_for_a_version_for_the_parser_to_refuse) {
    client_hello_reader reader(c_library_memory());
    client_hello hello;

    const progress step = reader.feed(make_record({1, 0, 0, 0, 0, 0}));

    EXPECT_EQ(step.error.code, errc::ok);
    EXPECT_EQ(parse_client_hello(reader.message(), hello).code, errc::decode_error);
}

TEST(client_hello_reader, takes_memory_for_what_came_not_for_what_was_announced) {
    counted_memory memory;
    client_hello_reader reader(memory.hooks);

    reader.feed(octets{22, 3, 1, 0x40, 0});
    EXPECT_EQ(memory.blocks, 0U);
    reader.feed(octets{1, 0, 0xff, 0xfc});

    EXPECT_LE(memory.largest, 1024U);
}

TEST(client_hello_reader, never_takes_more_than_the_limit_and_one_record) {
    const octets body = octets{3, 3} + octets(client_hello_reader::limit - 6);
    const octets message = octets{1} + vector_of(3, body) + octets(16380);
    counted_memory memory;
    client_hello_reader reader(memory.hooks);

    feed_in_pieces(reader, make_records(message, 16380), 100);

    EXPECT_GT(reader.message().size(), client_hello_reader::limit);
    EXPECT_LE(memory.largest, client_hello_reader::limit + 16384);
    EXPECT_EQ(memory.blocks, 1U);
}

TEST(client_hello_reader, reports_each_refused_allocation_and_leaks_nothing) {
    const octets records = make_records(long_message, 16384);
    std::size_t allowed = 0;
    errc code = errc::no_memory;

    for (; code == errc::no_memory; ++allowed) {
        counted_memory memory;
        memory.left = allowed;
        {
            client_hello_reader reader(memory.hooks);
            code = feed_in_pieces(reader, records, 100).error.code;
        }
        ASSERT_EQ(memory.blocks, 0U) << allowed;
    }

    EXPECT_EQ(code, errc::ok);
    EXPECT_GT(allowed, 3U);
}

TEST(client_hello_reader, cleared_gives_its_memory_back_and_is_as_new) {
    counted_memory memory;
    client_hello_reader reader(memory.hooks);
    reader.feed(bytes(tls1_2_record).first(100));

    reader.clear();

    EXPECT_EQ(memory.blocks, 0U);
    EXPECT_TRUE(reader.message().empty());
    EXPECT_EQ(reader.feed(tls1_3_record).next, want::nothing);
    EXPECT_EQ(copy_of(reader.message()), message_in(tls1_3_record));
}

TEST(check_record_header, judges_the_bytes_that_are_there) {
    EXPECT_EQ(check_record_header({}).code, errc::ok);
    EXPECT_EQ(check_record_header(octets{22}).code, errc::ok);
    EXPECT_EQ(check_record_header(octets{22, 3, 3, 0, 100}).code, errc::ok);
    EXPECT_EQ(check_record_header(octets{21, 3, 3, 0, 2}).code, errc::ok);
    EXPECT_EQ(check_record_header(octets{23, 3, 3, 0, 2}).code, errc::ok);
    EXPECT_EQ(check_record_header(as_bytes("H")).code, errc::wrong_version_number);
    EXPECT_EQ(check_record_header(octets{0x80}).code, errc::wrong_version_number);
    EXPECT_EQ(check_record_header(octets{22, 2}).code, errc::wrong_version_number);
    EXPECT_EQ(check_record_header(octets{22, 3, 0}).code, errc::wrong_version_number);
    EXPECT_EQ(check_record_header(octets{22, 3, 5}).code, errc::wrong_version_number);
}

}  // namespace
}  // namespace polytls
