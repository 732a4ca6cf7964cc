#include "asn1_text.hpp"
#include "name_format.hpp"
#include "utf8.hpp"
#include "validity_format.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace polytls::detail {
namespace {

using namespace std::string_literals;
using octets = std::vector<std::uint8_t>;

constexpr std::uint8_t utf8_string = 0x0c;
constexpr std::uint8_t printable_string = 0x13;
constexpr std::uint8_t t61_string = 0x14;
constexpr std::uint8_t universal_string = 0x1c;
constexpr std::uint8_t bmp_string = 0x1e;

std::optional<std::string> text(std::uint8_t tag, const octets& content) {
    return text_of({.tag = tag, .content = content, .whole = {}});
}

TEST(object_identifier, first_two_arcs_share_a_number) {
    EXPECT_EQ(dotted(octets{0x00}), "0.0");
    EXPECT_EQ(dotted(octets{0x27}), "0.39");
    EXPECT_EQ(dotted(octets{0x28}), "1.0");
    EXPECT_EQ(dotted(octets{0x4f}), "1.39");
    EXPECT_EQ(dotted(octets{0x50}), "2.0");
    EXPECT_EQ(dotted(octets{0x88, 0x37, 0x03}), "2.999.3");
}

TEST(object_identifier, arcs_of_any_size_are_written_out) {
    EXPECT_EQ(dotted(octets{0x2a, 0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}),
              "1.2.18446744073709551615");
    EXPECT_EQ(dotted(octets{0x2a, 0x83, 0xdc, 0xeb, 0x94, 0x07}), "1.2.1000000007");
    EXPECT_EQ(dotted(octets{0x2a, 0xc5, 0xb1, 0xe4, 0xb0, 0xa4, 0xa7, 0xd0, 0x80, 0x03}),
              "1.2.5000000000000000003");
}

TEST(object_identifier, large_first_number_keeps_its_top_arc) {
    EXPECT_EQ(dotted(octets{0x83, 0xdc, 0xeb, 0x94, 0x4f}), "2.999999999");
    EXPECT_EQ(dotted(octets{0x83, 0xdc, 0xeb, 0x94, 0x50}), "2.1000000000");
    EXPECT_EQ(dotted(octets{0xc5, 0xb1, 0xe4, 0xb0, 0xa4, 0xa7, 0xd0, 0x80, 0x03}),
              "2.4999999999999999923");
}

TEST(object_identifier, what_is_none_is_invalid) {
    EXPECT_EQ(dotted({}), "<INVALID>");
    EXPECT_EQ(dotted(octets{0x2a, 0x80, 0x01}), "<INVALID>");
    EXPECT_EQ(dotted(octets{0x2a, 0x81}), "<INVALID>");

    octets endless(587, 0xff);
    endless.back() = 0x7f;
    EXPECT_EQ(dotted(endless), "<INVALID>");
    endless.erase(endless.begin());
    EXPECT_EQ(dotted(endless).size(), 2 + 1235U);
}

TEST(serial_number, is_whole_bytes_with_a_sign) {
    EXPECT_EQ(serial_text(octets{0x00}), "0");
    EXPECT_EQ(serial_text(octets{0x01}), "01");
    EXPECT_EQ(serial_text(octets{0x00, 0xff}), "FF");
    EXPECT_EQ(serial_text(octets{0xff}), "-01");
    EXPECT_EQ(serial_text(octets{0x80}), "-80");
    EXPECT_EQ(serial_text(octets{0xff, 0x00}), "-0100");
    EXPECT_EQ(serial_text(octets{0xff, 0x7f}), "-81");
    EXPECT_EQ(serial_text({}), "0");
}

TEST(string_types, come_out_as_utf8) {
    EXPECT_EQ(text(printable_string, {'a', 'b'}), "ab");
    EXPECT_EQ(text(t61_string, {'a', 0xfc}), "aü");
    EXPECT_EQ(text(utf8_string, {0xe2, 0x98, 0x83}), "☃");
    EXPECT_EQ(text(bmp_string, {0x26, 0x03, 0x00, 0xfc}), "☃ü");
    EXPECT_EQ(text(universal_string, {0, 1, 0xf3, 0x88}), "🎈");
}

TEST(string_types, keep_a_nul) {
    EXPECT_EQ(text(utf8_string, {'a', 0, 'b'}), "a\0b"s);
    EXPECT_EQ(text(printable_string, {'a', 0, 'b'}), "a\0b"s);
    EXPECT_EQ(text(bmp_string, {0, 'a', 0, 0}), "a\0"s);
}

TEST(string_types, surrogates_count_in_pairs_alone) {
    EXPECT_EQ(text(bmp_string, {0xd8, 0x3c, 0xdf, 0x88}), "🎈");
    EXPECT_EQ(text(bmp_string, {0xd8, 0x3c}), "\ufffd");
    EXPECT_EQ(text(bmp_string, {0xdf, 0x88, 0xd8, 0x3c}), "\ufffd\ufffd");
    EXPECT_EQ(text(bmp_string, {0xd8, 0x3c, 0, 'a'}), "\ufffda");
    EXPECT_EQ(text(universal_string, {0, 0, 0xd8, 0x3c}), "\ufffd");
    EXPECT_EQ(text(universal_string, {0xff, 0xff, 0xff, 0xff}), "\ufffd");
}

TEST(string_types, of_half_a_character_or_of_no_text_are_none) {
    EXPECT_EQ(text(bmp_string, {0}), std::nullopt);
    EXPECT_EQ(text(universal_string, {0, 0, 0}), std::nullopt);
    EXPECT_EQ(text(0x04, {'a'}), std::nullopt);
    EXPECT_EQ(text(0x30, {}), std::nullopt);
}

TEST(utf8, that_is_not_well_formed_is_repaired_byte_by_byte) {
    EXPECT_EQ(repaired_utf8(as_bytes("a\xff"
                                     "b")),
              "a\ufffdb");
    EXPECT_EQ(repaired_utf8(as_bytes("\xc0\x80")), "\ufffd\ufffd");
    EXPECT_EQ(repaired_utf8(as_bytes("\xe0\x80\xaf")), "\ufffd\ufffd\ufffd");
    EXPECT_EQ(repaired_utf8(as_bytes("\xed\xa0\x80")), "\ufffd\ufffd\ufffd");
    EXPECT_EQ(repaired_utf8(as_bytes("\xf4\x90\x80\x80")), "\ufffd\ufffd\ufffd\ufffd");
    EXPECT_EQ(repaired_utf8(as_bytes("\xe2\x98")), "\ufffd\ufffd");
    EXPECT_EQ(repaired_utf8(as_bytes("ü☃🎈\U0010ffff")), "ü☃🎈\U0010ffff");
}

TEST(name, values_that_are_no_text_are_dumped) {
    // CN = an OCTET STRING.
    const octets name{0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03,
                      0x55, 0x04, 0x03, 0x04, 0x02, 0xab, 0xcd};

    EXPECT_EQ(read_name(name), (distinguished_name{{"CN", "#0402ABCD"}}));
    EXPECT_EQ(rfc2253_text(name), "CN=#0402ABCD");
}

TEST(name, escapes_what_rfc_2253_gives_a_meaning) {
    const auto written = [](std::string_view value) {
        const auto size = static_cast<std::uint8_t>(value.size());
        octets name{0x30, static_cast<std::uint8_t>(11 + size),
                    0x31, static_cast<std::uint8_t>(9 + size),
                    0x30, static_cast<std::uint8_t>(7 + size),
                    0x06, 0x03,
                    0x55, 0x04,
                    0x03, utf8_string,
                    size};
        name.insert(name.end(), value.begin(), value.end());
        return rfc2253_text(name);
    };

    EXPECT_EQ(written("a+b"), R"(CN=a\+b)");
    EXPECT_EQ(written("#a#"), R"(CN=\#a#)");
    EXPECT_EQ(written("  a  "), R"(CN=\  a \ )");
    EXPECT_EQ(written(" "), R"(CN=\ )");
    EXPECT_EQ(written(R"(,"\<>;)"), R"(CN=\,\"\\\<\>\;)");
    EXPECT_EQ(written(""), "CN=");
}

TEST(name, that_is_malformed_is_none) {
    EXPECT_EQ(read_name(octets{}), std::nullopt);
    EXPECT_EQ(read_name(octets{0x31, 0x00}), std::nullopt);
    EXPECT_EQ(read_name(octets{0x30, 0x00, 0x00}), std::nullopt);
    EXPECT_EQ(read_name(octets{0x30, 0x02, 0x30, 0x00}), std::nullopt);
    EXPECT_EQ(read_name(octets{0x30, 0x04, 0x31, 0x02, 0x30, 0x00}), std::nullopt);
    EXPECT_EQ(read_name(octets{0x30, 0x00}), distinguished_name{});
}

TEST(time, days_of_one_digit_are_padded) {
    using std::chrono::seconds;

    EXPECT_EQ(time_text(seconds(0)), "Jan  1 00:00:00 1970 GMT");
    EXPECT_EQ(time_text(seconds(-1)), "Dec 31 23:59:59 1969 GMT");
    EXPECT_EQ(time_text(seconds(1257933142)), "Nov 11 09:52:22 2009 GMT");
    EXPECT_EQ(time_text(seconds(1257069142)), "Nov  1 09:52:22 2009 GMT");
}

}  // namespace
}  // namespace polytls::detail
