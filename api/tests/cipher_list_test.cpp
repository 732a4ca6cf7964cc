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
std::string chosen(std::string_view list, version_range versions = {}) {
    const auto suites = parse_cipher_list(list, available(), versions);
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
              "AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256:"
              "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
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
