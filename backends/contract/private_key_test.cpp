#include "keys.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

namespace polytls::contract {
namespace {

/// Keys that are elsewhere.
class external_key : public over_versions {
protected:
    static bool may_be_late() { return level_of(feature::private_key_operations) == support::yes; }
};

POLYTLS_RUN_OVER(external_key, versions_with(feature::private_key_operations));

TEST_P(external_key, signs_a_servers_handshake) {
    for (const credential* who : {&leaf(), &rsa_leaf()}) {
        const auto server = showing_without_key(*who, range()).made();
        const auto client = trusting(range()).made();
        key_holder has_key(*who);
        link both;
        has_key.serve(both.server);

        both.run(*client, *server);

        EXPECT_TRUE(both.both_complete());
        EXPECT_EQ(has_key.asked, 1);
        EXPECT_EQ(has_key.certificate, who->certificate_der());
    }
}

TEST_P(external_key, signs_a_clients_handshake) {
    const auto server = showing(rsa_leaf(), range()).made();
    const auto client = showing_without_key(leaf(), range()).made();
    key_holder has_key(leaf());
    link both;
    both.server.config.peer = spi::peer_certificate::required;
    has_key.serve(both.client);

    both.run(*client, *server);

    EXPECT_TRUE(both.both_complete());
    EXPECT_EQ(has_key.asked, 1);
    EXPECT_EQ(both.server.events.judgements, 1);
}

TEST_P(external_key, waits_for_an_answer_that_comes_late) {
    if (!may_be_late()) {
        return;
    }
    for (const std::size_t step : {std::size_t{1}, std::size_t{100}, unlimited}) {
        const auto server = showing_without_key(leaf(), range()).made();
        const auto client = trusting(range()).made();
        key_holder has_key(leaf());
        has_key.answers = false;
        link both(step);
        has_key.serve(both.server);

        both.run(*client, *server);
        EXPECT_FALSE(both.server.complete);
        EXPECT_FALSE(both.server.error);
        has_key.answers = true;
        both.handshake();

        EXPECT_TRUE(both.both_complete());
        both.write(both.client, pattern(40000));
        EXPECT_EQ(both.read(both.server), pattern(40000));
    }
}

TEST_P(external_key, ends_the_handshake_when_it_refuses) {
    const auto server = showing_without_key(leaf(), range()).made();
    const auto client = trusting(range()).made();
    key_holder has_key(leaf());
    has_key.refuses = true;
    link both;
    has_key.serve(both.server);

    both.run(*client, *server);

    EXPECT_TRUE(both.server.error);
    EXPECT_EQ(both.server.error.alert, alert_description::internal_error);
    EXPECT_EQ(both.client.error.code, errc::alert_received);
}

TEST_P(external_key, may_be_given_up_while_an_answer_is_out) {
    if (!may_be_late()) {
        return;
    }
    const auto server = showing_without_key(leaf(), range()).made();
    const auto client = trusting(range()).made();
    key_holder has_key(leaf());
    has_key.answers = false;
    link both;
    has_key.serve(both.server);
    both.run(*client, *server);
    const int asked = has_key.asked;

    both.server.engine.reset();

    EXPECT_EQ(has_key.asked, asked);
}

TEST_P(external_key, is_asked_on_its_callers_stack) {
    // Callbacks may need more than the little that a handshake needs, and may throw.
    const auto server = showing_without_key(leaf(), range()).made();
    const auto client = trusting(range()).made();
    key_holder has_key(leaf());
    bool caught = false;
    has_key.on_call = [&] {
        std::array<char, 256 * 1024> large{};
        volatile char* const at = large.data();
        for (std::size_t i = 0; i < large.size(); i += 1024) {
            at[i] = 'x';
        }
        try {
            throw std::runtime_error("thrown in a callback");
        } catch (const std::runtime_error&) {
            caught = true;
        }
    };
    link both;
    has_key.serve(both.server);

    both.run(*client, *server);

    EXPECT_TRUE(both.both_complete());
    EXPECT_TRUE(caught);
}

TEST_P(external_key, is_refused_by_the_peer_when_the_signature_is_not_the_keys) {
    const auto server = showing_without_key(leaf(), range()).made();
    const auto client = trusting(range()).made();
    key_holder has_key(root());
    link both;
    has_key.serve(both.server);

    both.run(*client, *server);

    EXPECT_TRUE(both.client.error);
    EXPECT_EQ(both.client.error.alert, alert_description::decrypt_error);
}

TEST_P(external_key, is_told_how_to_sign) {
    for (const auto& [who, scheme] :
         {std::pair(leaf(), signature_scheme::ecdsa_secp256r1_sha256),
          std::pair(rsa_leaf(), signature_scheme::rsa_pss_rsae_sha256),
          std::pair(root().issue({.key = key_kind::ed25519}), signature_scheme::ed25519),
          std::pair(root().issue({.key = key_kind::rsa_pss}),
                    signature_scheme::rsa_pss_pss_sha256)}) {
        if ((scheme == signature_scheme::ed25519 && !has(feature::ed25519)) ||
            (scheme == signature_scheme::rsa_pss_pss_sha256 && !has(feature::rsa_pss))) {
            continue;
        }
        const auto server = showing_without_key(who, range()).made();
        const auto client = trusting(range()).made();
        key_holder has_key(who);
        link both;
        has_key.serve(both.server);

        both.run(*client, *server);

        EXPECT_TRUE(both.both_complete()) << name_of(scheme);
        EXPECT_EQ(has_key.scheme, scheme);
    }
}

/// Takes all there is.
class growing_sink final : public byte_sink {
public:
    std::size_t append(bytes data) noexcept override {
        taken.insert(taken.end(), data.begin(), data.end());
        return data.size();
    }

    buffer taken{};
};

class external_key_renegotiation : public external_key {};

POLYTLS_RUN_OVER(external_key_renegotiation,
                 has(feature::private_key_operations) ? tls1_2_with(feature::renegotiation)
                                                      : std::vector<protocol_version>());

TEST_P(external_key_renegotiation, signs_within_a_read_and_may_be_late) {
    if (!may_be_late()) {
        return;
    }
    const auto server = showing_without_key(leaf(), range()).made();
    const auto client = trusting(range()).made();
    key_holder has_key(leaf());
    link both;
    has_key.serve(both.server);
    both.run(*client, *server);
    has_key.answers = false;
    ASSERT_FALSE(both.renegotiate(both.client).error);
    buffer plaintext(100);
    growing_sink out;

    const progress waiting = both.server.engine->read(both.server.inbox, plaintext, out);
    const progress held_back = both.server.engine->write(text("data"), out);
    has_key.answers = true;
    buffer other_room(50);
    const progress going_on = both.server.engine->read(
        bytes(both.server.inbox).subspan(waiting.consumed), other_room, out);

    EXPECT_EQ(waiting.next, want::decision);
    EXPECT_EQ(held_back.next, want::input);
    EXPECT_EQ(held_back.consumed, 0U);
    EXPECT_EQ(going_on.next, want::input);
    EXPECT_FALSE(going_on.error);
    EXPECT_GT(out.taken.size(), 300U) << "the whole flight, certificate and signature";
}

TEST_P(external_key, does_not_fit_a_key_that_is_here) {
    context_recipe mixed = showing_without_key(leaf(), range());
    mixed.keys = {leaf().key_pem()};

    EXPECT_EQ(make(mixed), (outcome{errc::key_mismatch, spi::config_input::key, 0}));
}

TEST_P(external_key, stands_beside_one_that_is_here) {
    const buffer leaf_der = leaf().certificate_der();
    const buffer rsa_der = rsa_leaf().certificate_der();
    const std::string key = rsa_leaf().key_pem();
    const bytes chains[2][1] = {{leaf_der}, {rsa_der}};
    const spi::certificate_chain both_chains[] = {{.certificates = chains[0], .external_key = true},
                                                  {.certificates = chains[1]}};
    const spi::private_key_source keys[] = {{.data = as_bytes(key)}};
    spi::context_config config{.identity = {.chains = both_chains, .keys = keys}};
    config.protocol.versions = range();
    config.protocol.cipher_suites = the_backend().cipher_suites();
    config.protocol.groups = the_backend().groups();
    spi::handle<spi::context> server;
    ASSERT_EQ(outcome_of(the_backend().make_context(config, server)), fine);

    for (const bool rsa : {false, true}) {
        context_recipe asking = trusting(range());
        asking.signature_schemes = {rsa ? signature_scheme::rsa_pss_rsae_sha256
                                        : signature_scheme::ecdsa_secp256r1_sha256};
        // The issuer's own signature is not what is chosen by.
        asking.signature_schemes.push_back(rsa ? signature_scheme::rsa_pss_rsae_sha384
                                               : signature_scheme::ecdsa_secp384r1_sha384);
        const auto client = asking.made();
        key_holder has_key(leaf());
        link both;
        has_key.serve(both.server);

        both.run(*client, *server);

        if (!rsa) {
            EXPECT_TRUE(both.both_complete());
        }
        EXPECT_EQ(has_key.asked, rsa ? 0 : 1);
    }
}

}  // namespace
}  // namespace polytls::contract
