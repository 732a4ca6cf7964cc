#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

/// Shakes hands with a server that shows a chain, leaf first, of which the first has the key.
class verification : public over_versions {
protected:
    void show(const std::vector<credential>& chain) {
        context_recipe recipe = showing(chain.front(), range());
        recipe.chains.front().clear();
        for (const credential& one : chain) {
            recipe.chains.front().push_back(one.certificate_der());
        }
        context_recipe judging = trusting(range());
        judging.anchors = anchors_;
        judging.allow_partial_chain = allow_partial_chain_;
        link_.client.events.allow_partial_chain = allow_partial_chain_;
        const auto client_context = judging.made();
        const auto server_context = recipe.made();
        link_.run(*client_context, *server_context);
        if (found().judgements == 1) {
            expect_the_same_without_a_connection(*client_context, recipe.chains.front());
        }
    }

    /// What a handshake found, `examine_chain` finds, too.
    void expect_the_same_without_a_connection(const spi::context& judging,
                                              const std::vector<buffer>& chain) const {
        scripted_events alone;
        alone.clock = found().clock;
        alone.allow_partial_chain = allow_partial_chain_;
        const std::vector<bytes> views(chain.begin(), chain.end());

        EXPECT_EQ(judging.examine_chain(views, role::server, alone).code, errc::ok);

        EXPECT_EQ(alone.judgements, 1);
        EXPECT_EQ(alone.accepted, found().accepted);
        EXPECT_EQ(alone.verdict, found().verdict);
        EXPECT_EQ(alone.sent, found().sent);
        ASSERT_EQ(alone.path.size(), found().path.size());
        for (std::size_t i = 0; i < alone.path.size(); ++i) {
            EXPECT_EQ(alone.path[i].der, found().path[i].der);
            EXPECT_EQ(alone.path[i].faults, found().path[i].faults);
            EXPECT_EQ(alone.path[i].anchor, found().path[i].anchor);
        }
    }

    /// The verdict on a chain, by which the handshake must have gone on or ended.
    verify_code verdict_on(const std::vector<credential>& chain) {
        link_ = link();
        show(chain);
        EXPECT_EQ(link_.both_complete(), found().verdict == verify_code::ok);
        return found().verdict;
    }

    /// The same of a fault that a backend may tell as another, though never as none.
    void expect_fault(const std::vector<credential>& chain, fault which, verify_code code) {
        const verify_code told = verdict_on(chain);
        EXPECT_NE(told, verify_code::ok);
        if (level_of(feature::verify_detail) == support::yes) {
            EXPECT_EQ(told, code);
            EXPECT_TRUE(std::ranges::any_of(found().path, [which](const auto& one) {
                return polytls::has(one.faults, which);
            }));
        }
    }

    fault faults_at(std::size_t place) const {
        return place < found().path.size() ? found().path[place].faults : fault::other;
    }

    const scripted_events& found() const { return link_.client.events; }

    std::vector<buffer> anchors_{root().certificate_der()};
    bool allow_partial_chain_ = false;
    link link_;
};

POLYTLS_RUN_OVER(verification, versions());

TEST_P(verification, finds_no_fault_with_a_sound_path_that_ends_in_an_anchor) {
    const credential issuer = root().issue({.common_name = "intermediate", .ca = true});
    const credential who = issuer.issue({});

    show({who, issuer});

    EXPECT_TRUE(link_.both_complete());
    EXPECT_EQ(found().judgements, 1);
    EXPECT_TRUE(found().accepted);
    EXPECT_EQ(found().sent, 2U);
    ASSERT_EQ(found().path.size(), 3U);
    EXPECT_EQ(found().path[0].der, who.certificate_der());
    EXPECT_EQ(found().path[1].der, issuer.certificate_der());
    EXPECT_EQ(found().path[2].der, root().certificate_der());
    for (const auto& one : found().path) {
        EXPECT_EQ(one.faults, fault::none);
        EXPECT_EQ(one.anchor, &one == &found().path.back());
    }
}

TEST_P(verification, takes_chains_of_seven) {

    EXPECT_EQ(verdict_on(chain_of(7)), verify_code::ok);
    EXPECT_EQ(found().sent, 7U);
}

TEST_P(verification, knows_an_anchor_that_the_peer_sends_itself) {
    show({leaf(), root()});

    EXPECT_EQ(found().verdict, verify_code::ok);
    ASSERT_EQ(found().path.size(), 2U);
    EXPECT_TRUE(found().path[1].anchor);
}

TEST_P(verification, takes_a_self_signed_leaf_among_the_anchors_for_its_own_anchor) {
    const credential alone = self_signed({});
    anchors_ = {alone.certificate_der()};

    show({alone});

    EXPECT_EQ(found().verdict, verify_code::ok);
    ASSERT_EQ(found().path.size(), 1U);
    EXPECT_TRUE(found().path[0].anchor);
}

TEST_P(verification, finds_the_anchor_of_the_right_key_among_those_of_one_name) {
    const credential namesake = self_signed({.common_name = "polytls test root", .ca = true});
    anchors_ = {namesake.certificate_der(), root().certificate_der()};

    EXPECT_EQ(verdict_on({leaf()}), verify_code::ok);
}

TEST_P(verification, refuses_an_unknown_ca_with_its_alert_on_the_wire) {
    anchors_ = {};

    show({leaf()});

    EXPECT_FALSE(found().accepted);
    EXPECT_EQ(found().verdict, verify_code::unable_to_verify_leaf_signature);
    EXPECT_EQ(link_.client.error.code, errc::not_authorized);
    EXPECT_EQ(link_.client.error.alert, alert_description::unknown_ca);
    EXPECT_EQ(link_.server.error.code, errc::alert_received);
    EXPECT_EQ(link_.server.error.alert, alert_description::unknown_ca);
}

TEST_P(verification, tells_the_ways_not_to_reach_an_anchor_apart) {
    const credential issuer = root().issue({.common_name = "intermediate", .ca = true});
    const credential who = issuer.issue({});
    anchors_ = {};

    EXPECT_EQ(verdict_on({self_signed({})}), verify_code::depth_zero_self_signed_cert);
    EXPECT_EQ(verdict_on({leaf(), root()}), verify_code::self_signed_cert_in_chain);
    EXPECT_EQ(verdict_on({who}), verify_code::unable_to_verify_leaf_signature);
    EXPECT_EQ(verdict_on({who, issuer}), verify_code::unable_to_get_issuer_cert_locally);
}

TEST_P(verification, is_obeyed_where_the_library_refused_what_is_accepted) {
    anchors_ = {};
    link_.client.events.judgement = {.accept = true};

    show({leaf()});

    EXPECT_TRUE(link_.both_complete());
    EXPECT_FALSE(found().accepted);
    EXPECT_EQ(found().judgements, 1);
}

TEST_P(verification, is_obeyed_where_every_kind_of_fault_is_accepted) {
    const credential issuer = root().issue({.common_name = "no CA"});
    link_.client.events.judgement = {.accept = true};

    show({issuer.issue({.not_after = year_2026 - std::chrono::seconds(1)}), issuer});

    EXPECT_TRUE(link_.both_complete());
    EXPECT_NE(found().verdict, verify_code::ok);
}

TEST_P(verification, is_obeyed_where_the_library_accepted_what_is_refused) {
    for (const alert_description alert :
         {alert_description::bad_certificate, alert_description::unsupported_certificate,
          alert_description::certificate_revoked, alert_description::certificate_expired,
          alert_description::certificate_unknown, alert_description::unknown_ca,
          alert_description::decrypt_error, alert_description::handshake_failure,
          alert_description::internal_error}) {
        link_ = link();
        link_.client.events.judgement = {.accept = false, .alert = alert};

        show({leaf()});

        EXPECT_TRUE(found().accepted);
        EXPECT_EQ(link_.client.error.code, errc::not_authorized);
        EXPECT_EQ(link_.server.error.code, errc::alert_received);
        EXPECT_EQ(link_.server.error.alert, link_.client.error.alert);
        if (level_of(feature::chosen_alert) == support::yes) {
            EXPECT_EQ(link_.client.error.alert, alert);
        }
    }
}

TEST_P(verification, goes_by_the_time_given) {
    const auto year = std::chrono::hours(24 * 366);

    link_.client.events.clock.unix_time = year_2049 + year;
    show({leaf()});
    EXPECT_EQ(found().verdict, verify_code::cert_has_expired);
    EXPECT_EQ(link_.client.error.alert, alert_description::certificate_expired);

    link_ = link();
    link_.client.events.clock.unix_time = year_2020 - year;
    show({leaf()});
    EXPECT_EQ(found().verdict, verify_code::cert_not_yet_valid);
}

TEST_P(verification, finds_dates_wrong_wherever_they_are) {
    const credential expired = root().issue(
        {.common_name = "old", .not_after = year_2026 - std::chrono::seconds(1), .ca = true});

    expect_fault({root().issue({.not_after = year_2026 - std::chrono::seconds(1)})}, fault::expired,
                 verify_code::cert_has_expired);
    expect_fault({root().issue({.not_before = year_2026 + std::chrono::seconds(1)})},
                 fault::not_yet_valid, verify_code::cert_not_yet_valid);
    expect_fault({expired.issue({}), expired}, fault::expired, verify_code::cert_has_expired);
}

TEST_P(verification, finds_an_issuer_that_is_no_ca) {
    const credential issuer = root().issue({.common_name = "no CA"});

    expect_fault({issuer.issue({}), issuer}, fault::not_a_ca, verify_code::invalid_ca);
}

TEST_P(verification, finds_a_signature_that_is_not_the_issuers) {
    const credential namesake = self_signed({.common_name = "polytls test root", .ca = true});

    // No key identifier betrays the other key beforehand.
    expect_fault({namesake.issue({.without_authority_key = true})}, fault::bad_signature,
                 verify_code::cert_signature_failure);
}

TEST_P(verification, finds_a_path_longer_than_a_ca_allows) {
    const credential narrow = root().issue({.common_name = "narrow", .ca = true, .path_length = 0});
    const credential below = narrow.issue({.common_name = "below", .ca = true});

    expect_fault({below.issue({}), below, narrow}, fault::path_too_long,
                 verify_code::path_length_exceeded);
}

TEST_P(verification, finds_a_purpose_that_does_not_fit) {
    expect_fault({root().issue({.extended_key_usage = "clientAuth"})}, fault::wrong_purpose,
                 verify_code::invalid_purpose);
}

TEST_P(verification, finds_weak_digests) {
    const credential weak = root().issue({.common_name = "weak", .ca = true, .sha1 = true});
    // Not sent: our own side would refuse to show it.
    anchors_.push_back(weak.certificate_der());

    expect_fault({weak.issue({})}, fault::weak_digest, verify_code::ca_md_too_weak);
}

TEST_P(verification, ends_a_path_at_an_intermediate_anchor_only_where_allowed) {
    const credential issuer = root().issue({.common_name = "intermediate", .ca = true});
    anchors_ = {issuer.certificate_der()};

    EXPECT_EQ(verdict_on({issuer.issue({})}), verify_code::unable_to_get_issuer_cert);
    ASSERT_EQ(found().path.size(), 2U);
    EXPECT_TRUE(found().path[1].anchor);

    if (has(feature::partial_chain)) {
        allow_partial_chain_ = true;
        EXPECT_EQ(verdict_on({issuer.issue({})}), verify_code::ok);
    }
}

TEST_P(verification, never_accepts_a_path_of_forty) {
    const std::vector<credential> chain = chain_of(40);
    if (!has(feature::long_chains)) {
        // Nor does it show one.
        context_recipe recipe = showing(chain.front(), range());
        for (const credential& one : std::span(chain).subspan(1)) {
            recipe.chains.front().push_back(one.certificate_der());
        }
        EXPECT_EQ(make(recipe),
                  (outcome{errc::unsupported_by_backend, spi::config_input::certificate, 0}));
        return;
    }
    show(chain);

    EXPECT_FALSE(link_.client.complete);
    EXPECT_FALSE(found().accepted);
    EXPECT_EQ(link_.client.error.code, errc::not_authorized);
    if (found().judgements != 0) {
        EXPECT_TRUE(polytls::has(found().path.back().faults, fault::chain_too_long));
    }
}

TEST_P(verification, of_the_peer_is_all_the_same_byte_by_byte) {
    link_ = link(1, 1);

    show({leaf()});

    EXPECT_TRUE(link_.both_complete());
    EXPECT_EQ(found().judgements, 1);
}

/// A server that asks its client for a certificate.
class client_certificates : public over_versions {
protected:
    void run(spi::peer_certificate asked, bool has_one) {
        const auto server_context = showing(leaf(), range()).made();
        const auto client_context = (has_one ? showing(leaf(), range()) : trusting(range())).made();
        link_.server.config.peer = asked;
        link_.run(*client_context, *server_context);
    }

    /// RFC 8446, section 6.2; RFC 5246, section 7.4.6.
    static alert_description alert_for_none() {
        return tls1_3() ? alert_description::certificate_required
                        : alert_description::handshake_failure;
    }

    const scripted_events& found() const { return link_.server.events; }

    link link_;
};

POLYTLS_RUN_OVER(client_certificates, versions_with(feature::client_certificates));

TEST_P(client_certificates, are_judged_when_there_is_one) {
    for (const auto asked : {spi::peer_certificate::requested, spi::peer_certificate::required}) {
        link_ = link();

        run(asked, true);

        EXPECT_TRUE(link_.both_complete());
        EXPECT_EQ(found().judgements, 1);
        EXPECT_EQ(found().verdict, verify_code::ok);
        ASSERT_EQ(found().path.size(), 2U);
        EXPECT_EQ(found().path[0].der, leaf().certificate_der());
    }
}

TEST_P(client_certificates, are_judged_as_those_of_clients) {
    const auto server_context = showing(leaf(), range()).made();
    const auto client_context =
        showing(root().issue({.extended_key_usage = "serverAuth"}), range()).made();
    link_.server.config.peer = spi::peer_certificate::required;

    link_.run(*client_context, *server_context);

    EXPECT_EQ(found().verdict, verify_code::invalid_purpose);
    EXPECT_FALSE(link_.server.complete);
}

TEST_P(client_certificates, are_not_judged_when_not_asked_for) {
    run(spi::peer_certificate::not_requested, true);

    EXPECT_TRUE(link_.both_complete());
    EXPECT_EQ(found().judgements, 0);
}

TEST_P(client_certificates, that_are_unknown_may_be_accepted) {
    const auto server_context = showing(leaf(), range()).made();
    const auto client_context = showing(self_signed({}), range()).made();
    link_.server.config.peer = spi::peer_certificate::required;
    link_.server.events.judgement = {.accept = true};

    link_.run(*client_context, *server_context);

    EXPECT_TRUE(link_.both_complete());
    EXPECT_FALSE(found().accepted);
    EXPECT_EQ(found().verdict, verify_code::depth_zero_self_signed_cert);
}

TEST_P(client_certificates, that_are_refused_end_the_handshake_with_the_alert_on_the_wire) {
    link_.server.events.judgement = {.accept = false,
                                     .alert = alert_description::certificate_expired};

    run(spi::peer_certificate::required, true);

    EXPECT_EQ(link_.server.error.code, errc::not_authorized);
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
    EXPECT_EQ(link_.client.error.alert, link_.server.error.alert);
    if (level_of(feature::chosen_alert) == support::yes) {
        EXPECT_EQ(link_.client.error.alert, alert_description::certificate_expired);
    }
}

TEST_P(client_certificates, that_are_required_and_missing_end_the_handshake) {
    run(spi::peer_certificate::required, false);

    EXPECT_FALSE(link_.server.complete);
    EXPECT_EQ(link_.server.error.code, errc::certificate_required);
    EXPECT_EQ(link_.server.error.alert, alert_for_none());
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
    EXPECT_EQ(link_.client.error.alert, alert_for_none());
}

TEST_P(client_certificates, that_are_requested_and_missing_are_judged) {
    link_.server.events.judgement = {.accept = true};

    run(spi::peer_certificate::requested, false);

    EXPECT_TRUE(link_.both_complete());
    EXPECT_EQ(found().judgements, 1);
    EXPECT_TRUE(found().path.empty());
    EXPECT_EQ(found().sent, 0U);
    EXPECT_FALSE(found().accepted);
}

TEST_P(client_certificates, that_are_requested_and_missing_may_be_refused_before_any_ticket) {
    link_.server.events.judgement = {.accept = false, .alert = alert_description::unknown_ca};

    run(spi::peer_certificate::requested, false);

    EXPECT_EQ(link_.server.error.code, errc::certificate_required);
    EXPECT_EQ(link_.server.error.alert, alert_for_none());
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
    EXPECT_EQ(link_.client.error.alert, alert_for_none());
    EXPECT_EQ(found().judgements, 1);
    EXPECT_EQ(found().notes_asked, 0);
}

TEST_P(client_certificates, are_asked_for_byte_by_byte_as_well) {
    link_ = link(1, 1);

    run(spi::peer_certificate::required, true);

    EXPECT_TRUE(link_.both_complete());
    EXPECT_EQ(found().judgements, 1);
}

}  // namespace
}  // namespace polytls::contract
