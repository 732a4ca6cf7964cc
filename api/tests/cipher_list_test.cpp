#include "fake_backend.hpp"

#include <polytls/cipher_list.hpp>
#include <polytls/cipher_suite.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls {
namespace {

using testing::HasSubstr;

constexpr version_range up_to_1_2{protocol_version::tls1_2, protocol_version::tls1_2};

const std::vector<cipher_suite_id>& available() {
    static const testkit::fake_backend backend;
    return backend.suites;
}

/// The names chosen, separated by ':'; or the error's code.
std::string
names_of(std::string_view list, std::span<const cipher_suite_id> from, version_range versions) {
    const auto suites = parse_cipher_list(list, from, versions);
    if (!suites) {
        EXPECT_EQ(suites.error().input, "ciphers");
        return suites.error().name();
    }
    std::string names;
    for (const cipher_suite_id id : *suites) {
        names += (names.empty() ? "" : ":") + std::string(find_cipher_suite(id)->name);
    }
    return names;
}

std::string chosen(std::string_view list, version_range versions = {}) {
    return names_of(list, available(), versions);
}

TEST(cipher_list, default_is_the_forward_secret_aead_in_the_backends_order) {
    EXPECT_EQ(chosen("DEFAULT"),
              "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256:"
              "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST(cipher_list, default_below_tls_1_2_ends_with_what_those_versions_can_use) {
    EXPECT_EQ(chosen("DEFAULT", {protocol_version::tls1_0, protocol_version::tls1_1}),
              "ECDHE-RSA-AES128-SHA");
    EXPECT_EQ(chosen("DEFAULT", {protocol_version::tls1_0, protocol_version::tls1_2}),
              "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA");
}

TEST(cipher_list, names_keep_their_order_and_every_separator_counts) {
    EXPECT_EQ(chosen("AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA,,ECDHE-RSA-AES128-GCM-SHA256 "
                     "TLS_AES_256_GCM_SHA384;TLS_AES_128_GCM_SHA256"),
              "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:"
              "AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256");
}

TEST(cipher_list, without_tls_1_3_suites_keeps_the_backends_safe_ones) {
    EXPECT_EQ(chosen("AES128-GCM-SHA256"),
              "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:AES128-GCM-SHA256");
    EXPECT_EQ(chosen("AES128-GCM-SHA256", up_to_1_2), "AES128-GCM-SHA256");
}

TEST(cipher_list, with_tls_1_3_suites_alone_keeps_to_them) {
    EXPECT_EQ(chosen("TLS_AES_256_GCM_SHA384"), "TLS_AES_256_GCM_SHA384");
}

TEST(cipher_list, of_earlier_suites_does_not_hinder_tls_1_3_alone) {
    EXPECT_EQ(chosen("AES128-GCM-SHA256", {protocol_version::tls1_3, protocol_version::tls1_3}),
              "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");
}

TEST(cipher_list, takes_iana_names_and_each_suite_once) {
    EXPECT_EQ(chosen("TLS_RSA_WITH_AES_128_GCM_SHA256:AES128-GCM-SHA256:DEFAULT", up_to_1_2),
              "AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST(cipher_list, passes_over_suites_the_backend_lacks) {
    EXPECT_EQ(chosen("ECDHE-RSA-AES256-GCM-SHA384:AES128-GCM-SHA256", up_to_1_2),
              "AES128-GCM-SHA256");
}

TEST(cipher_list, that_leaves_nothing_is_no_cipher_match) {
    EXPECT_EQ(chosen(""), "NO_CIPHER_MATCH");
    EXPECT_EQ(chosen(" :,"), "NO_CIPHER_MATCH");
    EXPECT_EQ(chosen("ECDHE-RSA-AES256-GCM-SHA384"), "NO_CIPHER_MATCH");
    EXPECT_EQ(chosen("TLS_AES_256_GCM_SHA384", up_to_1_2), "NO_CIPHER_MATCH");
}

TEST(cipher_list, groups_choose_in_openssls_order_what_the_backend_has) {
    EXPECT_EQ(chosen("HIGH", up_to_1_2),
              "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
              "ECDHE-RSA-AES128-SHA:AES128-GCM-SHA256:"
              "PSK-AES128-GCM-SHA256");
    EXPECT_EQ(chosen("HIGH:!PSK:-ECDHE+AESGCM:+aRSA:aECDSA", up_to_1_2),
              "ECDHE-RSA-AES128-SHA:AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST(cipher_list, weak_suites_come_only_by_words_that_are_about_their_weakness) {
    const std::vector<cipher_suite_id> weak = {
        cipher_suite_id{0x0004},  // RC4-MD5
        cipher_suite_id{0x0005},  // RC4-SHA
        cipher_suite_id{0x0034},  // ADH-AES128-SHA
        cipher_suite_id{0xc015},  // AECDH-NULL-SHA
        cipher_suite_id{0x000a},  // DES-CBC3-SHA
    };
    const auto of = [&weak](std::string_view list) { return names_of(list, weak, up_to_1_2); };

    EXPECT_EQ(of("DEFAULT"), "NO_CIPHER_MATCH");
    EXPECT_EQ(of("ALL:HIGH:MEDIUM:kRSA:SHA1:DH:COMPLEMENTOFDEFAULT"), "DES-CBC3-SHA");
    EXPECT_EQ(of("RC4"), "RC4-SHA");
    EXPECT_EQ(of("MD5"), "NO_CIPHER_MATCH");
    EXPECT_EQ(of("RC4+MD5"), "RC4-MD5");
    EXPECT_EQ(of("ALL:RC4:MD5"), "RC4-SHA:RC4-MD5:DES-CBC3-SHA");
    EXPECT_EQ(of("RC4-MD5"), "RC4-MD5");
    EXPECT_EQ(of("aNULL"), "ADH-AES128-SHA");
    EXPECT_EQ(of("eNULL"), "NO_CIPHER_MATCH");
    EXPECT_EQ(of("aNULL:COMPLEMENTOFALL"), "ADH-AES128-SHA:AECDH-NULL-SHA");
    EXPECT_EQ(of("ALL:!RC4:+aNULL:-MD5"), "DES-CBC3-SHA");
}

TEST(cipher_list, security_level_2_leaves_out_what_openssl_would_not_negotiate) {
    const std::vector<cipher_suite_id> some = {
        cipher_suite_id{0x0005},  // RC4-SHA
        cipher_suite_id{0x0034},  // ADH-AES128-SHA
        cipher_suite_id{0x0002},  // NULL-SHA
        cipher_suite_id{0x000a},  // DES-CBC3-SHA
    };

    EXPECT_EQ(names_of("RC4-SHA:ADH:NULL-SHA:3DES:@SECLEVEL=2", some, up_to_1_2), "DES-CBC3-SHA");
    EXPECT_EQ(names_of("NULL-SHA@SECLEVEL=2", some, up_to_1_2), "NO_CIPHER_MATCH");
}

TEST(cipher_list, other_security_levels_and_suite_b_are_a_clear_error) {
    for (const std::string word : {"@SECLEVEL=0", "@SECLEVEL=1", "@SECLEVEL=5", "SUITEB128",
                                   "SUITEB128ONLY", "SUITEB128C2", "SUITEB192"}) {
        const auto refused = parse_cipher_list("DEFAULT:" + word, available());

        ASSERT_FALSE(refused) << word;
        EXPECT_TRUE(refused.error().code == errc::invalid_argument) << word;
        EXPECT_THAT(refused.error().message, HasSubstr("'" + word + "'"));
    }
}

TEST(cipher_list, suites_of_tls_1_3_obey_operators_and_no_group_but_default) {
    EXPECT_EQ(chosen("kRSA+AESGCM:!AES256:!TLSv1.2:AES128-GCM-SHA256:ECDHE+SHA1"),
              "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-SHA");
    EXPECT_EQ(chosen("AES128-GCM-SHA256:!TLS_AES_128_GCM_SHA256"),
              "TLS_AES_256_GCM_SHA384:AES128-GCM-SHA256");
    EXPECT_EQ(chosen("AES128-GCM-SHA256:+TLS_AES_128_GCM_SHA256"),
              "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:AES128-GCM-SHA256");
    EXPECT_EQ(chosen("TLS_AES_128_CCM_8_SHA256:DEFAULT:!ECDHE"),
              "TLS_AES_128_CCM_8_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");
    EXPECT_EQ(chosen("kRSA:!DEFAULT"), "AES128-GCM-SHA256");
    EXPECT_EQ(chosen("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:@STRENGTH"),
              "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
    EXPECT_EQ(chosen("!TLS_AES_128_GCM_SHA256"), "NO_CIPHER_MATCH");
}

TEST(cipher_list, default_takes_operators_at_the_head_and_stands_anywhere) {
    EXPECT_EQ(chosen("DEFAULT!aRSA", up_to_1_2), "ECDHE-ECDSA-AES128-GCM-SHA256");
    EXPECT_EQ(chosen("DEFAULT-aECDSA", up_to_1_2), "ECDHE-RSA-AES128-GCM-SHA256");
    EXPECT_EQ(chosen("DEFAULT+aRSA@STRENGTH", up_to_1_2),
              "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256");
    EXPECT_EQ(chosen("kRSA:DEFAULT:!aECDSA", up_to_1_2),
              "AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256");
    EXPECT_EQ(chosen("DEFAULTS"), "UNKNOWN_CIPHER");
}

TEST(cipher_list, groups_that_are_gone_are_empty) {
    EXPECT_EQ(chosen("AES128-GCM-SHA256:!EXPORT:!DES:!LOW:!SSLv2:!KRB5-DES-CBC3-SHA:+GOST:-aECDH",
                     up_to_1_2),
              "AES128-GCM-SHA256");
    EXPECT_EQ(chosen("EXP:GOST2001-GOST89-GOST89:LOW"), "NO_CIPHER_MATCH");
}

TEST(cipher_list, a_word_that_means_nothing_is_unknown) {
    for (const std::string word : {"NONSENSE",
                                   "!aNUL",
                                   "high",
                                   "HIGH+",
                                   "+",
                                   "!",
                                   "-",
                                   "@",
                                   "@FOO",
                                   "@SECLEVEL",
                                   "@SECLEVEL=6",
                                   "@SECLEVEL=22",
                                   "@STRENGTH!aNULL",
                                   "!@STRENGTH",
                                   "HIGH#",
                                   "HIGH+!aNULL",
                                   "\xc3\xa4",
                                   "TLSv1.3",
                                   "AES128-GCM-SHA256+nonsense",
                                   "=",
                                   "HIGH\t"}) {
        EXPECT_EQ(chosen("AES128-GCM-SHA256:" + word), "UNKNOWN_CIPHER") << word;
    }
}

TEST(cipher_list, names_a_word_that_is_no_suite) {
    const auto refused = parse_cipher_list("AES128-GCM-SHA256:NONSENSE\n1", available());

    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().code == errc::unknown_cipher);
    EXPECT_THAT(refused.error().message, HasSubstr("'NONSENSE?1'"));
}

TEST(cipher_list, shows_a_long_word_cut_short) {
    const auto refused = parse_cipher_list(std::string(100000, 'A'), available());

    ASSERT_FALSE(refused);
    EXPECT_LT(refused.error().message.size(), 200U);
}

}  // namespace
}  // namespace polytls
