#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

namespace polytls::contract {
namespace {

class handshake : public over_versions {
protected:
    spi::handle<spi::context> context_ = showing(leaf(), range()).made();
};

POLYTLS_RUN_OVER(handshake, versions());

TEST_P(handshake, agrees_on_the_same_at_both_ends) {
    link link;

    link.run(*context_, *context_);

    ASSERT_TRUE(link.both_complete());
    const spi::negotiated ours = link.client.engine->facts();
    const spi::negotiated theirs = link.server.engine->facts();
    EXPECT_EQ(ours.version, GetParam());
    EXPECT_EQ(theirs.version, GetParam());
    EXPECT_EQ(ours.cipher_suite, theirs.cipher_suite);
    EXPECT_EQ(ours.group, theirs.group);
    EXPECT_FALSE(ours.resumed);
    EXPECT_FALSE(theirs.resumed);
}

TEST_P(handshake, begins_with_the_clients_hello) {
    link link;
    link.open(*context_, *context_);

    ASSERT_FALSE(link.client.sent_bytes.empty());
    EXPECT_EQ(link.client.sent_bytes.front(), 22);
    EXPECT_TRUE(link.server.sent_bytes.empty());
}

TEST_P(handshake, asks_for_input_as_long_as_there_is_none) {
    link link;
    link.open(*context_, *context_);
    buffer out(65536);
    span_sink sink(out);
    for (end* one : {&link.client, &link.server}) {
        const progress step = one->engine->handshake({}, sink);

        EXPECT_EQ(step.next, want::input);
        EXPECT_EQ(step.consumed, 0U);
        EXPECT_EQ(step.error.code, errc::ok);
    }
    EXPECT_TRUE(sink.written().empty());
}

TEST_P(handshake, may_hear_every_byte_alone) {
    link link(1);
    link.server.config.peer = spi::peer_certificate::required;

    link.run(*context_, *context_);
    link.write(link.client, text("question"));

    EXPECT_TRUE(link.both_complete());
    EXPECT_EQ(link.read(link.server), text("question"));
}

TEST_P(handshake, may_hear_pieces_of_any_size) {
    for (const std::size_t step : {2U, 3U, 5U, 7U, 64U, 100U, 1000U}) {
        link link(step);

        link.run(*context_, *context_);

        EXPECT_TRUE(link.both_complete()) << step;
    }
}

TEST_P(handshake, fills_a_sink_with_little_room_again_and_again) {
    for (const std::size_t room : {1U, 7U, 100U, 5000U}) {
        link link(unlimited, room);

        link.run(*context_, *context_);

        EXPECT_TRUE(link.both_complete()) << room;
    }
}

TEST_P(handshake, waits_for_a_sink_without_room) {
    link link;
    link.open(*context_, *context_);
    span_sink nothing({});
    bytes input = link.server.inbox;

    const progress first = link.server.engine->handshake(input, nothing);
    input = input.subspan(first.consumed);
    const progress second = link.server.engine->handshake(input, nothing);
    link.server.inbox = copy_of(input.subspan(second.consumed));
    link.handshake();

    EXPECT_EQ(first.next, want::output);
    EXPECT_EQ(first.error.code, errc::ok);
    EXPECT_EQ(second.next, want::output);
    EXPECT_TRUE(link.both_complete());
}

TEST_P(handshake, is_not_disturbed_by_what_the_program_does_when_it_is_told_of_something) {
    const auto other_context = showing(leaf(), range()).made();
    link outer;
    outer.server.config.peer = spi::peer_certificate::required;
    const auto another = [&other_context] {
        link inner;
        inner.run(*other_context, *other_context);
        EXPECT_TRUE(inner.both_complete());
    };
    outer.client.events.meanwhile = another;
    outer.server.events.meanwhile = another;

    outer.run(*context_, *context_);

    EXPECT_TRUE(outer.both_complete());
}

TEST_P(handshake, may_be_given_up_at_any_point) {
    for (std::size_t turns = 0; turns < 12; ++turns) {
        link link(300);
        link.open(*context_, *context_);

        for (std::size_t turn = 0; turn < turns; ++turn) {
            static_cast<void>(link.advance(turn % 2 == 0 ? link.client : link.server));
        }
        link.client.engine.reset();
        link.server.engine.reset();

        EXPECT_EQ(link.client.error.code, errc::ok);
    }
}

TEST_P(handshake, of_one_context_may_be_shaken_on_many_threads) {
    std::vector<int> complete(4);
    std::vector<std::thread> threads;
    threads.reserve(complete.size());
    for (int& count : complete) {
        threads.emplace_back([this, &count] {
            for (int i = 0; i < 5; ++i) {
                link link;
                link.server.config.peer = spi::peer_certificate::required;
                link.run(*context_, *context_);
                count += link.both_complete() ? 1 : 0;
            }
        });
    }
    for (std::thread& one : threads) {
        one.join();
    }

    EXPECT_THAT(complete, testing::Each(5));
}

TEST_P(handshake, lets_buffers_be_released_at_any_time) {
    link link;
    link.open(*context_, *context_);
    link.client.engine->release_buffers();
    static_cast<void>(link.advance(link.client));
    link.client.engine->release_buffers();
    link.server.engine->release_buffers();
    link.handshake();

    for (int i = 0; i < 3; ++i) {
        link.client.engine->release_buffers();
        link.server.engine->release_buffers();
        link.write(link.client, pattern(3000));
        EXPECT_EQ(link.read(link.server, 1000), pattern(3000));
    }
}

TEST_P(handshake, gives_the_peers_certificates_leaf_first_at_both_ends) {
    const credential issuer = root().issue({.common_name = "intermediate", .ca = true});
    const credential who = issuer.issue({});
    context_recipe recipe = showing(who, range());
    recipe.chains.front().push_back(issuer.certificate_der());
    const auto own = recipe.made();
    link link;
    link.server.config.peer = spi::peer_certificate::required;

    link.run(*own, *own);

    EXPECT_EQ(peer_certificates(link.client), joined({who, issuer}));
    EXPECT_EQ(peer_certificates(link.server), joined({who, issuer}));
}

TEST_P(handshake, gives_no_certificates_of_a_peer_that_sent_none) {
    link link;

    link.run(*context_, *context_);

    ASSERT_TRUE(link.both_complete());
    EXPECT_TRUE(peer_certificates(link.server).empty());
}

TEST_P(handshake, says_so_where_the_sink_has_no_room_for_the_certificates) {
    link link;
    link.run(*context_, *context_);
    buffer room(leaf().certificate_der().size() - 1);
    span_sink sink(room);

    EXPECT_EQ(link.client.engine->peer_certificates(sink).code, errc::no_memory);
}

TEST_P(handshake, sends_only_the_chain_that_was_given) {
    const credential issuer = root().issue({.common_name = "intermediate", .ca = true});
    context_recipe recipe = showing(issuer.issue({}), range());
    recipe.anchors.push_back(issuer.certificate_der());
    const auto own = recipe.made();
    link link;

    link.run(*own, *own);

    EXPECT_EQ(link.client.events.sent, 1U);
    EXPECT_EQ(peer_certificates(link.client).size(), recipe.chains.front().front().size());
}

TEST_P(handshake, keeps_the_server_name_and_all_that_comes_with_it_out_unless_asked) {
    link link;

    link.run(*context_, *context_);

    EXPECT_TRUE(link.client.engine->application_protocol().empty());
    EXPECT_TRUE(link.client.engine->next_protocol().empty());
    EXPECT_TRUE(link.client.engine->ocsp_response().empty());
    EXPECT_TRUE(link.server.engine->application_protocol().empty());
    EXPECT_TRUE(link.server.engine->next_protocol().empty());
    EXPECT_TRUE(link.client.events.key_lines.empty());
    EXPECT_TRUE(link.server.events.stored.empty());
    EXPECT_EQ(link.client.events.renegotiations_by_peer, 0);
}

}  // namespace
}  // namespace polytls::contract
