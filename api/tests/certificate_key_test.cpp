#include "certificate_reading.hpp"
#include "core/der_builder.hpp"

#include <polytls/pem.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace polytls {
namespace {

using testing_der::der;
using testkit::byte_string;

class reading_keys : public testkit::reading {
protected:
    /// A certificate with this SubjectPublicKeyInfo.
    certificate with_key(const der& key) const {
        testing_der::certificate made;
        made.key = key;
        return read(made.encode());
    }

    /// The public half of a new key of a kind that `openssl genpkey` knows.
    byte_string public_key(const std::string& kind) const {
        tool.run("genpkey -algorithm " + kind + " -out any.key");
        tool.run("pkey -in any.key -pubout -outform DER -out any.pub");
        return tool.content("any.pub");
    }

    std::vector<std::string> every_curve() const {
        std::vector<std::string> names;
        std::istringstream lines(tool.run("ecparam -list_curves"));
        for (std::string line; std::getline(lines, line);) {
            // "  secp384r1 : NIST/SECG curve over a 384 bit prime field"; the text may go on in the
            // next line, and Oakley's have no OID.
            const std::size_t colon = line.find(':');
            const std::size_t start = line.find_first_not_of(' ');
            if (colon != line.npos && line.find("Oakley") == line.npos) {
                names.push_back(
                    line.substr(start, line.find_last_not_of(' ', colon - 1) + 1 - start));
            }
        }
        return names;
    }
};

/// An EC key on a curve. Its point is not on it, which is for a library to find out.
der key_on(const der& parameters) {
    return testing_der::sequence(
        {testing_der::sequence(
             {testing_der::element(0x06, {0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1}), parameters}),
         testing_der::element(0x03, {0, 4, 1, 2, 3})});
}

/// What `openssl ecparam -text` says under a title, "NIST CURVE: P-256".
std::string value_of(const std::string& text, const std::string& title) {
    const std::size_t at = text.find(title + ": ");
    if (at == text.npos) {
        return {};
    }
    const std::size_t start = at + title.size() + 2;
    return text.substr(start, text.find('\n', start) - start);
}

TEST_F(reading_keys, names_and_bits_of_curves_are_those_of_the_openssl_command) {
    const auto curves = every_curve();
    for (const std::string& curve : curves) {
        SCOPED_TRACE(curve);
        const std::string text = tool.run("ecparam -text -name " + curve);
        const der named = split_pem(text)->at(0).der;

        const certificate shown = with_key(key_on(named));

        EXPECT_EQ(shown.asn1_curve, value_of(text, "ASN1 OID"));
        EXPECT_EQ(shown.nist_curve, value_of(text, "NIST CURVE"));
        // Of SM2's the command tells no size.
        EXPECT_EQ(curve == "SM2" ? "" : "(" + std::to_string(shown.bits) + " bit)",
                  value_of(text, "EC-Parameters"));
        EXPECT_EQ(shown.pubkey, (byte_string{4, 1, 2, 3}));
    }
    EXPECT_EQ(curves.size(), 80U);
}

TEST_F(reading_keys, a_curve_that_is_spelled_out_has_bits_alone) {
    const std::pair<const char*, std::uint32_t> curves[] = {
        {"secp521r1", 521}, {"brainpoolP320t1", 320}, {"sect163k1", 163}, {"secp160k1", 161}};
    for (const auto& [curve, bits] : curves) {
        SCOPED_TRACE(curve);
        const std::string text =
            tool.run("ecparam -param_enc explicit -name " + std::string(curve));

        const certificate shown = with_key(key_on(split_pem(text)->at(0).der));

        EXPECT_EQ(shown.bits, bits);
        EXPECT_EQ(shown.asn1_curve + shown.nist_curve, "");
        EXPECT_EQ(shown.pubkey, (byte_string{4, 1, 2, 3}));
    }
}

TEST_F(reading_keys, a_curve_without_a_name_is_a_number) {
    const certificate shown = with_key(key_on(testing_der::element(0x06, {0x2a, 3, 4})));

    EXPECT_EQ(shown.asn1_curve, "1.2.3.4");
    EXPECT_EQ(shown.nist_curve, "");
    EXPECT_EQ(shown.bits, 0U);
}

TEST_F(reading_keys, rsa_keys_have_modulus_and_exponent) {
    for (const std::string kind : {"RSA", "RSA-PSS"}) {
        for (const std::string exponent : {"3", "65537", "4294967297"}) {
            SCOPED_TRACE(kind + " " + exponent);
            const byte_string key = public_key(kind + " -pkeyopt rsa_keygen_bits:1025 -pkeyopt " +
                                               "rsa_keygen_pubexp:" + exponent);
            const std::string text = tool.run("rsa -pubin -inform DER -in any.pub -noout -modulus");

            const certificate shown = with_key(key);

            EXPECT_EQ("Modulus=" + shown.modulus + "\n", text);
            EXPECT_EQ(shown.modulus.front(), '1');
            EXPECT_EQ(std::stoull(shown.exponent, nullptr, 16), std::stoull(exponent));
            EXPECT_EQ(shown.exponent.substr(0, 2), "0x");
            EXPECT_EQ(shown.bits, 1025U);
            EXPECT_EQ(shown.pubkey, key);
            EXPECT_EQ(shown.asn1_curve, "");
        }
    }
}

TEST_F(reading_keys, numbers_are_in_full_and_without_leading_zeros) {
    using testing_der::element;
    using testing_der::sequence;
    const auto rsa = [](const der& modulus, const der& exponent) {
        const der numbers = sequence({element(0x02, modulus), element(0x02, exponent)});
        return sequence(
            {sequence({element(0x06, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1}), {5, 0}}),
             element(0x03, testing_der::join({{0}, numbers}))});
    };

    const certificate small = with_key(rsa({0x0a}, {0}));
    const certificate large = with_key(rsa({0, 0xab, 0xcd}, {1, 0xab, 0, 0, 0, 0, 0, 0, 2}));

    EXPECT_EQ(small.modulus, "A");
    EXPECT_EQ(small.exponent, "0x0");
    EXPECT_EQ(small.bits, 4U);
    EXPECT_EQ(large.modulus, "ABCD");
    EXPECT_EQ(large.exponent, "0x1ab00000000000002");
    EXPECT_EQ(large.bits, 16U);
}

TEST_F(reading_keys, other_keys_are_bytes_alone) {
    for (const char* kind : {"ED25519", "ED448", "X25519"}) {
        const byte_string key = public_key(kind);

        const certificate shown = with_key(key);

        EXPECT_EQ(shown.pubkey, key);
        EXPECT_EQ(shown.bits, 0U);
        EXPECT_EQ(shown.modulus + shown.exponent + shown.asn1_curve + shown.nist_curve, "");
    }
}

TEST_F(reading_keys, a_key_that_cannot_be_read_is_bytes_alone) {
    const der broken = key_on({5, 0});

    const certificate shown = with_key(broken);

    EXPECT_EQ(shown.pubkey, broken);
    EXPECT_EQ(shown.bits, 0U);
    EXPECT_EQ(shown.asn1_curve, "");
}

}  // namespace
}  // namespace polytls
