#include "hello_builder.hpp"

#include <polytls/core/protocol_list.hpp>

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <vector>

namespace polytls {
namespace {

using namespace testkit;

protocol_list list_of(std::string_view wire) {
    return protocol_list(as_bytes(wire));
}

std::vector<std::string> names_in(std::string_view wire) {
    std::vector<std::string> names;
    for (const bytes name : list_of(wire)) {
        names.emplace_back(as_text(name));
    }
    return names;
}

std::string selected(std::string_view server, std::string_view client) {
    return std::string(as_text(select_protocol(list_of(server), list_of(client))));
}

using names = std::vector<std::string>;

TEST(protocol_list, ranges_over_its_names_in_order) {
    EXPECT_EQ(names_in("\x02h2\x08http/1.1"), (names{"h2", "http/1.1"}));
    EXPECT_EQ(names_in(""), names{});
}

TEST(protocol_list, is_a_forward_range) {
    const protocol_list list = list_of("\x01q\x01r");
    auto at = list.begin();

    const auto before = at++;

    EXPECT_EQ(as_text(*before), "q");
    EXPECT_EQ(as_text(*at), "r");
    EXPECT_EQ(std::next(list.begin(), 2), list.end());
}

TEST(protocol_list, walked_stops_at_a_fault) {
    using namespace std::string_view_literals;

    EXPECT_EQ(names_in("\x02h2\x00\x01q"sv), names{"h2"});
    EXPECT_EQ(names_in("\x02h2\x09http/1.1"), names{"h2"});
    EXPECT_EQ(names_in("\x01"), names{});
}

TEST(protocol_list, knows_whether_it_is_well_formed) {
    using namespace std::string_view_literals;
    const std::string longest = "\xff" + std::string(255, 'a');

    EXPECT_TRUE(list_of("").well_formed());
    EXPECT_TRUE(list_of("\x02h2\x08http/1.1").well_formed());
    EXPECT_TRUE(list_of(longest).well_formed());
    EXPECT_FALSE(list_of("\x00"sv).well_formed());
    EXPECT_FALSE(list_of("\x02h2\x00"sv).well_formed());
    EXPECT_FALSE(list_of("\x02h").well_formed());
    EXPECT_FALSE(list_of("\x01").well_formed());
    EXPECT_FALSE(list_of(longest.substr(0, 255)).well_formed());
}

TEST(protocol_list, cut_short_is_well_formed_only_between_names) {
    const std::string_view wire = "\x02h2\x08http/1.1\x01q";
    for (std::size_t size = 0; size <= wire.size(); ++size) {
        SCOPED_TRACE(size);
        const octets copy(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(size));
        const bool between = size == 0 || size == 3 || size == 12 || size == wire.size();

        EXPECT_EQ(protocol_list(copy).well_formed(), between);
        EXPECT_LE(std::distance(protocol_list(copy).begin(), protocol_list(copy).end()), 3);
    }
}

TEST(protocol_list, contains_names_byte_by_byte) {
    const protocol_list list = list_of("\x02h2\x08http/1.1");

    EXPECT_TRUE(list.contains(as_bytes("h2")));
    EXPECT_TRUE(list.contains(as_bytes("http/1.1")));
    EXPECT_FALSE(list.contains(as_bytes("H2")));
    EXPECT_FALSE(list.contains(as_bytes("h")));
    EXPECT_FALSE(list.contains(as_bytes("http/1.10")));
    EXPECT_FALSE(list.contains({}));
    EXPECT_FALSE(protocol_list().contains(as_bytes("h2")));
}

TEST(select_protocol, follows_the_order_of_the_server) {
    EXPECT_EQ(selected("\x02h2\x08http/1.1", "\x08http/1.1\x02h2"), "h2");
    EXPECT_EQ(selected("\x08http/1.1\x02h2", "\x02h2\x08http/1.1"), "http/1.1");
    EXPECT_EQ(selected("\x02h3\x08http/1.1", "\x02h2\x08http/1.1"), "http/1.1");
}

TEST(select_protocol, without_a_name_in_common_is_empty) {
    EXPECT_EQ(selected("\x02h2", "\x08http/1.1"), "");
    EXPECT_EQ(selected("", "\x02h2"), "");
    EXPECT_EQ(selected("\x02h2", ""), "");
}

TEST(select_protocol, gives_a_view_into_the_list_of_the_server) {
    const octets server = {2, 'h', '2'};
    const octets client = {2, 'h', '2'};

    const bytes chosen = select_protocol(protocol_list(server), protocol_list(client));

    EXPECT_EQ(chosen.data(), server.data() + 1);
}

}  // namespace
}  // namespace polytls
