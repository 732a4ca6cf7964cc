// Chains that are examined without a connection. That what is found is what a handshake finds,
// `verification` compares on its way.
#include "certificates.hpp"
#include "events.hpp"
#include "recipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

class examination : public testing::Test {
protected:
    status examine(const std::vector<buffer>& chain, role peer = role::server) {
        const std::vector<bytes> views(chain.begin(), chain.end());
        return context_->examine_chain(views, peer, events_);
    }

    scripted_events events_;

private:
    spi::handle<spi::context> context_ = trusting().made();
};

TEST_F(examination, asks_for_the_purpose_of_the_role) {
    const credential client = root().issue({.extended_key_usage = "clientAuth"});
    const credential server = root().issue({.extended_key_usage = "serverAuth"});
    const auto is_accepted = [this](const credential& shown, role peer) {
        scripted_events events(peer == role::server ? role::client : role::server);
        const buffer der = shown.certificate_der();
        const bytes view = der;
        const spi::handle<spi::context> context = trusting().made();
        EXPECT_FALSE(context->examine_chain({&view, 1}, peer, events));
        return events.accepted;
    };

    EXPECT_TRUE(is_accepted(client, role::client));
    EXPECT_FALSE(is_accepted(client, role::server));
    EXPECT_TRUE(is_accepted(server, role::server));
    EXPECT_FALSE(is_accepted(server, role::client));
}

TEST_F(examination, finds_weakness_that_no_handshake_would_show) {
    const credential weak = root().issue({.key = key_kind::rsa_1024});
    const credential hashed = root().issue({.sha1 = true});

    EXPECT_FALSE(examine({weak.certificate_der()}));
    EXPECT_EQ(events_.verdict, verify_code::ee_key_too_small);
    EXPECT_FALSE(examine({hashed.certificate_der()}));
    EXPECT_EQ(events_.verdict, verify_code::ca_md_too_weak);
}

TEST_F(examination, may_be_done_any_number_of_times) {
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(examine({leaf().certificate_der()}));
        EXPECT_TRUE(events_.accepted);
    }
    EXPECT_EQ(events_.judgements, 3);
}

TEST_F(examination, puts_nothing_to_the_judge_of_what_is_no_certificate) {
    buffer cut = leaf().certificate_der();
    cut.pop_back();
    buffer longer = leaf().certificate_der();
    longer.push_back(0);

    EXPECT_EQ(examine({}).code, errc::invalid_argument);
    EXPECT_EQ(examine({{}}).code, errc::bad_certificate);
    EXPECT_EQ(examine({cut}).code, errc::bad_certificate);
    EXPECT_EQ(examine({longer}).code, errc::bad_certificate);
    EXPECT_EQ(examine({leaf().certificate_der(), {0x30, 0}}).code, errc::bad_certificate);
    EXPECT_EQ(events_.judgements, 0);
}

}  // namespace
}  // namespace polytls::contract
