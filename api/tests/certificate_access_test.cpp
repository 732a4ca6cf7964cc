#include "certificate_reading.hpp"
#include "core/der_builder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace polytls {
namespace {

using testing_der::der;
using testing_der::element;
using testing_der::join;
using testing_der::sequence;
using testing_der::text;

class reading_access : public testkit::reading {
protected:
    access_locations access(const std::string& extension) const {
        return read_with("[dn]\nCN=x\n[ext]\nauthorityInfoAccess=" + extension).info_access;
    }

    result<certificate> parse(const der& list) const {
        const testing_der::certificate made{
            .extensions = {
                sequence({element(0x06, {0x2b, 6, 1, 5, 5, 7, 1, 1}), element(0x04, list)})}};
        return parse_certificate(made.encode(), with);
    }
};

TEST_F(reading_access, locations_are_gathered_by_method_and_kind_in_their_order) {
    EXPECT_EQ(access("caIssuers;URI:http://a/1,OCSP;URI:http://b/,caIssuers;URI:http://a/2,"
                     "OCSP;DNS:c,caIssuers;URI:http://a/1"),
              (access_locations{
                  {"CA Issuers - URI", {"http://a/1", "http://a/2", "http://a/1"}},
                  {"OCSP - URI", {"http://b/"}},
                  {"OCSP - DNS", {"c"}},
              }));
}

TEST_F(reading_access, there_need_be_none) {
    EXPECT_TRUE(read_with("[dn]\nCN=x\n[ext]\n").info_access.empty());
    EXPECT_TRUE(access("DER:3000").empty());
}

/// Every method of id-ad that OpenSSL knows is in the table, and under its name.
TEST_F(reading_access, methods_have_the_names_of_the_openssl_command) {
    for (int arc = 1; arc <= 15; ++arc) {
        SCOPED_TRACE(arc);
        const auto shown = access("1.3.6.1.5.5.7.48." + std::to_string(arc) + ";URI:x");
        const std::string text =
            tool.run("x509 -inform DER -in odd.der -noout -ext authorityInfoAccess");

        ASSERT_EQ(shown.size(), 1U);
        EXPECT_NE(text.find("    " + shown[0].first + ":x\n"), text.npos)
            << shown[0].first << " in " << text;
    }
}

const der ocsp = element(0x06, {0x2b, 6, 1, 5, 5, 7, 48, 1});

TEST_F(reading_access, values_stand_as_they_are) {
    const der address = text(0x86, "http://a/, OCSP - URI:\"b\"\\\n");
    const der latin_1 = text(0x82, "gr\xfc\xdf");
    const der principal =
        element(0xa0, join({element(0x06, {0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3}),
                            element(0xa0, text(0x0c, "gr\xc3\xbc\xc3\x9f,e"))}));
    const der directory = element(0xa4, testing_der::name("a,b"));

    const certificate shown =
        value_of(parse(sequence({sequence({ocsp, address}), sequence({ocsp, latin_1}),
                                 sequence({ocsp, principal}), sequence({ocsp, directory})})));

    EXPECT_EQ(shown.info_access,
              (access_locations{{"OCSP - URI", {"http://a/, OCSP - URI:\"b\"\\\n"}},
                                {"OCSP - DNS", {"grüß"}},
                                {"OCSP - othername", {"UPN:grüß,e"}},
                                {"OCSP - DirName", {"CN=a\\,b"}}}));
}

TEST_F(reading_access, malformed_makes_the_certificate_bad_and_is_named) {
    const der uri = text(0x86, "x");
    for (const der& list : {
             sequence({sequence({})}),
             sequence({sequence({ocsp})}),
             sequence({sequence({uri, ocsp})}),
             sequence({sequence({ocsp, uri, uri})}),
             sequence({sequence({ocsp, text(0x89, "x")})}),
             sequence({sequence({ocsp, element(0xa4, {0x31, 0})})}),
             sequence({sequence({ocsp, uri}), uri}),
         }) {
        SCOPED_TRACE(testing::PrintToString(list));

        const auto parsed = parse(list);

        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().code, errc::bad_certificate);
        EXPECT_EQ(parsed.error().input, "authorityInfoAccess");
    }
}

}  // namespace
}  // namespace polytls
