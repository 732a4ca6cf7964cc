#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::openssl {
namespace {

class engine_over_versions : public testing::TestWithParam<protocol_version> {
protected:
    version_range versions() const { return only(GetParam()); }

    bool tls1_3() const { return GetParam() == protocol_version::tls1_3; }

    spi::handle<spi::context> context = showing(leaf(), versions()).made();
};

INSTANTIATE_TEST_SUITE_P(version,
                         engine_over_versions,
                         testing::Values(protocol_version::tls1_2, protocol_version::tls1_3),
                         [](const auto& version) {
                             return version.param == protocol_version::tls1_2 ? "tls1_2" : "tls1_3";
                         });

protocol_list list_of(std::string_view wire) {
    return protocol_list(as_bytes(wire));
}

TEST_P(engine_over_versions, a_handshake_agrees_on_the_same_at_both_ends) {
    link link;

    link.run(*context, *context);

    ASSERT_TRUE(link.both_complete());
    const spi::negotiated facts = link.client.engine->facts();
    EXPECT_EQ(facts.version, GetParam());
    EXPECT_EQ(facts.cipher_suite, link.server.engine->facts().cipher_suite);
    EXPECT_EQ(facts.group, named_group::x25519);
    EXPECT_EQ(link.server.engine->facts().group, named_group::x25519);
    EXPECT_FALSE(facts.resumed);
}

TEST_P(engine_over_versions, every_byte_may_arrive_alone) {
    link link(1);

    link.run(*context, *context);
    link.write(link.client, text("question"));
    const buffer heard = link.read(link.server);

    EXPECT_TRUE(link.both_complete());
    EXPECT_EQ(heard, text("question"));
}

TEST_P(engine_over_versions, a_sink_with_little_room_is_filled_again_and_again) {
    for (const std::size_t room : {1U, 7U, 100U, 5000U}) {
        link link(unlimited, room);
        const buffer data = pattern(40000);

        link.run(*context, *context);
        link.write(link.client, data);

        ASSERT_TRUE(link.both_complete()) << room;
        EXPECT_EQ(link.read(link.server), data) << room;
    }
}

TEST_P(engine_over_versions, data_goes_both_ways_whatever_the_room_for_it) {
    const buffer data = pattern(50000);
    for (const std::size_t at_once : {1000U, 16384U, 60000U}) {
        link link;
        link.run(*context, *context);

        link.write(link.client, data);
        link.write(link.server, data);

        EXPECT_EQ(link.read(link.server, at_once), data);
        EXPECT_EQ(link.read(link.client, at_once), data);
    }
}

TEST_P(engine_over_versions, data_is_still_read_when_all_input_is_consumed) {
    link link;
    link.run(*context, *context);
    link.write(link.server, pattern(100));
    buffer out(65536);
    span_sink sink(out);
    buffer plaintext(60);
    static_cast<void>(link.read(link.server));
    const bytes input = link.client.inbox;

    const progress first = link.client.engine->read(input, plaintext, sink);
    const progress second = link.client.engine->read({}, plaintext, sink);

    EXPECT_EQ(first.consumed, input.size());
    EXPECT_EQ(first.produced, 60U);
    EXPECT_EQ(first.next, want::nothing);
    EXPECT_EQ(second.produced, 40U);
    EXPECT_EQ(second.next, want::input);
}

TEST_P(engine_over_versions, one_write_makes_one_record) {
    link link;
    link.run(*context, *context);
    link.server.inbox.clear();

    link.write(link.client, pattern(16384));

    const buffer& wire = link.server.inbox;
    ASSERT_GT(wire.size(), 5U);
    EXPECT_EQ(wire.size(), 5U + wire[3] * 256U + wire[4]);
}

TEST_P(engine_over_versions, close_notify_is_heard_behind_the_data) {
    link link;
    link.run(*context, *context);
    link.write(link.server, text("the last word"));

    link.close(link.server);
    const buffer heard = link.read(link.client);

    EXPECT_EQ(heard, text("the last word"));
    EXPECT_EQ(link.client.error.code, errc::closed);
    EXPECT_EQ(link.client.error.alert, alert_description::close_notify);
}

TEST_P(engine_over_versions, reading_goes_on_after_closing) {
    link link;
    link.run(*context, *context);
    static_cast<void>(link.read(link.client));

    link.close(link.client);
    static_cast<void>(link.read(link.server));
    link.server.error = {};
    link.write(link.server, text("afterwards"));

    EXPECT_EQ(link.read(link.client), text("afterwards"));
}

TEST_P(engine_over_versions, alpn_gives_both_ends_the_protocol_the_server_was_made_with) {
    link link;
    link.client.config.protocols = list_of("\x02h2\x08http/1.1");
    link.server.config.protocols = list_of("\x08http/1.1");

    link.run(*context, *context);

    EXPECT_EQ(as_text(link.client.engine->application_protocol()), "http/1.1");
    EXPECT_EQ(as_text(link.server.engine->application_protocol()), "http/1.1");
}

TEST_P(engine_over_versions, a_server_without_a_protocol_leaves_alpn_out) {
    link link;
    link.client.config.protocols = list_of("\x02h2");

    link.run(*context, *context);

    ASSERT_TRUE(link.both_complete());
    EXPECT_TRUE(link.client.engine->application_protocol().empty());
    EXPECT_TRUE(link.server.engine->application_protocol().empty());
}

TEST_P(engine_over_versions, the_server_name_is_sent) {
    link link;
    link.client.config.server_name = "example.org";

    link.run(*context, *context);

    EXPECT_TRUE(link.both_complete());
    EXPECT_THAT(as_text(link.client.sent_bytes), testing::HasSubstr("example.org"));
}

TEST_P(engine_over_versions, a_server_name_that_cannot_be_sent_is_refused) {
    for (const std::string& name : {std::string(256, 'a'), std::string("a\0b", 3)}) {
        scripted_events events;
        spi::handle<spi::engine> engine;

        const status bad = context->make_engine({.server_name = name}, events, engine);

        EXPECT_EQ(bad.code, errc::bad_server_name);
        EXPECT_FALSE(engine);
    }
}

TEST_P(engine_over_versions, a_changed_record_is_a_bad_record) {
    link link;
    link.run(*context, *context);
    static_cast<void>(link.read(link.client));
    link.write(link.client, text("secret"));

    link.server.inbox.back() ^= 1U;
    static_cast<void>(link.read(link.server));
    static_cast<void>(link.read(link.client));

    EXPECT_EQ(link.server.error.code, errc::bad_record_mac);
    EXPECT_EQ(link.server.error.alert, alert_description::bad_record_mac);
    EXPECT_NE(link.server.error.native, 0);
    EXPECT_EQ(link.client.error.code, errc::alert_received);
    EXPECT_EQ(link.client.error.alert, alert_description::bad_record_mac);
}

TEST_P(engine_over_versions, what_is_not_tls_is_a_wrong_version_number) {
    link link;
    link.open(*context, *context);
    link.server.inbox = text("GET / HTTP/1.1\r\n\r\n");

    link.handshake();

    EXPECT_EQ(link.server.error.code, errc::wrong_version_number);
}

TEST_P(engine_over_versions, close_notify_in_a_handshake_does_not_complete_it) {
    link link;
    link.open(*context, *context);
    link.client.inbox = {21, 3, 3, 0, 2, 1, 0};

    link.handshake();

    EXPECT_FALSE(link.client.complete);
    EXPECT_EQ(link.client.error.code, errc::closed);
}

TEST_P(engine_over_versions, buffers_may_be_released_at_any_time) {
    link link;
    link.open(*context, *context);
    link.client.engine->release_buffers();
    link.handshake();

    for (int i = 0; i < 3; ++i) {
        link.client.engine->release_buffers();
        link.server.engine->release_buffers();
        link.write(link.client, pattern(3000));
        EXPECT_EQ(link.read(link.server, 1000), pattern(3000));
    }
}

TEST_P(engine_over_versions, errors_others_left_behind_are_not_taken_for_its_own) {
    link link(1);
    link.client.events.leaves_errors_behind = true;
    link.server.events.leaves_errors_behind = true;
    link.server.config.peer = spi::peer_certificate::required;

    link.run(*context, *context);

    EXPECT_TRUE(link.both_complete());
}

TEST_P(engine_over_versions, peer_certificates_are_given_leaf_first_at_both_ends) {
    const credential issuer = root().issue({.name = "intermediate", .ca = true});
    const credential who = issuer.issue({});
    context_recipe recipe = showing(who, versions());
    recipe.chains.front().push_back(issuer.der());
    const auto own = recipe.made();
    link link;
    link.server.config.peer = spi::peer_certificate::required;
    buffer expected = who.der();
    const buffer second = issuer.der();
    expected.insert(expected.end(), second.begin(), second.end());

    link.run(*own, *own);

    for (end* one : {&link.client, &link.server}) {
        buffer room(20000);
        span_sink sink(room);
        EXPECT_FALSE(one->engine->peer_certificates(sink));
        EXPECT_EQ(buffer(sink.written().begin(), sink.written().end()), expected);
    }
}

TEST_P(engine_over_versions, only_the_chain_that_was_given_is_sent) {
    const credential issuer = root().issue({.name = "intermediate", .ca = true});
    context_recipe recipe = showing(issuer.issue({}), versions());
    recipe.anchors.push_back(issuer.der());
    const auto own = recipe.made();
    link link;

    link.run(*own, *own);

    EXPECT_TRUE(link.both_complete());
    EXPECT_EQ(link.client.events.sent, 1U);
}

TEST(engine, versions_without_overlap_are_an_unsupported_protocol) {
    const auto old = showing(leaf(), only(protocol_version::tls1_2)).made();
    const auto recent = showing(leaf(), only(protocol_version::tls1_3)).made();
    link link;

    link.run(*old, *recent);

    EXPECT_EQ(link.server.error.code, errc::unsupported_protocol);
    EXPECT_EQ(link.server.error.alert, alert_description::protocol_version);
    EXPECT_EQ(link.client.error.code, errc::alert_received);
    EXPECT_EQ(link.client.error.alert, alert_description::protocol_version);
}

TEST(engine, suites_without_overlap_are_no_shared_cipher) {
    context_recipe one = showing(leaf());
    context_recipe other = showing(leaf());
    one.suites = {cipher_suite_id{0xc02b}};
    other.suites = {cipher_suite_id{0xc02c}};
    const auto client_context = one.made();
    const auto server_context = other.made();
    link link;

    link.run(*client_context, *server_context);

    EXPECT_EQ(link.server.error.code, errc::no_shared_cipher);
    EXPECT_EQ(link.server.error.alert, alert_description::handshake_failure);
    EXPECT_EQ(link.client.error.alert, alert_description::handshake_failure);
}

TEST(engine, groups_without_overlap_are_no_shared_group) {
    context_recipe one = showing(leaf(), only(protocol_version::tls1_3));
    context_recipe other = one;
    one.groups = {named_group::secp384r1};
    other.groups = {named_group::x25519};
    const auto client_context = one.made();
    const auto server_context = other.made();
    link link;

    link.run(*client_context, *server_context);

    EXPECT_EQ(link.server.error.code, errc::no_shared_group);
}

TEST(engine, a_hello_retry_request_finds_the_common_group) {
    context_recipe one = showing(leaf(), only(protocol_version::tls1_3));
    context_recipe other = one;
    one.groups = {named_group::secp384r1, named_group::x448};
    other.groups = {named_group::x448};
    const auto client_context = one.made();
    const auto server_context = other.made();
    link link;

    link.run(*client_context, *server_context);

    ASSERT_TRUE(link.both_complete());
    EXPECT_EQ(link.client.engine->facts().group, named_group::x448);
}

/// Those a server needs parameters for.
bool is_dhe(cipher_suite_id suite) {
    for (const unsigned one :
         {0x009fU, 0xccaaU, 0x009eU, 0xc09fU, 0xc09eU, 0x006bU, 0x0067U, 0x0039U, 0x0033U}) {
        if (suite == static_cast<cipher_suite_id>(one)) {
            return true;
        }
    }
    return false;
}

TEST(engine, a_server_without_parameters_offers_no_dhe) {
    context_recipe recipe = showing(rsa_leaf());
    recipe.suites = {cipher_suite_id{0x009e}};
    const auto own = recipe.made();
    link link;

    link.run(*own, *own);

    EXPECT_EQ(link.server.error.code, errc::no_shared_cipher);
}

TEST(engine, every_suite_and_group_that_is_named_can_be_negotiated) {
    context_recipe recipe = showing(leaf());
    recipe.chains.push_back({rsa_leaf().der()});
    recipe.keys.push_back(rsa_leaf().key_pem());
    const auto everything = recipe.made();
    for (const cipher_suite_id suite : the_backend().cipher_suites()) {
        if (is_dhe(suite)) {
            continue;
        }
        recipe.suites = {suite};
        const auto client_context = recipe.made();
        link link;

        link.run(*client_context, *everything);

        EXPECT_TRUE(link.both_complete()) << std::hex << static_cast<unsigned>(suite);
        EXPECT_EQ(link.client.engine->facts().cipher_suite, suite);
    }
    recipe.suites = {};
    recipe.versions = only(protocol_version::tls1_3);
    for (const named_group group : the_backend().groups()) {
        recipe.groups = {group};
        const auto client_context = recipe.made();
        link link;

        link.run(*client_context, *everything);

        EXPECT_TRUE(link.both_complete()) << name_of(group);
        EXPECT_EQ(link.client.engine->facts().group, group);
    }
}

TEST(engine, the_servers_order_of_suites_counts_only_where_asked_for) {
    for (const bool honor : {false, true}) {
        context_recipe server_recipe = showing(leaf());
        context_recipe client_recipe = server_recipe;
        server_recipe.honor_cipher_order = honor;
        server_recipe.suites = {cipher_suite_id{0x1301}, cipher_suite_id{0x1302}};
        client_recipe.suites = {cipher_suite_id{0x1302}, cipher_suite_id{0x1301}};
        const auto client_context = client_recipe.made();
        const auto server_context = server_recipe.made();
        link link;

        link.run(*client_context, *server_context);

        EXPECT_EQ(link.client.engine->facts().cipher_suite,
                  cipher_suite_id{honor ? std::uint16_t{0x1301} : std::uint16_t{0x1302}});
    }
}

TEST(engine, a_key_exchange_without_a_group_has_none) {
    context_recipe recipe = showing(rsa_leaf());
    recipe.suites = {cipher_suite_id{0x009c}};
    const auto own = recipe.made();
    link link;

    link.run(*own, *own);

    ASSERT_TRUE(link.both_complete());
    EXPECT_EQ(link.client.engine->facts().group, named_group::none);
}

TEST(engine, a_list_of_protocols_that_is_not_well_formed_is_refused) {
    const auto own = showing(leaf()).made();
    for (const role side : {role::client, role::server}) {
        scripted_events events;
        spi::handle<spi::engine> engine;

        const status bad =
            own->make_engine({.side = side, .protocols = list_of("\x05h2")}, events, engine);

        EXPECT_EQ(bad.code, errc::bad_protocol_list);
        EXPECT_FALSE(engine);
    }
}

TEST(engine, lives_longer_than_its_context) {
    auto own = showing(leaf()).made();
    link link;
    link.open(*own, *own);

    own.reset();
    link.handshake();

    EXPECT_TRUE(link.both_complete());
}

}  // namespace
}  // namespace polytls::openssl
