#include "events.hpp"
#include "recipe.hpp"

#include <gtest/gtest.h>

/// Chains without a connection. That they are examined as in handshakes, `verification` compares
/// for each chain that it shows in one.
namespace polytls::contract {
namespace {

class examination : public testing::Test {
protected:
    /// Examines a chain that is said to be `peer`'s.
    status examine(const std::vector<buffer>& chain, role peer = role::server) {
        events_ = scripted_events(peer == role::server ? role::client : role::server);
        const std::vector<bytes> views(chain.begin(), chain.end());
        return context_->examine_chain(views, peer, events_);
    }

    verify_code verdict_on(const credential& shown, role peer = role::server) {
        EXPECT_EQ(examine({shown.certificate_der()}, peer).code, errc::ok);
        EXPECT_EQ(events_.judgements, 1);
        return events_.verdict;
    }

    scripted_events events_;

private:
    spi::handle<spi::context> context_ = trusting().made();
};

TEST_F(examination, finds_no_fault_with_a_sound_chain_however_often) {
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(verdict_on(leaf()), verify_code::ok);
        EXPECT_TRUE(events_.accepted);
        EXPECT_EQ(events_.sent, 1U);
    }
}

TEST_F(examination, asks_for_the_purpose_of_the_role) {
    const credential client = root().issue({.extended_key_usage = "clientAuth"});
    const credential server = root().issue({.extended_key_usage = "serverAuth"});

    EXPECT_EQ(verdict_on(client, role::client), verify_code::ok);
    EXPECT_EQ(verdict_on(client, role::server), verify_code::invalid_purpose);
    EXPECT_EQ(verdict_on(server, role::server), verify_code::ok);
    EXPECT_EQ(verdict_on(server, role::client), verify_code::invalid_purpose);
    // The verdict reads the purposes itself: that the library was asked for the right one, too,
    // only its own answer tells.
    if (level_of(feature::verify_detail) == support::yes) {
        EXPECT_FALSE(events_.accepted);
    }
}

TEST_F(examination, finds_weakness_that_our_own_side_would_not_show) {
    const verify_code weak = verdict_on(root().issue({.key = key_kind::rsa_1024}));
    const verify_code hashed = verdict_on(root().issue({.sha1 = true}));

    EXPECT_NE(weak, verify_code::ok);
    EXPECT_NE(hashed, verify_code::ok);
    if (level_of(feature::verify_detail) == support::yes) {
        EXPECT_EQ(weak, verify_code::ee_key_too_small);
        EXPECT_EQ(hashed, verify_code::ca_md_too_weak);
    }
}

TEST_F(examination, of_what_is_no_certificate_puts_nothing_to_the_judge) {
    const buffer good = leaf().certificate_der();
    buffer cut = good;
    cut.resize(good.size() - 1);
    buffer longer = good;
    longer.resize(good.size() + 1);
    const std::vector<buffer> chains[] = {{{}}, {cut}, {longer}, {{0x30, 0}}, {good, {0x30, 0}}};

    for (const auto& chain : chains) {
        EXPECT_EQ(examine(chain).code, errc::bad_certificate);
        EXPECT_EQ(events_.judgements, 0);
    }
    EXPECT_EQ(examine({}).code, errc::invalid_argument);
    EXPECT_EQ(events_.judgements, 0);
}

}  // namespace
}  // namespace polytls::contract
