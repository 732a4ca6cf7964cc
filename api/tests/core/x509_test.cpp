#include "der_builder.hpp"

#include <polytls/core/x509.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>

namespace polytls::x509 {
namespace {

using namespace testing_der;

der everything() {
    return certificate{
        .subject = "leaf",
        .issuer = "root",
        .extensions = {subject_alt_name({dns_name("a.test"), ip_address({1, 2, 3, 4})}),
                       basic_constraints(true, std::uint8_t{2}), key_usage(0x04),
                       ext_key_usage({1, 2}), extension(14, element(0x04, {5, 6})),
                       extension(35, element(0x30, element(0x80, {7, 8})))}}
        .encode();
}

TEST(der_reader, takes_elements_one_after_the_other) {
    const der data = join({element(0x02, {5}), element(0x04, der(200, 1)), element(0x05, {})});
    der_reader reader(data);
    der_element taken;

    ASSERT_TRUE(reader.next(0x02, taken));
    EXPECT_EQ(taken.content.size(), 1U);
    EXPECT_FALSE(reader.next(0x02, taken)) << "another tag takes nothing";
    ASSERT_TRUE(reader.next(taken));
    EXPECT_EQ(taken.content.size(), 200U);
    EXPECT_EQ(taken.whole.size(), 203U);
    ASSERT_TRUE(reader.next(0x05, taken));
    EXPECT_TRUE(reader.finished());
    EXPECT_FALSE(reader.next(taken));
    EXPECT_TRUE(reader.ok()) << "the end is no fault";
}

TEST(der_reader, refuses_what_is_not_der) {
    const der bad[] = {
        {0x30},                                   // no length
        {0x30, 1},                                // content missing
        {0x30, 0x80, 0, 0},                       // indefinite
        {0x04, 0x81, 0x7f},                       // long form where the short one does
        {0x04, 0x81},                             // length cut short
        {0x04, 0x82, 0, 200},                     // a leading zero in the length
        {0x04, 0x84, 0xff, 0xff, 0xff, 0xff},     // beyond the data
        {0x04, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1},  // longer than any size
        {0x1f, 0x21, 1, 0},                       // a tag of several bytes
    };
    for (const der& data : bad) {
        SCOPED_TRACE(testing::PrintToString(data));
        der_reader reader(data);
        der_element taken;

        EXPECT_FALSE(reader.next(taken));
        EXPECT_FALSE(reader.ok());
        EXPECT_FALSE(reader.finished());
    }
}

TEST(parse_certificate, finds_every_part) {
    const der data = everything();
    certificate_view seen;

    ASSERT_FALSE(parse_certificate(data, seen));

    EXPECT_EQ(seen.version, 3);
    EXPECT_EQ(as_text(common_name(seen.subject)), "leaf");
    EXPECT_EQ(as_text(common_name(seen.issuer)), "root");
    EXPECT_FALSE(seen.self_issued());
    EXPECT_EQ(seen.not_before.count(), 1'577'836'800);
    EXPECT_EQ(seen.not_after.count(), 2'493'072'000);
    EXPECT_TRUE(seen.is_ca);
    EXPECT_TRUE(seen.has_basic_constraints);
    EXPECT_EQ(seen.path_length, 2);
    EXPECT_EQ(seen.key_usage, 1U << 5U);
    EXPECT_EQ(seen.subject_key_id.size(), 2U);
    EXPECT_EQ(seen.authority_key_id.size(), 2U);
    EXPECT_TRUE(allows_purpose(seen.ext_key_usage, purpose_server_auth()));
    bytes names = seen.subject_alt_name;
    general_name name{};
    ASSERT_TRUE(next_general_name(names, name));
    EXPECT_EQ(name.kind, name_kind::dns_name);
    EXPECT_EQ(as_text(name.value), "a.test");
    ASSERT_TRUE(next_general_name(names, name));
    EXPECT_EQ(name.kind, name_kind::ip_address);
    EXPECT_FALSE(next_general_name(names, name));
}

TEST(parse_certificate, what_is_absent_restricts_nothing) {
    const der data = certificate{.subject = "x", .issuer = "x", .version = 1}.encode();
    certificate_view seen;

    ASSERT_FALSE(parse_certificate(data, seen));

    EXPECT_EQ(seen.version, 1);
    EXPECT_TRUE(seen.self_issued());
    EXPECT_FALSE(seen.is_ca);
    EXPECT_EQ(seen.path_length, -1);
    EXPECT_EQ(seen.key_usage, 0xffff);
    EXPECT_TRUE(allows_purpose(seen.ext_key_usage, purpose_client_auth()));
}

TEST(parse_certificate, a_purpose_that_is_not_named_is_not_allowed) {
    const der data = certificate{.extensions = {ext_key_usage({1})}}.encode();
    certificate_view seen;

    ASSERT_FALSE(parse_certificate(data, seen));

    EXPECT_TRUE(allows_purpose(seen.ext_key_usage, purpose_server_auth()));
    EXPECT_FALSE(allows_purpose(seen.ext_key_usage, purpose_client_auth()));
}

TEST(parse_certificate, refuses_every_part_of_a_certificate_that_is_not_all_of_it) {
    const der whole = everything();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        certificate_view seen;

        EXPECT_EQ(parse_certificate(bytes(whole).first(size), seen).code, errc::bad_certificate);
        EXPECT_TRUE(seen.der.empty());
    }
    der longer = whole;
    longer.push_back(0);
    certificate_view seen;
    EXPECT_EQ(parse_certificate(longer, seen).code, errc::bad_certificate);
}

TEST(parse_certificate, views_stay_within_the_data_whatever_is_changed) {
    const std::uint32_t seed = 20261123;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const der whole = everything();
    for (int round = 0; round < 20'000; ++round) {
        der data = whole;
        const int changes = 1 + static_cast<int>(random() % 3);
        for (int i = 0; i < changes; ++i) {
            data[random() % data.size()] = static_cast<std::uint8_t>(random());
        }
        certificate_view seen;
        if (parse_certificate(data, seen)) {
            continue;
        }
        const auto inside = [&](bytes part) {
            return part.empty() || (part.data() >= data.data() &&
                                    part.data() + part.size() <= data.data() + data.size());
        };
        ASSERT_TRUE(inside(seen.subject) && inside(seen.issuer) && inside(seen.serial_number) &&
                    inside(seen.subject_alt_name) && inside(seen.ext_key_usage) &&
                    inside(common_name(seen.subject)));
        bytes names = seen.subject_alt_name;
        general_name name{};
        while (next_general_name(names, name)) {
            ASSERT_TRUE(inside(name.value));
        }
    }
}

TEST(parse_certificate, dates_are_read_in_both_forms_and_refused_in_others) {
    const auto not_before = [](const der& time) -> std::int64_t {
        const der algorithm = sequence({element(0x06, {0x2a, 3})});
        const der data =
            sequence({sequence({element(0x02, {7}), algorithm, name("i"),
                                sequence({time, text(0x18, "20490101000000Z")}), name("s"),
                                sequence({algorithm, element(0x03, {0, 1})})}),
                      algorithm, element(0x03, {0, 9})});
        certificate_view seen;
        return parse_certificate(data, seen) ? -1 : seen.not_before.count();
    };
    EXPECT_EQ(not_before(text(0x17, "700101000000Z")), 0);
    EXPECT_EQ(not_before(text(0x17, "491231235959Z")), 2'524'607'999);
    EXPECT_EQ(not_before(text(0x18, "20500101000000Z")), 2'524'608'000);
    EXPECT_EQ(not_before(text(0x18, "20240229120000Z")), 1'709'208'000);

    EXPECT_EQ(not_before(text(0x17, "7001010000Z")), -1) << "without seconds";
    EXPECT_EQ(not_before(text(0x17, "700101000000")), -1) << "without Z";
    EXPECT_EQ(not_before(text(0x17, "701301000000Z")), -1) << "month 13";
    EXPECT_EQ(not_before(text(0x18, "20230229120000Z")), -1) << "no leap year";
    EXPECT_EQ(not_before(text(0x18, "20200101250000Z")), -1) << "hour 25";
    EXPECT_EQ(not_before(text(0x18, "202001010000 0Z")), -1) << "a blank";
    EXPECT_EQ(not_before(text(0x0c, "20200101000000Z")), -1) << "not a time at all";
}

TEST(common_name, is_the_last_one_and_none_where_its_string_is_wide) {
    const der two = element(
        0x30, join({element(0x31, sequence({element(0x06, {0x55, 4, 3}), text(0x13, "first")})),
                    element(0x31, sequence({element(0x06, {0x55, 4, 3}), text(0x0c, "second")}))}));

    EXPECT_EQ(as_text(common_name(two)), "second");
    EXPECT_TRUE(common_name(name("ab", 0x1e)).empty());
    EXPECT_TRUE(common_name(sequence({})).empty());
    EXPECT_TRUE(common_name({}).empty());
}

TEST(certificate_view, of_one_with_an_extension_twice_is_refused) {
    const der access =
        sequence({element(0x06, {0x2b, 6, 1, 5, 5, 7, 1, 1}), element(0x04, sequence({}))});
    const der policies = extension(32, sequence({}));
    const der unknown = sequence({element(0x06, {0x2a, 3}), element(0x04, {1})});
    certificate_view view;

    for (const der& twice : {subject_alt_name({dns_name("a.test")}), basic_constraints(true),
                             key_usage(0x80), access, policies}) {
        EXPECT_FALSE(parse_certificate(certificate{.extensions = {twice}}.encode(), view));
        EXPECT_TRUE(parse_certificate(certificate{.extensions = {twice, twice}}.encode(), view));
    }
    EXPECT_FALSE(parse_certificate(certificate{.extensions = {unknown, unknown}}.encode(), view))
        << "whose meaning is not known, no decision rests on";
}

TEST(access_description, is_taken_one_after_the_other) {
    const der ocsp = element(0x06, {0x2b, 6, 1, 5, 5, 7, 48, 1});
    const der issuers = element(0x06, {0x2b, 6, 1, 5, 5, 7, 48, 2});
    const der list = join({sequence({ocsp, uri("http://a")}), sequence({issuers, dns_name("b")})});
    bytes rest = list;
    access_description taken{};

    ASSERT_TRUE(next_access_description(rest, taken));
    EXPECT_EQ(taken.method.back(), 1);
    EXPECT_EQ(taken.location.kind, name_kind::uniform_resource_identifier);
    EXPECT_EQ(as_text(taken.location.value), "http://a");
    ASSERT_TRUE(next_access_description(rest, taken));
    EXPECT_EQ(taken.method.back(), 2);
    EXPECT_EQ(taken.location.kind, name_kind::dns_name);
    EXPECT_TRUE(rest.empty());
    EXPECT_FALSE(next_access_description(rest, taken));
}

TEST(access_description, that_is_malformed_is_not_taken) {
    const der ocsp = element(0x06, {0x2b, 6, 1, 5, 5, 7, 48, 1});
    for (const der& list : {sequence({}), sequence({ocsp}), sequence({uri("x"), ocsp}),
                            sequence({ocsp, uri("x"), uri("y")}), uri("x")}) {
        bytes rest = list;
        access_description taken{};

        EXPECT_FALSE(next_access_description(rest, taken));
        EXPECT_EQ(rest.size(), list.size()) << "nothing is taken";
    }
}

}  // namespace
}  // namespace polytls::x509
