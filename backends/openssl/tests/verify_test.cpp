#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <array>

namespace polytls::openssl {
namespace {

/// Shakes hands with a server that shows a chain, leaf first, of which the first has the key.
class verification : public testing::TestWithParam<protocol_version> {
protected:
    void show(const std::vector<credential>& chain) {
        context_recipe recipe = showing(chain.front(), only(GetParam()));
        recipe.chains.front().clear();
        for (const credential& one : chain) {
            recipe.chains.front().push_back(one.der());
        }
        recipe.anchors = anchors;
        recipe.allow_partial_chain = allow_partial_chain;
        context_recipe trusting = recipe;
        trusting.chains.clear();
        trusting.keys.clear();
        const auto client_context = trusting.made();
        const auto server_context = recipe.made();
        link_.run(*client_context, *server_context);
        // Under TLS 1.3 an end hears after its handshake how the other's went.
        if (link_.server.complete) {
            static_cast<void>(link_.read(link_.server));
        }
        expect_the_same_without_a_connection(*client_context, recipe.chains.front());
    }

    /// What a handshake found, examining the chain without one finds, too.
    void expect_the_same_without_a_connection(const spi::context& with,
                                              const std::vector<buffer>& chain) const {
        scripted_events alone;
        alone.clock = found().clock;
        alone.leaves_errors_behind = true;
        const std::vector<bytes> views(chain.begin(), chain.end());

        EXPECT_FALSE(with.examine_chain(views, role::server, alone));

        EXPECT_EQ(alone.judgements, 1);
        EXPECT_EQ(alone.accepted, found().accepted);
        EXPECT_EQ(alone.sent, found().sent);
        ASSERT_EQ(alone.path.size(), found().path.size());
        for (std::size_t i = 0; i < alone.path.size(); ++i) {
            EXPECT_EQ(alone.path[i].der, found().path[i].der);
            EXPECT_EQ(alone.path[i].faults, found().path[i].faults);
            EXPECT_EQ(alone.path[i].anchor, found().path[i].anchor);
        }
        EXPECT_EQ(ERR_peek_error(), 0UL);
    }

    fault faults_at(std::size_t place) const {
        return place < found().path.size() ? found().path[place].faults : fault::other;
    }

    const scripted_events& found() const { return link_.client.events; }

    std::vector<buffer> anchors{root().der()};
    bool allow_partial_chain = false;
    link link_;
};

INSTANTIATE_TEST_SUITE_P(version,
                         verification,
                         testing::Values(protocol_version::tls1_2, protocol_version::tls1_3),
                         [](const auto& version) {
                             return version.param == protocol_version::tls1_2 ? "tls1_2" : "tls1_3";
                         });

TEST_P(verification, a_sound_path_has_no_fault_and_ends_in_an_anchor) {
    const credential issuer = root().issue({.name = "intermediate", .ca = true});
    const credential who = issuer.issue({});

    show({who, issuer});

    EXPECT_TRUE(link_.both_complete());
    EXPECT_EQ(found().judgements, 1);
    EXPECT_TRUE(found().accepted);
    EXPECT_EQ(found().sent, 2U);
    ASSERT_EQ(found().path.size(), 3U);
    EXPECT_EQ(found().path[0].der, who.der());
    EXPECT_EQ(found().path[1].der, issuer.der());
    EXPECT_EQ(found().path[2].der, root().der());
    for (const auto& one : found().path) {
        EXPECT_EQ(one.faults, fault::none);
        EXPECT_EQ(one.anchor, &one == &found().path.back());
    }
}

TEST_P(verification, an_anchor_the_peer_sends_itself_is_known_for_one) {
    show({leaf(), root()});

    EXPECT_TRUE(found().accepted);
    ASSERT_EQ(found().path.size(), 2U);
    EXPECT_TRUE(found().path[1].anchor);
}

TEST_P(verification, a_self_signed_leaf_among_the_anchors_is_its_own_anchor) {
    const credential alone = self_signed({});
    anchors = {alone.der()};

    show({alone});

    EXPECT_TRUE(found().accepted);
    ASSERT_EQ(found().path.size(), 1U);
    EXPECT_TRUE(found().path[0].anchor);
}

TEST_P(verification, an_unknown_ca_is_refused_with_its_alert_on_the_wire) {
    anchors = {};

    show({leaf()});

    EXPECT_FALSE(found().accepted);
    EXPECT_EQ(faults_at(0), fault::issuer_unknown);
    EXPECT_EQ(link_.client.error.code, errc::not_authorized);
    EXPECT_EQ(link_.client.error.alert, alert_description::unknown_ca);
    EXPECT_EQ(link_.server.error.code, errc::alert_received);
    EXPECT_EQ(link_.server.error.alert, alert_description::unknown_ca);
}

TEST_P(verification, what_the_library_refused_may_be_accepted) {
    anchors = {};
    link_.client.events.judgement = {.accept = true};

    show({leaf()});

    EXPECT_TRUE(link_.both_complete());
    EXPECT_FALSE(found().accepted);
    EXPECT_EQ(found().judgements, 1);
}

TEST_P(verification, what_the_library_accepted_may_be_refused_with_any_alert_of_certificates) {
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
        EXPECT_EQ(link_.client.error.alert, alert) << name_of(alert);
        EXPECT_EQ(link_.server.error.code, errc::alert_received);
        EXPECT_EQ(link_.server.error.alert, alert) << name_of(alert);
    }
}

TEST_P(verification, dates_are_judged_by_the_time_given) {
    const auto year = std::chrono::hours(24 * 366);

    link_.client.events.clock.unix_time = std::chrono::seconds(year_2049) + year;
    show({leaf()});
    EXPECT_EQ(faults_at(0), fault::expired);
    EXPECT_EQ(faults_at(1), fault::expired);

    link_ = link();
    link_.client.events.clock.unix_time = std::chrono::seconds(year_2020) - year;
    show({leaf()});
    EXPECT_EQ(faults_at(0), fault::not_yet_valid);
    EXPECT_EQ(faults_at(1), fault::not_yet_valid);
}

TEST_P(verification, every_fault_is_told_where_it_is) {
    const credential issuer = root().issue({.name = "no CA"});
    anchors = {};

    show({issuer.issue({.not_after = year_2026 - 1}), issuer});

    EXPECT_EQ(faults_at(0), fault::expired);
    EXPECT_TRUE(has(faults_at(1), fault::not_a_ca));
    EXPECT_TRUE(has(faults_at(1), fault::issuer_unknown));
}

TEST_P(verification, a_signature_that_is_not_the_issuers_is_bad) {
    const credential false_root = self_signed({.name = "root", .ca = true});
    credential forged = false_root.issue({});
    // The same name, and no key identifier that would betray the other key beforehand.
    X509* certificate = forged.certificate.get();
    X509_EXTENSION_free(X509_delete_ext(
        certificate, X509_get_ext_by_NID(certificate, NID_authority_key_identifier, -1)));
    X509_sign(certificate, false_root.key.get(), EVP_sha256());

    show({forged});

    EXPECT_FALSE(found().accepted);
    EXPECT_EQ(faults_at(0), fault::bad_signature);
}

TEST_P(verification, a_path_longer_than_a_ca_allows_is_too_long) {
    const credential narrow =
        root().issue({.name = "narrow", .ca = true, .constraints = "critical,CA:TRUE,pathlen:0"});
    const credential below = narrow.issue({.name = "below", .ca = true});

    show({below.issue({}), below, narrow});

    EXPECT_TRUE(has(faults_at(2), fault::path_too_long));
}

TEST_P(verification, a_purpose_that_does_not_fit_is_a_fault) {
    show({root().issue({.purpose = "clientAuth"})});

    EXPECT_EQ(faults_at(0), fault::wrong_purpose);
}

TEST_P(verification, a_name_outside_the_constraints_is_a_fault) {
    const credential narrow =
        root().issue({.name = "narrow",
                      .ca = true,
                      .name_constraints = "critical,permitted;DNS:inside.example"});

    show({narrow.issue({.alternative_name = "DNS:outside.example"}), narrow});

    EXPECT_TRUE(has(faults_at(0), fault::name_constraint));
}

TEST_P(verification, weak_digests_are_a_fault) {
    const credential weak = root().issue({.name = "weak", .ca = true, .sha1 = true});

    // Not sent: our own side would refuse to show it.
    anchors.push_back(weak.der());

    show({weak.issue({})});

    EXPECT_TRUE(has(faults_at(1), fault::weak_digest));
}

TEST_P(verification, an_intermediate_as_anchor_ends_a_path_only_where_allowed) {
    const credential issuer = root().issue({.name = "intermediate", .ca = true});
    anchors = {issuer.der()};

    show({issuer.issue({})});
    EXPECT_FALSE(found().accepted);
    ASSERT_EQ(found().path.size(), 2U);
    EXPECT_TRUE(found().path[1].anchor);
    EXPECT_TRUE(has(faults_at(1), fault::issuer_unknown));

    link_ = link();
    allow_partial_chain = true;
    show({issuer.issue({})});
    EXPECT_TRUE(found().accepted);
    EXPECT_TRUE(link_.both_complete());
}

TEST_P(verification, a_path_of_forty_is_too_long) {
    std::vector<credential> chain{root().issue({.name = "ca 0", .ca = true})};
    for (int i = 1; i < 40; ++i) {
        chain.insert(chain.begin(),
                     chain.front().issue({.name = "ca " + std::to_string(i), .ca = true}));
    }

    show(chain);

    EXPECT_FALSE(found().accepted);
    EXPECT_EQ(found().path.size(), 32U);
    EXPECT_TRUE(has(faults_at(31), fault::chain_too_long));
}

/// Chains without a connection. What `verification` shows in handshakes is compared there.
class examination_alone : public testing::Test {
protected:
    status examine(const std::vector<buffer>& chain, role peer = role::server) {
        const std::vector<bytes> views(chain.begin(), chain.end());
        return context_->examine_chain(views, peer, events_);
    }

    scripted_events events_;

private:
    spi::handle<spi::context> context_ = context_recipe{}.made();
};

TEST_F(examination_alone, asks_for_the_purpose_of_the_role) {
    const credential client = root().issue({.purpose = "clientAuth"});
    const credential server = root().issue({.purpose = "serverAuth"});
    const auto fault_of_leaf = [this](const credential& shown, role peer) {
        events_.path.clear();
        EXPECT_FALSE(examine({shown.der()}, peer));
        return events_.path.empty() ? fault::other : events_.path[0].faults;
    };

    EXPECT_EQ(fault_of_leaf(client, role::client), fault::none);
    EXPECT_EQ(fault_of_leaf(client, role::server), fault::wrong_purpose);
    EXPECT_EQ(fault_of_leaf(server, role::server), fault::none);
    EXPECT_EQ(fault_of_leaf(server, role::client), fault::wrong_purpose);
}

TEST_F(examination_alone, takes_what_handshakes_at_its_level_of_security_do_not_show) {
    const credential weak = root().issue({.rsa = true, .rsa_bits = 1024});
    const credential hashed = root().issue({.sha1 = true});

    EXPECT_FALSE(examine({weak.der()}));
    EXPECT_FALSE(examine({hashed.der()}));

    ASSERT_EQ(events_.path.size(), 4U);
    EXPECT_EQ(events_.path[0].faults, fault::weak_key);
    EXPECT_EQ(events_.path[2].faults, fault::weak_digest);
}

TEST_F(examination_alone, may_be_done_any_number_of_times) {
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(examine({leaf().der()}));
        EXPECT_TRUE(events_.accepted);
    }
    EXPECT_EQ(events_.judgements, 3);
}

TEST_F(examination_alone, of_what_is_no_certificate_puts_nothing_to_the_judge) {
    buffer cut = leaf().der();
    cut.pop_back();
    buffer longer = leaf().der();
    longer.push_back(0);

    EXPECT_EQ(examine({}).code, errc::invalid_argument);
    EXPECT_EQ(examine({{}}).code, errc::bad_certificate);
    EXPECT_EQ(examine({cut}).code, errc::bad_certificate);
    EXPECT_EQ(examine({longer}).code, errc::bad_certificate);
    EXPECT_EQ(examine({leaf().der(), {0x30, 0}}).code, errc::bad_certificate);
    EXPECT_EQ(events_.judgements, 0);
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

/// A server that asks its client for a certificate.
class client_certificates : public testing::TestWithParam<protocol_version> {
protected:
    void run(spi::peer_certificate asked, bool has_one) {
        const context_recipe with = showing(leaf(), only(GetParam()));
        context_recipe without = with;
        without.chains.clear();
        without.keys.clear();
        const auto server_context = with.made();
        const auto client_context = (has_one ? with : without).made();
        link_.server.config.peer = asked;
        link_.run(*client_context, *server_context);
        if (link_.client.complete) {
            static_cast<void>(link_.read(link_.client));
        }
    }

    /// RFC 8446, section 6.2; RFC 5246, section 7.4.6.
    alert_description alert_for_none() const {
        return GetParam() == protocol_version::tls1_3 ? alert_description::certificate_required
                                                      : alert_description::handshake_failure;
    }

    const scripted_events& found() const { return link_.server.events; }

    link link_;
};

INSTANTIATE_TEST_SUITE_P(version,
                         client_certificates,
                         testing::Values(protocol_version::tls1_2, protocol_version::tls1_3),
                         [](const auto& version) {
                             return version.param == protocol_version::tls1_2 ? "tls1_2" : "tls1_3";
                         });

TEST_P(client_certificates, are_judged_when_there_is_one) {
    for (const auto asked : {spi::peer_certificate::requested, spi::peer_certificate::required}) {
        link_ = link();

        run(asked, true);

        EXPECT_TRUE(link_.both_complete());
        EXPECT_EQ(found().judgements, 1);
        EXPECT_TRUE(found().accepted);
        ASSERT_EQ(found().path.size(), 2U);
        EXPECT_EQ(found().path[0].der, leaf().der());
    }
}

TEST_P(client_certificates, are_not_judged_when_not_asked_for) {
    run(spi::peer_certificate::not_requested, true);

    EXPECT_TRUE(link_.both_complete());
    EXPECT_EQ(found().judgements, 0);
}

TEST_P(client_certificates, that_are_refused_end_the_handshake_with_the_alert_on_the_wire) {
    link_.server.events.judgement = {.accept = false,
                                     .alert = alert_description::certificate_expired};

    run(spi::peer_certificate::required, true);

    EXPECT_EQ(link_.server.error.code, errc::not_authorized);
    EXPECT_EQ(link_.server.error.alert, alert_description::certificate_expired);
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
    EXPECT_EQ(link_.client.error.alert, alert_description::certificate_expired);
}

TEST_P(client_certificates, that_are_required_and_missing_end_the_handshake) {
    run(spi::peer_certificate::required, false);

    EXPECT_FALSE(link_.server.complete);
    EXPECT_EQ(link_.server.error.code, errc::certificate_required);
    EXPECT_EQ(link_.server.error.alert, alert_for_none());
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
    EXPECT_EQ(link_.client.error.alert, alert_for_none());
}

TEST_P(client_certificates, that_are_requested_and_missing_are_judged_before_any_ticket) {
    link_.server.events.judgement = {.accept = true};

    run(spi::peer_certificate::requested, false);

    EXPECT_TRUE(link_.both_complete());
    EXPECT_EQ(found().judgements, 1);
    EXPECT_TRUE(found().path.empty());
    EXPECT_EQ(found().sent, 0U);
    EXPECT_FALSE(found().accepted);
}

TEST_P(client_certificates, that_are_requested_and_missing_may_be_refused_on_the_wire) {
    link_.server.events.judgement = {.accept = false, .alert = alert_description::unknown_ca};

    run(spi::peer_certificate::requested, false);

    EXPECT_EQ(link_.server.error.code, errc::certificate_required);
    EXPECT_EQ(link_.server.error.alert, alert_for_none());
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
    EXPECT_EQ(link_.client.error.alert, alert_for_none());
    EXPECT_EQ(found().judgements, 1);
    EXPECT_EQ(found().notes_asked, 0);
}

}  // namespace
}  // namespace polytls::openssl
