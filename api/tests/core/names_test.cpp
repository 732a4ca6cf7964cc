#include <polytls/core/alert.hpp>
#include <polytls/core/capability.hpp>
#include <polytls/core/named_group.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/core/status.hpp>
#include <polytls/core/verify_code.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace polytls {
namespace {

using testing::HasSubstr;

template <typename Enum>
std::vector<Enum> all_up_to(Enum last) {
    std::vector<Enum> all;
    for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
        all.push_back(static_cast<Enum>(i));
    }
    return all;
}

std::string in_upper_case(std::string_view text) {
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return upper;
}

TEST(errc, each_has_a_name_of_its_own_and_a_message) {
    std::set<std::string_view> names;
    std::set<std::string_view> messages;
    for (const errc code : all_up_to(errc::internal)) {
        SCOPED_TRACE(static_cast<unsigned>(code));

        EXPECT_NE(name_of(code), "unknown");
        EXPECT_TRUE(names.insert(name_of(code)).second) << name_of(code);
        EXPECT_NE(message_of(code), "unknown error");
        EXPECT_TRUE(messages.insert(message_of(code)).second) << message_of(code);
        EXPECT_FALSE(message_of(code).ends_with('.'));
    }
}

TEST(errc, beyond_the_last_is_unknown) {
    const auto beyond = static_cast<errc>(static_cast<unsigned>(errc::internal) + 1);

    EXPECT_EQ(name_of(beyond), "unknown");
    EXPECT_EQ(message_of(beyond), "unknown error");
    EXPECT_EQ(name_of(static_cast<errc>(0xffff)), "unknown");
}

TEST(errc, messages_that_programs_know_are_kept) {
    EXPECT_EQ(message_of(errc::disconnected_before_secure),
              "Client network socket disconnected before secure TLS connection was established");
    EXPECT_EQ(message_of(errc::socket_hang_up), "socket hang up");
    EXPECT_THAT(message_of(errc::wrong_version_number), HasSubstr("wrong version number"));
    EXPECT_THAT(message_of(errc::unsupported_protocol), HasSubstr("unsupported protocol"));
    EXPECT_THAT(message_of(errc::no_cipher_match), HasSubstr("no cipher match"));
}

TEST(errc, only_ok_is_no_error) {
    for (const errc code : all_up_to(errc::internal)) {
        SCOPED_TRACE(name_of(code));

        EXPECT_EQ(static_cast<bool>(status{.code = code}), code != errc::ok);
        EXPECT_EQ(condition_of(code) == condition::ok, code == errc::ok);
    }
}

TEST(errc, belongs_to_the_condition_to_branch_on) {
    EXPECT_EQ(condition_of(errc::closed), condition::closed);
    EXPECT_EQ(condition_of(errc::truncated), condition::truncated);
    EXPECT_EQ(condition_of(errc::handshake_timed_out), condition::timeout);
    EXPECT_EQ(condition_of(errc::decode_error), condition::protocol_error);
    EXPECT_EQ(condition_of(errc::no_shared_cipher), condition::nothing_in_common);
    EXPECT_EQ(condition_of(errc::alert_received), condition::peer_alert);
    EXPECT_EQ(condition_of(errc::altname_invalid), condition::not_authorized);
    EXPECT_EQ(condition_of(errc::wrong_passphrase), condition::bad_input);
    EXPECT_EQ(condition_of(errc::unsupported_by_backend), condition::unsupported);
    EXPECT_EQ(condition_of(errc::wrong_state), condition::misuse);
    EXPECT_EQ(condition_of(errc::no_memory), condition::no_resources);
}

// RFC 8446, appendix B.2, and RFC 5246, section 7.2.
TEST(alert_description, has_the_name_the_rfcs_give_its_number) {
    const std::vector<std::pair<unsigned, std::string_view>> registered = {
        {0, "close_notify"},
        {10, "unexpected_message"},
        {20, "bad_record_mac"},
        {22, "record_overflow"},
        {40, "handshake_failure"},
        {42, "bad_certificate"},
        {43, "unsupported_certificate"},
        {44, "certificate_revoked"},
        {45, "certificate_expired"},
        {46, "certificate_unknown"},
        {47, "illegal_parameter"},
        {48, "unknown_ca"},
        {49, "access_denied"},
        {50, "decode_error"},
        {51, "decrypt_error"},
        {70, "protocol_version"},
        {71, "insufficient_security"},
        {80, "internal_error"},
        {86, "inappropriate_fallback"},
        {90, "user_canceled"},
        {100, "no_renegotiation"},
        {109, "missing_extension"},
        {110, "unsupported_extension"},
        {112, "unrecognized_name"},
        {113, "bad_certificate_status_response"},
        {115, "unknown_psk_identity"},
        {116, "certificate_required"},
        {120, "no_application_protocol"},
        {255, "none"},
    };
    for (unsigned number = 0; number < 256; ++number) {
        SCOPED_TRACE(number);
        const auto known = std::find_if(registered.begin(), registered.end(),
                                        [&](const auto& row) { return row.first == number; });

        EXPECT_EQ(name_of(static_cast<alert_description>(number)),
                  known == registered.end() ? "unknown" : known->second);
    }
}

TEST(protocol_version, names_are_read_back_without_regard_to_case) {
    for (const auto version : {protocol_version::tls1_0, protocol_version::tls1_1,
                               protocol_version::tls1_2, protocol_version::tls1_3}) {
        EXPECT_EQ(protocol_version_named(name_of(version)), version);
        EXPECT_EQ(protocol_version_named(in_upper_case(name_of(version))), version);
    }
    EXPECT_EQ(name_of(protocol_version::tls1_0), "TLSv1");
    EXPECT_EQ(name_of(protocol_version::tls1_3), "TLSv1.3");
    EXPECT_EQ(name_of(static_cast<protocol_version>(0x0300)), "unknown");
}

TEST(protocol_version, of_another_text_is_none) {
    for (const std::string_view text : {"", "TLS", "TLSv1.4", "TLSv1.2 ", "SSLv3", "unknown"}) {
        EXPECT_EQ(protocol_version_named(text), std::nullopt) << text;
    }
}

TEST(named_group, is_found_by_each_of_its_names_without_regard_to_case) {
    const std::vector<std::pair<std::string_view, named_group>> known = {
        {"secp256r1", named_group::secp256r1},
        {"P-256", named_group::secp256r1},
        {"prime256v1", named_group::secp256r1},
        {"secp384r1", named_group::secp384r1},
        {"P-384", named_group::secp384r1},
        {"secp521r1", named_group::secp521r1},
        {"P-521", named_group::secp521r1},
        {"X25519", named_group::x25519},
        {"X448", named_group::x448},
        {"ffdhe2048", named_group::ffdhe2048},
        {"ffdhe3072", named_group::ffdhe3072},
        {"ffdhe4096", named_group::ffdhe4096},
    };
    for (const auto& [name, group] : known) {
        EXPECT_EQ(named_group_named(name), group) << name;
        EXPECT_EQ(named_group_named(in_upper_case(name)), group) << name;
        EXPECT_EQ(named_group_named(name_of(group)), group) << name;
    }
    EXPECT_EQ(name_of(named_group::secp256r1), "secp256r1");
    EXPECT_EQ(name_of(named_group::x25519), "x25519");
}

TEST(named_group, of_another_text_is_none) {
    for (const std::string_view text : {"", "P256", "secp256k1", "none", "unknown", "P-256 "}) {
        EXPECT_EQ(named_group_named(text), std::nullopt) << text;
    }
    EXPECT_EQ(name_of(static_cast<named_group>(0x7a7a)), "unknown");
}

// Codes, names and texts of X509_verify_cert_error_string(3) in OpenSSL 3.0, alerts of its table in
// ssl/statem/statem_lib.c, for a sample that a program or a peer is likely to see.
TEST(verify_code, has_the_name_text_and_alert_of_openssl) {
    struct row {
        verify_code code;
        std::string_view name;
        std::string_view message;
        alert_description alert;
    };

    const std::vector<row> rows = {
        {verify_code::cert_signature_failure, "CERT_SIGNATURE_FAILURE",
         "certificate signature failure", alert_description::decrypt_error},
        {verify_code::cert_not_yet_valid, "CERT_NOT_YET_VALID", "certificate is not yet valid",
         alert_description::bad_certificate},
        {verify_code::cert_has_expired, "CERT_HAS_EXPIRED", "certificate has expired",
         alert_description::certificate_expired},
        {verify_code::depth_zero_self_signed_cert, "DEPTH_ZERO_SELF_SIGNED_CERT",
         "self-signed certificate", alert_description::unknown_ca},
        {verify_code::self_signed_cert_in_chain, "SELF_SIGNED_CERT_IN_CHAIN",
         "self-signed certificate in certificate chain", alert_description::unknown_ca},
        {verify_code::unable_to_get_issuer_cert_locally, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
         "unable to get local issuer certificate", alert_description::unknown_ca},
        {verify_code::unable_to_verify_leaf_signature, "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
         "unable to verify the first certificate", alert_description::unknown_ca},
        {verify_code::cert_revoked, "CERT_REVOKED", "certificate revoked",
         alert_description::certificate_revoked},
        {verify_code::invalid_ca, "INVALID_CA", "invalid CA certificate",
         alert_description::unknown_ca},
        {verify_code::invalid_purpose, "INVALID_PURPOSE", "unsuitable certificate purpose",
         alert_description::unsupported_certificate},
        {verify_code::ee_key_too_small, "EE_KEY_TOO_SMALL", "EE certificate key too weak",
         alert_description::bad_certificate},
        {verify_code::ca_md_too_weak, "CA_MD_TOO_WEAK", "CA signature digest algorithm too weak",
         alert_description::bad_certificate},
        {verify_code::crl_has_expired, "CRL_HAS_EXPIRED", "CRL has expired",
         alert_description::certificate_expired},
    };
    for (const row& expected : rows) {
        SCOPED_TRACE(expected.name);

        EXPECT_EQ(name_of(expected.code), expected.name);
        EXPECT_EQ(message_of(expected.code), expected.message);
        EXPECT_EQ(alert_for(expected.code), expected.alert);
    }
}

TEST(verify_code, names_are_read_back) {
    std::set<std::string_view> messages;
    for (const verify_code code : all_up_to(verify_code::altname_invalid)) {
        SCOPED_TRACE(name_of(code));

        EXPECT_EQ(verify_code_named(name_of(code)), code);
        EXPECT_TRUE(messages.insert(message_of(code)).second) << message_of(code);
        EXPECT_EQ(alert_for(code) == alert_description::none, code == verify_code::ok);
    }
    EXPECT_EQ(verify_code_named(""), verify_code::unspecified);
    EXPECT_EQ(verify_code_named("cert_has_expired"), verify_code::unspecified);
    EXPECT_EQ(name_of(static_cast<verify_code>(200)), "UNSPECIFIED");
}

TEST(feature, each_is_listed_in_order_with_a_name_of_its_own) {
    std::set<std::string_view> names;
    unsigned expected = 0;
    for (const feature one : every_feature()) {
        EXPECT_EQ(static_cast<unsigned>(one), expected++);
        EXPECT_NE(name_of(one), "unknown");
        EXPECT_TRUE(names.insert(name_of(one)).second) << name_of(one);
    }
    EXPECT_EQ(every_feature().back(), feature::psk);
    EXPECT_EQ(name_of(static_cast<feature>(expected)), "unknown");
}

TEST(support, has_a_name) {
    EXPECT_EQ(name_of(support::yes), "yes");
    EXPECT_EQ(name_of(support::limited), "limited");
    EXPECT_EQ(name_of(support::no), "no");
}

TEST(capability_of, finds_the_line_of_a_feature) {
    const capability report[] = {{feature::alpn, support::yes, {}},
                                 {feature::tls1_3, support::limited, "no early data"}};

    const capability found = capability_of(report, feature::tls1_3);

    EXPECT_EQ(found.feature, feature::tls1_3);
    EXPECT_EQ(found.support, support::limited);
    EXPECT_EQ(found.reason, "no early data");
}

TEST(capability_of, says_no_for_a_feature_without_a_line) {
    const capability missing = capability_of({}, feature::alpn);

    EXPECT_EQ(missing.feature, feature::alpn);
    EXPECT_EQ(missing.support, support::no);
    EXPECT_FALSE(missing.reason.empty());
}

}  // namespace
}  // namespace polytls
