#include "der_builder.hpp"

#include <polytls/core/public_key.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace polytls::x509 {
namespace {

using namespace testing_der;

const der rsa_encryption = element(0x06, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1});
const der rsassa_pss = element(0x06, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10});
const der ec_public_key = element(0x06, {0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1});
const der prime256v1 = element(0x06, {0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7});
const der null = {5, 0};

der spki(const der& algorithm, const der& parameters, const der& key) {
    return sequence({sequence({algorithm, parameters}), element(0x03, join({{0}, key}))});
}

der integer(const der& content) {
    return element(0x02, content);
}

/// ECParameters with this order.
der spelled_out(const der& order) {
    return sequence({integer({1}), sequence({element(0x06, {0x2a, 3}), integer({7})}),
                     sequence({element(0x04, {1}), element(0x04, {2})}), element(0x04, {2, 9}),
                     order, integer({1})});
}

public_key_view parsed(const der& encoded) {
    public_key_view key;
    EXPECT_FALSE(parse_public_key(encoded, key));
    return key;
}

der copy(bytes view) {
    return {view.begin(), view.end()};
}

TEST(public_key, of_rsa_is_two_numbers_without_leading_zeros) {
    for (const auto& [algorithm, kind] :
         {std::pair(rsa_encryption, key_kind::rsa), std::pair(rsassa_pss, key_kind::rsa_pss)}) {
        const der encoded =
            spki(algorithm, null, sequence({integer({0, 0x8f, 1}), integer({1, 0, 1})}));

        const public_key_view key = parsed(encoded);

        EXPECT_EQ(key.kind, kind);
        EXPECT_EQ(copy(key.modulus), (der{0x8f, 1}));
        EXPECT_EQ(copy(key.exponent), (der{1, 0, 1}));
        EXPECT_TRUE(key.point.empty());
        EXPECT_TRUE(key.curve.empty());
    }
}

TEST(public_key, of_rsa_without_parameters_is_read_too) {
    EXPECT_EQ(parsed(spki(rsassa_pss, {}, sequence({integer({5}), integer({3})}))).kind,
              key_kind::rsa_pss);
}

TEST(public_key, of_an_elliptic_curve_is_a_point_on_a_curve_with_a_name) {
    const der encoded = spki(ec_public_key, prime256v1, {4, 1, 2, 3});

    const public_key_view key = parsed(encoded);

    EXPECT_EQ(key.kind, key_kind::elliptic);
    EXPECT_EQ(copy(key.point), (der{4, 1, 2, 3}));
    EXPECT_EQ(copy(key.curve), (der{0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}));
    EXPECT_TRUE(key.order.empty());
    EXPECT_TRUE(key.modulus.empty());
}

TEST(public_key, of_a_curve_that_is_spelled_out_has_its_order) {
    const der encoded = spki(ec_public_key, spelled_out(integer({0, 0xff, 7})), {4, 1, 2});

    const public_key_view key = parsed(encoded);

    EXPECT_EQ(key.kind, key_kind::elliptic);
    EXPECT_TRUE(key.curve.empty());
    EXPECT_EQ(copy(key.order), (der{0xff, 7}));
}

TEST(public_key, of_another_kind_is_only_known_by_its_number) {
    const der encoded = spki(element(0x06, {0x2b, 0x65, 0x70}), {}, {1, 2, 3});

    const public_key_view key = parsed(encoded);

    EXPECT_EQ(key.kind, key_kind::other);
    EXPECT_EQ(copy(key.algorithm), (der{0x2b, 0x65, 0x70}));
}

TEST(public_key, that_is_malformed_is_refused) {
    const der good = sequence({integer({5}), integer({3})});
    const der bad[] = {
        {},
        {0x30, 0},
        sequence({sequence({rsa_encryption}), element(0x03, {})}),  // no unused bits
        sequence({sequence({rsa_encryption}), element(0x03, join({{1}, good}))}),
        sequence({sequence({}), element(0x03, {0, 1})}),                    // no algorithm
        join({spki(rsa_encryption, null, good), {0}}),                      // something behind
        spki(rsa_encryption, null, integer({5})),                           // no SEQUENCE
        spki(rsa_encryption, null, sequence({integer({5})})),               // one number
        spki(rsa_encryption, null, sequence({integer({}), integer({3})})),  // no number
        spki(rsa_encryption, null, join({good, {0}})),
        spki(ec_public_key, {}, {4, 1, 2}),  // no curve
        spki(ec_public_key, null, {4, 1, 2}),
        spki(ec_public_key, join({prime256v1, null}), {4, 1, 2}),
        spki(ec_public_key, spelled_out(null), {4, 1, 2}),  // no order
        spki(ec_public_key, sequence({}), {4, 1, 2}),
    };
    for (const der& encoded : bad) {
        SCOPED_TRACE(testing::PrintToString(encoded));
        public_key_view key{.kind = key_kind::rsa, .algorithm = encoded};

        EXPECT_EQ(parse_public_key(encoded, key).code, errc::bad_certificate);
        EXPECT_EQ(key.kind, key_kind::other);
        EXPECT_TRUE(key.algorithm.empty() && key.modulus.empty() && key.point.empty());
    }
}

TEST(public_key, cut_anywhere_is_refused) {
    const der whole = spki(ec_public_key, spelled_out(integer({0x7f})), {4, 1, 2});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const der part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        public_key_view key;

        EXPECT_TRUE(parse_public_key(part, key)) << size;
    }
}

TEST(public_key, numbers_have_as_many_bits_as_their_first_byte_says) {
    const der one{1};
    const der top{0x80};
    const der longer{1, 0, 0};

    EXPECT_EQ(bit_length({}), 0U);
    EXPECT_EQ(bit_length(one), 1U);
    EXPECT_EQ(bit_length(top), 8U);
    EXPECT_EQ(bit_length(longer), 17U);
}

}  // namespace
}  // namespace polytls::x509
