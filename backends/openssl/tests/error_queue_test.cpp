#include "link.hpp"

#include <polytls/openssl/backend.hpp>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <array>

/// OpenSSL keeps its errors in a queue of the thread's: what stands in it from before is taken for
/// the next call's error, and what is left in it for whoever comes after.
namespace polytls::contract {
namespace {

void expect_empty_queue() {
    EXPECT_EQ(ERR_peek_error(), 0U) << "left in the thread's queue";
}

/// What careless programs do on hearing of anything.
void leave_an_error_behind() {
    ERR_raise(ERR_LIB_USER, 1);
}

class error_queue : public over_versions {
protected:
    void SetUp() override {
        ERR_clear_error();
        link_.after_each_call = expect_empty_queue;
    }

    link link_;
};

POLYTLS_RUN_OVER(error_queue, versions());

TEST_P(error_queue, is_left_empty_by_a_whole_connection) {
    const auto context = showing(leaf(), range()).made();
    link_.server.config.peer = spi::peer_certificate::required;

    link_.run(*context, *context);
    link_.write(link_.client, pattern(20000));
    EXPECT_EQ(link_.read(link_.server), pattern(20000));
    link_.close(link_.client);
    static_cast<void>(link_.read(link_.server));

    EXPECT_EQ(link_.server.error.code, errc::closed);
}

TEST_P(error_queue, is_left_empty_by_connections_that_fail) {
    const auto context = showing(leaf(), range()).made();
    link_.client.events.judgement = {.accept = false, .alert = alert_description::unknown_ca};

    link_.run(*context, *context);

    EXPECT_EQ(link_.client.error.code, errc::not_authorized);
}

TEST_P(error_queue, does_not_matter_to_a_connection_when_others_left_something_in_it) {
    const auto context = showing(leaf(), range()).made();
    link link(1);
    link.client.events.meanwhile = leave_an_error_behind;
    link.server.events.meanwhile = leave_an_error_behind;
    link.after_each_call = leave_an_error_behind;
    link.server.config.peer = spi::peer_certificate::required;

    link.run(*context, *context);

    EXPECT_TRUE(link.both_complete());
    ERR_clear_error();
}

TEST_P(error_queue, does_not_matter_to_a_session_that_is_refused) {
    const auto context = showing(leaf(), range()).made();
    const auto stranger = showing(leaf(), range()).made();
    link first;
    first.run(*stranger, *stranger);
    ASSERT_FALSE(first.client.events.sessions.empty());
    link second(1);
    second.client.config.session = first.client.events.sessions.back();
    second.client.events.meanwhile = leave_an_error_behind;
    second.server.events.meanwhile = leave_an_error_behind;

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
    ERR_clear_error();
}

TEST(error_queue, is_left_empty_by_contexts_that_cannot_be_made) {
    context_recipe bad_chain = showing(leaf());
    bad_chain.chains.push_back({text("junk")});
    context_recipe bad_key = showing(leaf());
    bad_key.keys = {"junk"};
    context_recipe other_key = showing(leaf());
    other_key.keys = {root().key_pem()};
    context_recipe bad_anchor = showing(leaf());
    bad_anchor.anchors = {text("junk")};
    context_recipe bad_list = showing(leaf());
    bad_list.crls = {text("junk")};
    context_recipe weak = showing(root().issue({.sha1 = true}));
    context_recipe bad_suites = showing(leaf());
    bad_suites.suites = {cipher_suite_id{0xfafa}};
    context_recipe bad_parameters = showing(leaf());
    bad_parameters.dh_parameters = text("junk");

    for (const context_recipe* one : {&bad_chain, &bad_key, &other_key, &bad_anchor, &bad_list,
                                      &weak, &bad_suites, &bad_parameters}) {
        EXPECT_NE(make(*one).code, errc::ok);
        expect_empty_queue();
    }
}

TEST(error_queue, is_left_empty_by_anchors_that_are_passed_over) {
    const buffer der = root().certificate_der();
    const std::array<bytes, 2> anchors{as_bytes("junk"), bytes(der)};
    spi::handle<spi::anchor_set> set;

    EXPECT_EQ(the_backend().make_anchor_set(anchors, set).code, errc::ok);
    expect_empty_queue();
    EXPECT_EQ(the_backend().make_anchor_set(std::span(anchors).first(1), set).code,
              errc::no_root_certificates);
    expect_empty_queue();
}

TEST(error_queue, is_left_empty_by_digests_and_files) {
    std::array<std::uint8_t, 8> room{};

    EXPECT_EQ(the_backend().digest(spi::digest_algorithm::sha1, {}, room), 0U);
    expect_empty_queue();
    const auto context = showing(leaf()).made();
    scripted_events events;
    spi::handle<spi::engine> engine;
    EXPECT_EQ(context->make_engine({.session = as_bytes("junk")}, events, engine).code,
              errc::bad_session);
    expect_empty_queue();
}

}  // namespace
}  // namespace polytls::contract
