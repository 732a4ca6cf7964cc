#include "keys.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace polytls::contract {
namespace {

const buffer key_of_alice(32, 'a');
const buffer key_of_bob(32, 'b');

class pre_shared_keys : public over_versions {
protected:
    /// Runs a handshake with a key on each side.
    void run(link& both, own_key& client_key, key_store& server_keys) {
        client_key.serve(both.client);
        server_keys.serve(both.server);
        context_ = anonymous(range()).made();
        both.run(*context_, *context_);
    }

    static bool may_be_late() { return level_of(feature::psk) == support::yes; }

private:
    spi::handle<spi::context> context_;
};

POLYTLS_RUN_OVER(pre_shared_keys, versions_with(feature::psk));

TEST_P(pre_shared_keys, need_no_certificate) {
    own_key alice("alice", key_of_alice);
    key_store keys({{"alice", key_of_alice}, {"bob", key_of_bob}});
    link both;

    run(both, alice, keys);

    ASSERT_TRUE(both.both_complete());
    EXPECT_EQ(keys.asked, std::vector<std::string>{"alice"});
    EXPECT_TRUE(both.client.engine->facts().by_psk);
    EXPECT_TRUE(both.server.engine->facts().by_psk);
    EXPECT_FALSE(both.client.engine->facts().resumed);
    EXPECT_EQ(both.client.events.judgements, 0);
    both.write(both.client, pattern(20000));
    EXPECT_EQ(both.read(both.server), pattern(20000));
}

TEST_P(pre_shared_keys, may_be_found_late) {
    if (!may_be_late()) {
        return;
    }
    for (const std::size_t step : {std::size_t{1}, unlimited}) {
        own_key alice("alice", key_of_alice);
        key_store keys({{"alice", key_of_alice}});
        keys.answers = false;
        link both(step);

        run(both, alice, keys);
        EXPECT_FALSE(both.server.complete);
        EXPECT_FALSE(both.server.error);
        keys.answers = true;
        both.handshake();

        EXPECT_TRUE(both.both_complete());
        EXPECT_TRUE(both.server.engine->facts().by_psk);
    }
}

TEST_P(pre_shared_keys, of_the_peer_must_be_the_same) {
    own_key alice("alice", key_of_bob);
    key_store keys({{"alice", key_of_alice}});
    link both;

    run(both, alice, keys);

    EXPECT_FALSE(both.server.complete);
    EXPECT_EQ(name_of(both.server.error.code), !tls1_3() ? "bad_record_mac" : "wrong_psk");
    EXPECT_EQ(both.client.error.code, errc::alert_received);
}

TEST_P(pre_shared_keys, that_nobody_knows_end_the_handshake) {
    own_key mallory("mallory", key_of_bob);
    key_store keys({{"alice", key_of_alice}});
    link both;

    run(both, mallory, keys);

    EXPECT_TRUE(both.server.error);
    if (!tls1_3()) {
        EXPECT_EQ(both.server.error.code, errc::unknown_psk_identity);
        EXPECT_EQ(both.client.error.alert, alert_description::unknown_psk_identity);
    }
}

TEST_P(pre_shared_keys, are_refused_by_an_error) {
    own_key alice("alice", key_of_alice);
    key_store keys({{"alice", key_of_alice}});
    keys.refuses = true;
    link both;

    run(both, alice, keys);

    EXPECT_EQ(both.server.error.alert, alert_description::internal_error);
    EXPECT_EQ(both.client.error.code, errc::alert_received);
}

TEST_P(pre_shared_keys, are_used_beside_certificates) {
    own_key alice("alice", key_of_alice);
    key_store keys({{"alice", key_of_alice}});
    link both;
    const cipher_suite_id psk_first[] = {cipher_suite_id{0xccac}, cipher_suite_id{0x1302},
                                         cipher_suite_id{0x1301}, cipher_suite_id{0xc02b}};
    context_recipe client = anonymous(range());
    client.suites.assign(std::begin(psk_first), std::end(psk_first));
    alice.serve(both.client);
    keys.serve(both.server);
    const auto client_context = client.made();
    const auto server_context = showing(leaf(), range()).made();

    both.run(*client_context, *server_context);

    ASSERT_TRUE(both.both_complete());
    EXPECT_TRUE(both.client.engine->facts().by_psk);
    EXPECT_TRUE(both.server.engine->facts().by_psk);
}

TEST_P(pre_shared_keys, leave_room_for_a_certificate_when_the_client_has_none) {
    key_store keys({{"alice", key_of_alice}});
    link both;
    keys.serve(both.server);
    const auto client_context = trusting(range()).made();
    const auto server_context = showing(leaf(), range()).made();

    both.run(*client_context, *server_context);

    ASSERT_TRUE(both.both_complete());
    EXPECT_FALSE(both.client.engine->facts().by_psk);
    EXPECT_FALSE(both.server.engine->facts().by_psk);
    EXPECT_EQ(both.client.events.judgements, 1);
}

TEST_P(pre_shared_keys, hint_comes_to_the_client_below_tls1_3) {
    own_key alice("alice", key_of_alice);
    key_store keys({{"alice", key_of_alice}});
    link both;
    both.server.config.psk_hint = "the house by the sea";

    run(both, alice, keys);

    EXPECT_TRUE(both.both_complete());
    EXPECT_EQ(alice.hints, std::vector<std::string>{tls1_3() ? "" : "the house by the sea"});
}

class psk_suites : public over_versions {};

POLYTLS_RUN_OVER(psk_suites, tls1_2_with(feature::psk));

TEST_P(psk_suites, each_that_is_named_can_be_negotiated) {
    context_recipe serving = anonymous(range());
    serving.dh_parameters = has(feature::dhparam) ? testkit::dh_parameters_der() : buffer{};
    const auto server_context = serving.made();
    std::size_t negotiated = 0;
    for (const cipher_suite_id suite : the_backend().cipher_suites()) {
        if (!needs_psk(suite) || (needs_dh_parameters(suite) && !has(feature::dhparam))) {
            continue;
        }
        context_recipe asking = anonymous(range());
        asking.suites = {suite};
        const auto client_context = asking.made();
        own_key alice("alice", key_of_alice);
        key_store keys({{"alice", key_of_alice}});
        link both;
        alice.serve(both.client);
        keys.serve(both.server);

        both.run(*client_context, *server_context);

        EXPECT_TRUE(both.both_complete()) << std::hex << static_cast<unsigned>(suite);
        EXPECT_EQ(both.client.engine->facts().cipher_suite, suite);
        ++negotiated;
    }
    EXPECT_GT(negotiated, 0U);
}

TEST_P(psk_suites, are_not_negotiated_without_keys) {
    const auto context = anonymous(range()).made();
    link both;

    both.run(*context, *context);

    EXPECT_EQ(both.server.error.code, errc::no_shared_cipher);
}

}  // namespace
}  // namespace polytls::contract
