#include "der_builder.hpp"

#include <polytls/core/server_identity.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace polytls {
namespace {

using namespace testing_der;
using namespace std::string_view_literals;

bool is_for(std::string_view host, const testing_der::certificate& what) {
    const der data = what.encode();
    x509::certificate_view leaf;
    EXPECT_FALSE(x509::parse_certificate(data, leaf));
    const status checked = check_server_identity(host, leaf);
    EXPECT_TRUE(!checked || checked.code == errc::altname_invalid);
    return !checked;
}

testing_der::certificate with_names(std::initializer_list<der> names,
                                    std::string common_name = "cn.test") {
    return {.subject = std::move(common_name), .extensions = {subject_alt_name(names)}};
}

TEST(server_identity, a_dns_name_matches_without_regard_to_case) {
    const auto leaf = with_names({dns_name("Www.Example.test")});

    EXPECT_TRUE(is_for("www.example.test", leaf));
    EXPECT_TRUE(is_for("WWW.EXAMPLE.TEST", leaf));
    EXPECT_TRUE(is_for("www.example.test.", leaf)) << "a trailing dot is the root's";
    EXPECT_FALSE(is_for("example.test", leaf));
    EXPECT_FALSE(is_for("www.example.test.evil", leaf));
    EXPECT_FALSE(is_for("", leaf));
}

TEST(server_identity, a_wildcard_stands_for_one_whole_label_on_the_left) {
    const auto leaf = with_names({dns_name("*.example.test")});

    EXPECT_TRUE(is_for("a.example.test", leaf));
    EXPECT_FALSE(is_for("example.test", leaf));
    EXPECT_FALSE(is_for("a.b.example.test", leaf));
    EXPECT_FALSE(is_for(".example.test", leaf));
}

TEST(server_identity, other_wildcards_match_nothing) {
    for (const auto* pattern : {"*", "*.test", "w*.example.test", "*w.example.test", "www.*.test",
                                "**.example.test", "*.*.test"}) {
        SCOPED_TRACE(pattern);
        const auto leaf = with_names({dns_name(pattern)});

        EXPECT_FALSE(is_for("www.example.test", leaf));
        EXPECT_FALSE(is_for("x.test", leaf));
        EXPECT_FALSE(is_for("test", leaf));
    }
}

TEST(server_identity, the_common_name_counts_only_where_there_is_no_dns_name) {
    EXPECT_TRUE(is_for("cn.test", {.subject = "cn.test"}));
    EXPECT_TRUE(is_for("cn.test", with_names({ip_address({127, 0, 0, 1})})));
    EXPECT_FALSE(is_for("cn.test", with_names({dns_name("other.test")})));
}

TEST(server_identity, an_address_matches_only_an_address) {
    const auto leaf = with_names(
        {dns_name("192.0.2.2"), uri("https://192.0.2.3"), ip_address({192, 0, 2, 1})}, "192.0.2.4");

    EXPECT_TRUE(is_for("192.0.2.1", leaf));
    EXPECT_FALSE(is_for("192.0.2.2", leaf));
    EXPECT_FALSE(is_for("192.0.2.3", leaf));
    EXPECT_FALSE(is_for("192.0.2.4", leaf));
    EXPECT_FALSE(is_for("192.0.2.4", {.subject = "192.0.2.4"}));
    EXPECT_TRUE(is_for("2001:db8::1", with_names({ip_address({0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0,
                                                              0, 0, 0, 0, 0, 1})})));
    EXPECT_FALSE(is_for("::ffff:192.0.2.1", leaf)) << "another family is another address";
}

TEST(server_identity, a_uri_never_matches) {
    EXPECT_FALSE(is_for("a.test", with_names({uri("https://a.test/"), uri("a.test")}, "b.test")));
}

TEST(server_identity, a_name_with_a_nul_or_a_blank_is_there_to_deceive) {
    EXPECT_FALSE(is_for("a.test", with_names({dns_name("a.test\0.evil.test"sv)})));
    EXPECT_FALSE(is_for("a.test", {.subject = std::string("a.test\0.evil.test"sv)}));
    EXPECT_FALSE(is_for("a.test", with_names({dns_name("a.test ")})));
    EXPECT_FALSE(is_for("a.test", with_names({dns_name("")})));
}

TEST(parse_ip_address, takes_the_common_forms_and_no_other) {
    for (const auto* good : {"0.0.0.0", "255.255.255.255", "::", "::1", "1::", "1:2:3:4:5:6:7:8",
                             "::ffff:1.2.3.4", "fe80::A"}) {
        EXPECT_TRUE(parse_ip_address(good)) << good;
    }
    for (const auto* bad :
         {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04x", "a.b.c.d", ":", ":::", "1::2::3",
          "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "[::1]", "fe80::1%eth0", " 1.2.3.4"}) {
        EXPECT_FALSE(parse_ip_address(bad)) << bad;
    }
}

}  // namespace
}  // namespace polytls
