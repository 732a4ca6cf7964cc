#include "fake_backend.hpp"

#include <polytls/cipher_support.hpp>

#include <gtest/gtest.h>

#include <sstream>

namespace polytls {
namespace {

/// "NAME yes", "NAME limited: REASON", one a line.
std::string listed(testkit::fake_backend& with) {
    std::ostringstream lines;
    for (const cipher_support& line : get_ciphers(backend(with))) {
        lines << line.suite->name << ' ' << name_of(line.support)
              << (line.reason.empty() ? "" : ": ") << line.reason << '\n';
    }
    return lines.str();
}

TEST(cipher_support, lists_the_backends_suites_that_have_names_in_its_order) {
    testkit::fake_backend with;
    with.suites = {cipher_suite_id{0x1302}, cipher_suite_id{0x0003}, cipher_suite_id{0xc02f},
                   cipher_suite_id{0x002f}};

    EXPECT_EQ(listed(with), "TLS_AES_256_GCM_SHA384 yes\n"
                            "ECDHE-RSA-AES128-GCM-SHA256 yes\n"
                            "AES128-SHA yes\n");
}

TEST(cipher_support, says_what_a_suite_takes_besides_a_certificate) {
    testkit::fake_backend with;
    with.suites = {cipher_suite_id{0x009e}, cipher_suite_id{0x00a8}, cipher_suite_id{0x00aa},
                   cipher_suite_id{0xc018}, cipher_suite_id{0x006c}, cipher_suite_id{0x0005}};

    EXPECT_EQ(listed(with),
              "DHE-RSA-AES128-GCM-SHA256 limited: a server needs dhparam\n"
              "PSK-AES128-GCM-SHA256 limited: both ends need a pre-shared key\n"
              "DHE-PSK-AES128-GCM-SHA256 limited: both ends need a pre-shared key; a server needs "
              "dhparam\n"
              "AECDH-AES128-SHA limited: it has to be asked for by name\n"
              "ADH-AES128-SHA256 limited: a server needs dhparam; it has to be asked for by name\n"
              "RC4-SHA limited: it has to be asked for by name\n");
}

TEST(cipher_support, says_why_a_suite_is_never_negotiated) {
    testkit::fake_backend with;
    with.suites = {cipher_suite_id{0x1301}, cipher_suite_id{0xc02f}, cipher_suite_id{0xc013},
                   cipher_suite_id{0xc01d}};

    with.spoken = {protocol_version::tls1_0, protocol_version::tls1_1};
    EXPECT_EQ(listed(with),
              "TLS_AES_128_GCM_SHA256 no: the backend speaks no version that has it\n"
              "ECDHE-RSA-AES128-GCM-SHA256 no: the backend speaks no version that has it\n"
              "ECDHE-RSA-AES128-SHA yes\n"
              "SRP-AES-128-CBC-SHA no: contexts hold no passwords, which SRP needs\n");
}

}  // namespace
}  // namespace polytls
