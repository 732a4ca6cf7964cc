#include "link.hpp"

#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

/// The stapled response, where the backend staples what it is given and hands it over as it came.
class stapled_response : public over_versions {
protected:
    void run(bool asks, bytes response, const credential& about) {
        const auto context = showing(leaf(), range()).made();
        certificate_ = about.certificate_der();
        link_.client.config.request_ocsp = asks;
        link_.server.config.staple = {.response = response, .certificate = certificate_};
        link_.run(*context, *context);
        ASSERT_TRUE(link_.both_complete());
    }

    buffer got() const { return copy_of(link_.client.engine->ocsp_response()); }

    link link_;
    buffer certificate_{};
};

std::vector<protocol_version> versions_with_both() {
    return level_of(feature::ocsp_stapling) == support::yes ? versions_with(feature::ocsp_response)
                                                            : std::vector<protocol_version>{};
}

POLYTLS_RUN_OVER(stapled_response, versions_with_both());

TEST_P(stapled_response, is_handed_over_as_it_was_given) {
    for (const std::size_t size : {1U, 300U, 5000U}) {
        link_ = link();

        run(true, pattern(size), leaf());

        EXPECT_EQ(got(), pattern(size));
    }
}

TEST_P(stapled_response, is_not_sent_unasked) {
    run(false, pattern(300), leaf());

    EXPECT_TRUE(got().empty());
}

TEST_P(stapled_response, may_be_missing) {
    run(true, {}, leaf());

    EXPECT_TRUE(got().empty());
}

TEST_P(stapled_response, is_not_sent_with_another_certificate) {
    run(true, pattern(300), rsa_leaf());

    EXPECT_TRUE(got().empty());
}

TEST_P(stapled_response, goes_with_the_certificate_that_the_handshake_shows) {
    context_recipe both = showing(leaf(), range());
    both.chains.push_back({rsa_leaf().certificate_der()});
    both.keys.push_back(rsa_leaf().key_pem());
    const auto server_context = both.made();
    const buffer response = pattern(300);
    for (const credential* about : {&leaf(), &rsa_leaf()}) {
        const buffer certificate = about->certificate_der();
        const auto client_context = trusting(range()).made();
        link link;
        link.client.config.request_ocsp = true;
        link.server.config.staple = {.response = response, .certificate = certificate};

        link.run(*client_context, *server_context);

        ASSERT_TRUE(link.both_complete());
        const bool shown = link.client.events.path.front().der == certificate;
        EXPECT_EQ(link.client.engine->ocsp_response().empty(), !shown);
    }
}

}  // namespace
}  // namespace polytls::contract
