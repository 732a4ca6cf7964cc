#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::contract {
namespace {

protocol_list list_of(std::string_view wire) {
    return protocol_list(as_bytes(wire));
}

cipher_suite_id id(unsigned number) {
    return static_cast<cipher_suite_id>(number);
}

/// The suites of a version that need no more than a certificate with its key.
std::vector<cipher_suite_id> plain_suites(protocol_version version) {
    std::vector<cipher_suite_id> found;
    for (const cipher_suite_id suite : the_backend().cipher_suites()) {
        if (is_tls1_3(suite) == (version == protocol_version::tls1_3) &&
            !needs_dh_parameters(suite) && !needs_psk(suite)) {
            found.push_back(suite);
        }
    }
    return found;
}

/// Shows a certificate for each kind of key.
context_recipe showing_all(version_range versions) {
    context_recipe recipe = showing(leaf(), versions);
    recipe.chains.push_back({rsa_leaf().certificate_der()});
    recipe.keys.push_back(rsa_leaf().key_pem());
    return recipe;
}

class negotiation : public over_versions {
protected:
    /// Shakes hands, each side by its own recipe.
    void run(const context_recipe& client, const context_recipe& server) {
        const auto client_context = client.made();
        const auto server_context = server.made();
        link_.run(*client_context, *server_context);
    }

    context_recipe recipe() const { return showing_all(range()); }

    link link_;
};

POLYTLS_RUN_OVER(negotiation, versions());

TEST_P(negotiation, takes_the_highest_version_of_both) {
    run(trusting(usual_versions()), recipe());
    EXPECT_EQ(link_.client.engine->facts().version, GetParam());

    link_ = link();
    run(trusting(range()), showing_all(usual_versions()));
    EXPECT_EQ(link_.client.engine->facts().version, GetParam());
}

TEST_P(negotiation, reaches_every_suite_that_is_named) {
    const auto server_context = recipe().made();
    for (const cipher_suite_id suite : plain_suites(GetParam())) {
        context_recipe asking = trusting(range());
        asking.suites = {suite};
        const auto client_context = asking.made();
        link link;

        link.run(*client_context, *server_context);

        ASSERT_TRUE(link.both_complete()) << std::hex << static_cast<unsigned>(suite);
        EXPECT_EQ(link.client.engine->facts().cipher_suite, suite);
        EXPECT_EQ(link.server.engine->facts().cipher_suite, suite);
        link.write(link.client, pattern(1000));
        EXPECT_EQ(link.read(link.server), pattern(1000)) << static_cast<unsigned>(suite);
    }
}

TEST_P(negotiation, without_a_suite_in_common_fails_with_its_alert) {
    const auto suites = plain_suites(GetParam());
    ASSERT_GE(suites.size(), 2U);
    context_recipe client = trusting(range());
    context_recipe server = recipe();
    client.suites = {suites[0]};
    server.suites = {suites[1]};

    run(client, server);

    EXPECT_EQ(link_.server.error.code, errc::no_shared_cipher);
    EXPECT_EQ(link_.server.error.alert, alert_description::handshake_failure);
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
    EXPECT_EQ(link_.client.error.alert, alert_description::handshake_failure);
}

TEST_P(negotiation, goes_by_the_servers_order_of_suites_only_where_asked_for) {
    auto suites = plain_suites(GetParam());
    ASSERT_GE(suites.size(), 2U);
    suites.resize(2);
    for (const bool honor : {false, true}) {
        context_recipe client = trusting(range());
        context_recipe server = recipe();
        server.honor_cipher_order = honor;
        server.suites = suites;
        client.suites = {suites[1], suites[0]};
        link_ = link();

        run(client, server);

        ASSERT_TRUE(link_.both_complete());
        EXPECT_EQ(link_.client.engine->facts().cipher_suite, honor ? suites[0] : suites[1]);
    }
}

TEST_P(negotiation, takes_the_clients_first_group_that_both_have) {
    const auto groups = the_backend().groups();
    context_recipe client = trusting(range());
    context_recipe server = recipe();
    client.groups = {groups.front()};

    run(client, server);

    ASSERT_TRUE(link_.both_complete());
    if (has(feature::ephemeral_key)) {
        EXPECT_EQ(link_.client.engine->facts().group, groups.front());
        EXPECT_EQ(link_.server.engine->facts().group, groups.front());
    }
}

TEST_P(negotiation, without_a_group_in_common_fails) {
    const auto groups = the_backend().groups();
    ASSERT_GE(groups.size(), 2U);
    context_recipe client = trusting(range());
    // Below TLS 1.3 the groups are also those of certificates with elliptic keys.
    context_recipe server = showing(rsa_leaf(), range());
    // And there are key exchanges that need none: this is TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.
    client.suites = {tls1_3() ? plain_suites(GetParam()).front() : id(0xc02f)};
    client.groups = {groups[0]};
    server.groups = {groups[1]};

    run(client, server);

    EXPECT_EQ(condition_of(link_.server.error.code), condition::nothing_in_common);
    EXPECT_EQ(link_.server.error.alert, alert_description::handshake_failure);
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
}

class server_name : public negotiation {};

POLYTLS_RUN_OVER(server_name, versions_with(feature::server_name));

TEST_P(server_name, is_sent_where_there_is_one) {
    link_.client.config.server_name = "example.org";

    run(trusting(range()), recipe());

    EXPECT_TRUE(link_.both_complete());
    EXPECT_THAT(as_text(link_.client.sent_bytes), testing::HasSubstr("example.org"));
}

TEST_P(server_name, may_have_255_bytes) {
    const std::string longest(255, 'a');
    link_.client.config.server_name = longest;

    run(trusting(range()), recipe());

    EXPECT_TRUE(link_.both_complete());
    EXPECT_THAT(as_text(link_.client.sent_bytes), testing::HasSubstr(longest));
}

class application_protocol : public negotiation {};

POLYTLS_RUN_OVER(application_protocol, versions_with(feature::alpn));

TEST_P(application_protocol, is_the_one_that_the_server_was_made_with) {
    link_.client.config.protocols = list_of("\x02h2\x08http/1.1");
    link_.server.config.protocols = list_of("\x08http/1.1");

    run(trusting(range()), recipe());

    ASSERT_TRUE(link_.both_complete());
    EXPECT_EQ(as_text(link_.client.engine->application_protocol()), "http/1.1");
    EXPECT_EQ(as_text(link_.server.engine->application_protocol()), "http/1.1");
}

TEST_P(application_protocol, is_left_out_by_a_server_without_one) {
    link_.client.config.protocols = list_of("\x02h2");

    run(trusting(range()), recipe());

    ASSERT_TRUE(link_.both_complete());
    EXPECT_TRUE(link_.client.engine->application_protocol().empty());
    EXPECT_TRUE(link_.server.engine->application_protocol().empty());
}

TEST_P(application_protocol, is_not_told_to_a_client_that_did_not_ask) {
    link_.server.config.protocols = list_of("\x02h2");

    run(trusting(range()), recipe());

    ASSERT_TRUE(link_.both_complete());
    EXPECT_TRUE(link_.client.engine->application_protocol().empty());
}

TEST_P(application_protocol, may_be_of_any_bytes_up_to_255) {
    std::string name(255, '\xff');
    // Limited: not with a NUL in it.
    name[0] = level_of(feature::alpn) == support::yes ? '\0' : '\1';
    const std::string wire = '\xff' + name;
    if (level_of(feature::alpn) != support::yes) {
        // What the library cannot offer must not be taken for something else.
        const auto context = trusting(range()).made();
        scripted_events events;
        spi::handle<spi::engine> engine;
        EXPECT_EQ(context->make_engine({.protocols = list_of(wire)}, events, engine).code,
                  errc::unsupported_by_backend);
        return;
    }
    link_.client.config.protocols = list_of(wire);
    link_.server.config.protocols = list_of(wire);

    run(trusting(range()), recipe());

    ASSERT_TRUE(link_.both_complete());
    EXPECT_EQ(as_text(link_.client.engine->application_protocol()), name);
}

class retried_hello : public negotiation {};

POLYTLS_RUN_OVER(retried_hello,
                 has(feature::tls1_3) ? std::vector{protocol_version::tls1_3}
                                      : std::vector<protocol_version>{});

TEST_P(retried_hello, finds_the_group_that_both_have) {
    const auto groups = the_backend().groups();
    ASSERT_GE(groups.size(), 2U);
    context_recipe client = trusting(range());
    context_recipe server = recipe();
    client.groups = {groups[0], groups[1]};
    server.groups = {groups[1]};

    run(client, server);

    ASSERT_TRUE(link_.both_complete());
    EXPECT_EQ(link_.client.events.judgements, 1);
    if (has(feature::ephemeral_key)) {
        EXPECT_EQ(link_.client.engine->facts().group, groups[1]);
        EXPECT_EQ(link_.server.engine->facts().group, groups[1]);
    }
}

TEST_P(retried_hello, reaches_every_group_that_is_named) {
    const auto server_context = recipe().made();
    for (const named_group group : the_backend().groups()) {
        context_recipe asking = trusting(range());
        asking.groups = {group};
        const auto client_context = asking.made();
        link link;

        link.run(*client_context, *server_context);

        ASSERT_TRUE(link.both_complete()) << name_of(group);
        if (has(feature::ephemeral_key)) {
            EXPECT_EQ(link.client.engine->facts().group, group);
            EXPECT_EQ(link.server.engine->facts().group, group);
        }
    }
}

class two_versions : public testing::Test {};

TEST_F(two_versions, without_one_in_common_are_an_unsupported_protocol) {
    if (versions().size() < 2) {
        // One version has nothing to differ in; that the other is refused is asked elsewhere.
        EXPECT_EQ(make(trusting({protocol_version::tls1_2, protocol_version::tls1_3})).code,
                  errc::unsupported_by_backend);
        return;
    }
    const auto old = showing(leaf(), only(protocol_version::tls1_2)).made();
    const auto recent = showing(leaf(), only(protocol_version::tls1_3)).made();
    link link;

    link.run(*old, *recent);

    EXPECT_EQ(link.server.error.code, errc::unsupported_protocol);
    EXPECT_EQ(link.server.error.alert, alert_description::protocol_version);
    EXPECT_EQ(link.client.error.code, errc::alert_received);
    EXPECT_EQ(link.client.error.alert, alert_description::protocol_version);
}

/// Key exchanges that some suites of TLS 1.2 name.
class key_exchange : public negotiation {
protected:
    static bool named(cipher_suite_id suite) {
        return std::ranges::count(the_backend().cipher_suites(), suite) != 0;
    }

    static constexpr unsigned dhe = 0x009e;         ///< TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
    static constexpr unsigned static_rsa = 0x009c;  ///< TLS_RSA_WITH_AES_128_GCM_SHA256
};

POLYTLS_RUN_OVER(key_exchange, tls1_2_with(feature::tls1_2));

TEST_P(key_exchange, by_dhe_is_not_offered_by_a_server_without_parameters) {
    context_recipe client = trusting(range());
    client.suites = {id(dhe)};
    if (!named(id(dhe))) {
        EXPECT_EQ(make(client).code, errc::no_cipher_match);
        return;
    }

    run(client, showing(rsa_leaf(), range()));

    EXPECT_EQ(link_.server.error.code, errc::no_shared_cipher);
}

TEST_P(key_exchange, by_rsa_has_no_group) {
    context_recipe client = trusting(range());
    client.suites = {id(static_rsa)};
    if (!named(id(static_rsa))) {
        EXPECT_EQ(make(client).code, errc::no_cipher_match);
        return;
    }

    run(client, showing(rsa_leaf(), range()));

    ASSERT_TRUE(link_.both_complete());
    EXPECT_EQ(link_.client.engine->facts().group, named_group::none);
    EXPECT_EQ(link_.server.engine->facts().group, named_group::none);
}

}  // namespace
}  // namespace polytls::contract
