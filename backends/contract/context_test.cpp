#include "link.hpp"

#include <polytls/core/ticket_keys.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::contract {
namespace {

outcome bad_protocol(errc code) {
    return {code, spi::config_input::protocol, 0};
}

/// Its suites of TLS 1.3, or of what came before.
std::vector<cipher_suite_id> suites_of(bool tls1_3) {
    std::vector<cipher_suite_id> found;
    for (const cipher_suite_id suite : the_backend().cipher_suites()) {
        if (is_tls1_3(suite) == tls1_3) {
            found.push_back(suite);
        }
    }
    return found;
}

TEST(context, needs_neither_identity_nor_trust) {
    context_recipe recipe = trusting();
    recipe.anchors.clear();

    EXPECT_EQ(make(recipe), fine);
}

TEST(context, tells_what_it_was_made_with) {
    const buffer name = text("shop");
    const buffer keys = pattern(48);
    context_recipe recipe = showing(leaf());
    recipe.session.id_context = name;
    recipe.session.timeout = std::chrono::seconds(77);
    recipe.session.ticket_keys = keys;
    recipe.allow_partial_chain = has(feature::partial_chain);

    const auto made = recipe.made();

    EXPECT_EQ(&made->owner(), &the_backend());
    EXPECT_EQ(made->versions(), usual_versions());
    EXPECT_EQ(made->session_timeout(), std::chrono::seconds(77));
    EXPECT_EQ(as_text(made->session_id_context()), "shop");
    EXPECT_EQ(copy_of(made->ticket_keys()), keys);
    EXPECT_EQ(made->allows_partial_chain(), has(feature::partial_chain));
}

TEST(context, tells_what_it_was_made_without) {
    const auto one = trusting().made();
    const auto other = trusting().made();

    EXPECT_TRUE(one->session_id_context().empty());
    EXPECT_EQ(one->session_timeout(), std::chrono::seconds(300));
    EXPECT_FALSE(one->allows_partial_chain());
    ASSERT_EQ(one->ticket_keys().size(), ticket_keys{}.size());
    EXPECT_FALSE(std::ranges::equal(one->ticket_keys(), other->ticket_keys()));
}

TEST(context, copies_what_it_is_made_from) {
    buffer name = text("shop");
    context_recipe recipe = showing(leaf());
    recipe.session.id_context = name;
    const auto made = recipe.made();

    std::ranges::fill(name, 0);
    recipe = {};
    link link;
    link.run(*made, *made);

    EXPECT_EQ(as_text(made->session_id_context()), "shop");
    EXPECT_TRUE(link.both_complete());
}

TEST(context, lives_on_in_its_engines) {
    auto made = showing(leaf()).made();
    link link;
    link.open(*made, *made);

    made.reset();
    link.handshake();

    EXPECT_TRUE(link.both_complete());
}

TEST(context, serves_both_roles_at_once) {
    const auto made = showing(leaf()).made();
    link link;
    link.server.config.peer = spi::peer_certificate::required;

    link.run(*made, *made);

    EXPECT_TRUE(link.both_complete());
}

TEST(context, speaks_no_version_without_a_suite) {
    const version_range usual = usual_versions();
    context_recipe recipe = showing(leaf());
    for (const protocol_version version : versions()) {
        recipe.suites = suites_of(version == protocol_version::tls1_3);

        EXPECT_EQ(recipe.made()->versions(), only(version));
    }
    recipe.suites.clear();
    EXPECT_EQ(recipe.made()->versions(), usual);
}

TEST(context, refuses_suites_that_leave_nothing) {
    context_recipe recipe = showing(leaf());
    for (const protocol_version version : versions()) {
        recipe.versions = only(version);
        recipe.suites = {cipher_suite_id{0xfafa}};
        EXPECT_EQ(make(recipe), bad_protocol(errc::no_cipher_match));
        recipe.suites = {version == protocol_version::tls1_3 ? cipher_suite_id{0xc02b}
                                                             : cipher_suite_id{0x1301}};
        EXPECT_EQ(make(recipe), bad_protocol(errc::no_cipher_match));
    }
}

TEST(context, refuses_a_range_of_versions_that_is_the_wrong_way_round) {
    context_recipe recipe = showing(leaf());
    recipe.versions = {protocol_version::tls1_3, protocol_version::tls1_2};

    EXPECT_EQ(make(recipe), bad_protocol(errc::bad_version_range));
}

TEST(context, refuses_unknown_groups) {
    context_recipe recipe = showing(leaf());
    recipe.groups = {the_backend().groups().front(), static_cast<named_group>(0xfafa)};

    EXPECT_EQ(make(recipe), bad_protocol(errc::unknown_group));
}

TEST(context, refuses_an_id_context_longer_than_32_bytes) {
    const buffer longest = pattern(32);
    const buffer longer = pattern(33);
    context_recipe recipe = showing(leaf());

    recipe.session.id_context = longest;
    EXPECT_EQ(make(recipe), fine);
    recipe.session.id_context = longer;
    EXPECT_EQ(make(recipe), (outcome{errc::invalid_argument, spi::config_input::session, 0}));
}

TEST(context, refuses_ticket_keys_of_another_size) {
    for (const std::size_t size : {1U, 47U, 49U, 80U}) {
        const buffer keys = pattern(size);
        context_recipe recipe = showing(leaf());
        recipe.session.ticket_keys = keys;

        EXPECT_EQ(make(recipe), (outcome{errc::invalid_argument, spi::config_input::session, 0}))
            << size;
    }
}

TEST(make_engine, refuses_ticket_keys_of_another_size) {
    const auto context = showing(leaf()).made();
    const buffer keys = pattern(47);
    scripted_events events(role::server);
    spi::handle<spi::engine> engine;

    const status bad =
        context->make_engine({.side = role::server, .ticket_keys = keys}, events, engine);

    EXPECT_EQ(bad.code, errc::invalid_argument);
    EXPECT_FALSE(engine);
}

TEST(make_engine, refuses_a_server_name_that_cannot_be_sent) {
    const auto context = trusting().made();
    for (const std::string& name : {std::string(256, 'a'), std::string("a\0b", 3)}) {
        scripted_events events;
        spi::handle<spi::engine> engine;

        const status bad = context->make_engine({.server_name = name}, events, engine);

        EXPECT_EQ(bad.code, errc::bad_server_name);
        EXPECT_FALSE(engine);
    }
}

TEST(make_engine, refuses_a_list_of_protocols_that_is_not_well_formed) {
    const auto context = showing(leaf()).made();
    const protocol_list torn(as_bytes("\x05h2"));
    for (const role side : {role::client, role::server}) {
        scripted_events events(side);
        spi::handle<spi::engine> engine;

        EXPECT_EQ(context->make_engine({.side = side, .protocols = torn}, events, engine).code,
                  errc::bad_protocol_list);
        EXPECT_FALSE(engine);
        EXPECT_EQ(context->make_engine({.side = side, .next_protocols = torn}, events, engine).code,
                  errc::bad_protocol_list);
        EXPECT_FALSE(engine);
    }
}

TEST(make_engine, makes_engines_that_may_end_before_they_begin) {
    const auto context = showing(leaf()).made();
    link link;

    link.open(*context, *context);
    link.client.engine.reset();
    link.server.engine.reset();

    EXPECT_EQ(link.client.events.judgements, 0);
}

}  // namespace
}  // namespace polytls::contract
