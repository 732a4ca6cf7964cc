#include "link.hpp"

#include <gtest/gtest.h>

#include <array>

namespace polytls::contract {
namespace {

TEST(trust, names_the_anchor_that_cannot_be_read) {
    buffer trailing = root().certificate_der();
    trailing.push_back(0);
    for (const buffer& bad : {buffer{}, text("junk"), trailing}) {
        context_recipe recipe = showing(leaf());
        recipe.anchors.push_back(bad);

        EXPECT_EQ(make(recipe), (outcome{errc::bad_ca, spi::config_input::anchor, 1}));
    }
}

TEST(trust, takes_the_same_anchor_twice) {
    context_recipe recipe = showing(leaf());
    recipe.anchors.push_back(root().certificate_der());

    EXPECT_EQ(make(recipe), fine);
}

TEST(anchor_set, serves_contexts_after_it_was_released) {
    const buffer der = root().certificate_der();
    const std::array<bytes, 2> anchors{bytes(der), as_bytes("junk is passed over")};
    spi::handle<spi::anchor_set> set;
    ASSERT_EQ(the_backend().make_anchor_set(anchors, set).code, errc::ok);
    context_recipe recipe = showing(leaf());
    recipe.anchors = {};
    recipe.shared = set.get();
    const auto one = recipe.made();
    recipe.anchors = {self_signed({.common_name = "another", .ca = true}).certificate_der()};
    const auto other = recipe.made();

    set.reset();

    for (const auto* context : {&one, &other}) {
        link link;
        link.run(**context, **context);
        EXPECT_TRUE(link.both_complete());
        EXPECT_EQ(link.client.events.verdict, verify_code::ok);
    }
}

TEST(anchor_set, is_not_changed_by_the_contexts_that_add_to_it) {
    const credential another = self_signed({.common_name = "another", .ca = true});
    const buffer der = root().certificate_der();
    const bytes view = der;
    spi::handle<spi::anchor_set> set;
    ASSERT_EQ(the_backend().make_anchor_set(std::span(&view, 1), set).code, errc::ok);
    context_recipe adding = showing(another.issue({}));
    adding.anchors = {another.certificate_der()};
    adding.shared = set.get();
    context_recipe plain = adding;
    plain.anchors = {};
    const auto server_context = adding.made();
    const auto client_context = plain.made();
    link link;

    link.run(*client_context, *server_context);

    EXPECT_FALSE(link.both_complete());
    EXPECT_EQ(link.client.events.verdict, verify_code::unable_to_verify_leaf_signature);
}

TEST(anchor_set, of_nothing_readable_is_refused) {
    const std::array<bytes, 3> junk{as_bytes("junk"), bytes{}, as_bytes("\x30\x03\x02\x01")};
    spi::handle<spi::anchor_set> set;

    EXPECT_EQ(the_backend().make_anchor_set({}, set).code, errc::no_root_certificates);
    EXPECT_EQ(the_backend().make_anchor_set(junk, set).code, errc::no_root_certificates);
    EXPECT_FALSE(set);
}

/// Revocation lists, where the backend looks at any.
class revocation : public over_versions {
protected:
    /// Has a client with these lists judge a server that shows `who` beneath `issuer`.
    verify_code verdict_with(const std::vector<buffer>& crls) {
        context_recipe server = showing(who_, range());
        server.chains.front().push_back(issuer_.certificate_der());
        context_recipe client = trusting(range());
        client.crls = crls;
        const auto client_context = client.made();
        const auto server_context = server.made();
        link link;
        link.run(*client_context, *server_context);
        EXPECT_EQ(link.both_complete(), link.client.events.verdict == verify_code::ok);
        return link.client.events.verdict;
    }

    credential issuer_ = root().issue({.common_name = "intermediate", .ca = true});
    credential who_ = issuer_.issue({});
    buffer of_root_ = root().crl_der({});
};

POLYTLS_RUN_OVER(revocation, versions_with(feature::crl));

TEST_P(revocation, names_the_list_that_cannot_be_read) {
    context_recipe recipe = trusting(range());
    recipe.crls = {of_root_, text("junk")};

    EXPECT_EQ(make(recipe), (outcome{errc::bad_crl, spi::config_input::crl, 1}));
}

TEST_P(revocation, lets_pass_what_the_lists_do_not_name) {
    EXPECT_EQ(verdict_with({of_root_, issuer_.crl_der({issuer_.issue({})})}), verify_code::ok);
}

TEST_P(revocation, of_the_leaf_is_found) {
    EXPECT_EQ(verdict_with({of_root_, issuer_.crl_der({who_})}), verify_code::cert_revoked);
}

TEST_P(revocation, of_the_issuer_is_found) {
    EXPECT_EQ(verdict_with({root().crl_der({issuer_}), issuer_.crl_der({})}),
              verify_code::cert_revoked);
}

TEST_P(revocation, needs_a_list_of_every_issuer) {
    EXPECT_EQ(verdict_with({of_root_}), verify_code::unable_to_get_crl);
    EXPECT_EQ(verdict_with({issuer_.crl_der({})}), verify_code::unable_to_get_crl);
}

TEST_P(revocation, needs_a_list_of_today) {
    const buffer old = issuer_.crl_der({}, year_2020, year_2026 - std::chrono::seconds(1));
    const buffer future = issuer_.crl_der({}, year_2026 + std::chrono::seconds(1), year_2049);

    EXPECT_EQ(verdict_with({of_root_, old}), verify_code::crl_has_expired);
    EXPECT_EQ(verdict_with({of_root_, future}), verify_code::crl_not_yet_valid);
}

TEST_P(revocation, needs_a_list_that_its_issuer_signed) {
    const credential forger = self_signed({.common_name = "intermediate", .ca = true});

    EXPECT_EQ(verdict_with({of_root_, forger.crl_der({})}), verify_code::crl_signature_failure);
}

}  // namespace
}  // namespace polytls::contract
