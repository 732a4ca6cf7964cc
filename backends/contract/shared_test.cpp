#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace polytls::contract {
namespace {

template <class T, class Get>
std::vector<T> all(Get get) {
    std::array<T, 64> room{};
    const std::size_t count = get(std::span<T>(room));
    return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// What a server finds that both ends can do.
class shared : public over_versions {};

POLYTLS_RUN_OVER(shared, versions());

TEST_P(shared, groups_are_those_of_both_ends) {
    context_recipe server = showing(leaf(), range());
    context_recipe client = trusting(range());
    server.groups = {named_group::secp256r1, named_group::x25519};
    client.groups = {named_group::x25519, named_group::secp384r1, named_group::secp256r1};
    link both;

    both.run(*client.made(), *server.made());

    const auto of = [](const end& one) {
        return all<named_group>([&](auto room) { return one.engine->shared_groups(room); });
    };
    ASSERT_TRUE(both.both_complete());
    EXPECT_THAT(of(both.server),
                testing::UnorderedElementsAre(named_group::secp256r1, named_group::x25519));
    EXPECT_THAT(of(both.client), testing::IsEmpty());
}

TEST_P(shared, groups_are_counted_where_there_is_less_room) {
    context_recipe recipe = showing(leaf(), range());
    recipe.groups = {named_group::x25519, named_group::secp256r1};
    const auto context = recipe.made();
    std::array<named_group, 1> room{};
    link both;

    both.run(*context, *context);

    EXPECT_EQ(both.server.engine->shared_groups(room), 2U);
    EXPECT_EQ(room[0], named_group::x25519);
}

TEST_P(shared, signature_schemes_are_those_of_both_ends) {
    if (!has(feature::signature_algorithms)) {
        return;
    }
    const std::vector<signature_scheme> offered = {signature_scheme::ecdsa_secp256r1_sha256,
                                                   signature_scheme::ecdsa_secp384r1_sha384,
                                                   signature_scheme::rsa_pss_rsae_sha256};
    context_recipe client = trusting(range());
    client.signature_schemes = offered;
    const auto server = showing(leaf(), range()).made();
    link both;

    both.run(*client.made(), *server);

    ASSERT_TRUE(both.both_complete());
    EXPECT_THAT(all<signature_scheme>(
                    [&](auto room) { return both.server.engine->shared_signature_schemes(room); }),
                testing::UnorderedElementsAreArray(offered));
}

}  // namespace
}  // namespace polytls::contract
