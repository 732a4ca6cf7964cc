#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::openssl {
namespace {

class sessions : public testing::TestWithParam<protocol_version> {
protected:
    context_recipe recipe() const { return showing(leaf(), only(GetParam())); }

    /// Runs a connection far enough for the client to have heard of its sessions.
    void run(link& over, const spi::context& client_context, const spi::context& server_context) {
        over.run(client_context, server_context);
        if (over.both_complete()) {
            static_cast<void>(over.read(over.client));
        }
    }

    /// A session of a first connection.
    buffer first_session(const spi::context& both) {
        link first;
        run(first, both, both);
        return first.client.events.sessions.empty() ? buffer{}
                                                    : first.client.events.sessions.back();
    }
};

INSTANTIATE_TEST_SUITE_P(version,
                         sessions,
                         testing::Values(protocol_version::tls1_2, protocol_version::tls1_3),
                         [](const auto& version) {
                             return version.param == protocol_version::tls1_2 ? "tls1_2" : "tls1_3";
                         });

TEST_P(sessions, are_told_to_the_client_alone) {
    const auto context = recipe().made();
    link link;

    run(link, *context, *context);

    EXPECT_EQ(link.client.events.sessions.size(), GetParam() == protocol_version::tls1_3 ? 2U : 1U);
    EXPECT_TRUE(link.server.events.sessions.empty());
}

TEST_P(sessions, resume_with_the_note_kept_in_their_ticket) {
    const auto context = recipe().made();
    const buffer session = first_session(*context);
    link second;
    second.client.config.session = session;

    run(second, *context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.client.engine->facts().resumed);
    EXPECT_TRUE(second.server.engine->facts().resumed);
    EXPECT_THAT(second.server.events.notes_given, testing::ElementsAre(text("nnnn")));
    EXPECT_EQ(second.client.events.judgements, 0);
}

TEST_P(sessions, that_the_server_refuses_become_full_handshakes) {
    const auto context = recipe().made();
    const buffer session = first_session(*context);
    link second;
    second.client.config.session = session;
    second.server.events.resumes = false;

    run(second, *context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.client.engine->facts().resumed);
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_EQ(second.client.events.judgements, 1);
    EXPECT_FALSE(second.client.events.sessions.empty());
}

TEST_P(sessions, without_a_note_are_not_resumed) {
    const auto context = recipe().made();
    link first;
    first.server.events.note.clear();
    run(first, *context, *context);
    ASSERT_FALSE(first.client.events.sessions.empty());
    link second;
    second.client.config.session = first.client.events.sessions.back();

    run(second, *context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_TRUE(second.server.events.notes_given.empty());
}

TEST_P(sessions, may_carry_a_note_of_64_bytes) {
    const auto context = recipe().made();
    link first;
    first.server.events.note = pattern(64);
    run(first, *context, *context);
    ASSERT_FALSE(first.client.events.sessions.empty());
    link second;
    second.client.config.session = first.client.events.sessions.back();

    run(second, *context, *context);

    EXPECT_THAT(second.server.events.notes_given, testing::ElementsAre(pattern(64)));
}

TEST_P(sessions, resume_with_client_certificates_and_keep_the_leaf) {
    const auto context = recipe().made();
    link first;
    first.server.config.peer = spi::peer_certificate::required;
    run(first, *context, *context);
    ASSERT_FALSE(first.client.events.sessions.empty());
    link second;
    second.server.config.peer = spi::peer_certificate::required;
    second.client.config.session = first.client.events.sessions.back();
    buffer room(20000);
    span_sink sink(room);

    run(second, *context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.server.engine->facts().resumed);
    EXPECT_EQ(second.server.events.judgements, 0);
    EXPECT_FALSE(second.server.engine->peer_certificates(sink));
    EXPECT_EQ(buffer(sink.written().begin(), sink.written().end()), leaf().der());
}

TEST_P(sessions, of_an_engine_released_without_close_notify_can_be_resumed) {
    const auto context = recipe().made();
    buffer session;
    {
        link first;
        run(first, *context, *context);
        session = first.client.events.sessions.back();
        first.write(first.client, text("x"));
    }
    link second;
    second.client.config.session = session;

    run(second, *context, *context);

    EXPECT_TRUE(second.client.engine->facts().resumed);
}

TEST_P(sessions, of_another_id_context_are_not_resumed) {
    context_recipe one = recipe();
    context_recipe other = recipe();
    const buffer name = text("other");
    other.session.id_context = name;
    const auto context = one.made();
    const auto another = other.made();
    const buffer session = first_session(*context);
    link second;
    second.client.config.session = session;

    run(second, *context, *another);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
}

TEST_P(sessions, are_not_issued_with_tickets_off) {
    context_recipe off = recipe();
    off.session.tickets = false;
    const auto without = off.made();
    const auto with = recipe().made();
    link link;

    run(link, *with, *without);

    ASSERT_TRUE(link.both_complete());
    EXPECT_TRUE(link.client.events.sessions.empty());
    EXPECT_EQ(link.server.events.notes_asked, 0);
}

TEST_P(sessions, are_neither_accepted_with_tickets_off) {
    context_recipe off = recipe();
    off.session.tickets = false;
    const auto without = off.made();
    const auto with = recipe().made();
    const buffer session = first_session(*with);
    link second;
    second.client.config.session = session;

    run(second, *with, *without);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_TRUE(second.server.events.notes_given.empty());
}

TEST_P(sessions, are_offered_by_a_client_whose_own_tickets_are_off) {
    context_recipe off = recipe();
    off.session.tickets = false;
    const auto without = off.made();
    const auto with = recipe().made();
    link first;
    run(first, *without, *with);
    ASSERT_FALSE(first.client.events.sessions.empty());
    link second;
    second.client.config.session = first.client.events.sessions.back();

    run(second, *without, *with);

    EXPECT_TRUE(second.server.engine->facts().resumed);
}

TEST_P(sessions, that_are_refused_do_not_matter_with_one_byte_at_a_time) {
    const auto context = recipe().made();
    const auto stranger = recipe().made();
    const buffer session = first_session(*stranger);
    link second(1);
    second.client.config.session = session;
    second.server.events.leaves_errors_behind = true;
    second.client.events.leaves_errors_behind = true;

    run(second, *context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_TRUE(second.server.events.notes_given.empty());
}

TEST_P(sessions, resumed_without_a_key_exchange_name_no_group) {
    const auto context = recipe().made();
    const buffer session = first_session(*context);
    link second;
    second.client.config.session = session;

    run(second, *context, *context);

    ASSERT_TRUE(second.client.engine->facts().resumed);
    // RFC 5246 has no key exchange in an abbreviated handshake; RFC 8446 has one.
    const named_group expected =
        GetParam() == protocol_version::tls1_3 ? named_group::x25519 : named_group::none;
    EXPECT_EQ(second.client.engine->facts().group, expected);
    EXPECT_EQ(second.server.engine->facts().group, expected);
}

TEST_P(sessions, that_cannot_be_read_are_bad) {
    const auto context = recipe().made();
    buffer cut = first_session(*context);
    buffer longer = cut;
    longer.push_back(0);
    cut.pop_back();
    for (const buffer& blob : {cut, longer, text("not a session")}) {
        scripted_events events;
        spi::handle<spi::engine> engine;

        const status bad = context->make_engine({.session = blob}, events, engine);

        EXPECT_EQ(bad.code, errc::bad_session);
        EXPECT_FALSE(engine);
    }
}

TEST(session, of_another_version_leads_to_a_full_handshake) {
    const auto old = showing(leaf(), only(protocol_version::tls1_2)).made();
    const auto recent = showing(leaf(), only(protocol_version::tls1_3)).made();
    link first;
    first.run(*old, *old);
    link second;
    second.client.config.session = first.client.events.sessions.back();

    second.run(*recent, *recent);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.client.engine->facts().resumed);
}

}  // namespace
}  // namespace polytls::openssl
