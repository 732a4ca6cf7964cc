#include "session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::contract {
namespace {

/// Sessions that travel in tickets.
class ticket : public over_sessions {};

POLYTLS_RUN_OVER(ticket, versions_with(feature::session_tickets));

TEST_P(ticket, is_told_to_the_client_alone) {
    const auto context = recipe().made();
    link link;

    link.run(*context, *context);

    ASSERT_TRUE(link.both_complete());
    EXPECT_FALSE(link.client.events.sessions.empty());
    EXPECT_GE(link.server.events.notes_asked, 1);
    EXPECT_TRUE(link.server.events.sessions.empty());
    EXPECT_TRUE(link.server.events.stored.empty());
}

TEST_P(ticket, is_held_by_the_client_and_not_by_the_server) {
    const auto context = recipe().made();
    link link;

    link.run(*context, *context);

    EXPECT_FALSE(link.client.engine->session_ticket().empty());
    EXPECT_EQ(copy_of(link.client.engine->session_ticket()),
              copy_of(link.client.engine->session_ticket()));
}

TEST_P(ticket, resumes_with_the_note_kept_in_it) {
    const auto context = recipe().made();
    link second = resuming(first_session(*context));

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.client.engine->facts().resumed);
    EXPECT_TRUE(second.server.engine->facts().resumed);
    EXPECT_THAT(second.server.events.notes_given, testing::ElementsAre(text("nnnn")));
    EXPECT_EQ(second.client.engine->facts().version, GetParam());
    EXPECT_EQ(second.client.engine->facts().cipher_suite,
              second.server.engine->facts().cipher_suite);
}

TEST_P(ticket, resumes_without_another_judgement) {
    const auto context = recipe().made();
    link second = resuming(first_session(*context));
    second.client.events.judgement = {.accept = false, .alert = alert_description::unknown_ca};

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_EQ(second.client.events.judgements, 0);
    EXPECT_EQ(second.server.events.judgements, 0);
}

TEST_P(ticket, resumes_byte_by_byte_and_carries_data) {
    const auto context = recipe().made();
    link second(1, 1);
    const buffer session = first_session(*context);
    second.client.config.session = session;

    second.run(*context, *context);
    second.write(second.client, text("again"));

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.server.engine->facts().resumed);
    EXPECT_EQ(second.read(second.server), text("again"));
}

TEST_P(ticket, that_was_resumed_leads_to_another) {
    const auto context = recipe().made();
    buffer session = first_session(*context);
    for (int i = 0; i < 3; ++i) {
        link next = resuming(session);
        next.run(*context, *context);

        ASSERT_TRUE(next.server.engine->facts().resumed) << i;
        if (!next.client.events.sessions.empty()) {
            session = next.client.events.sessions.back();
        }
    }
}

TEST_P(ticket, that_the_server_refuses_becomes_a_full_handshake) {
    const auto context = recipe().made();
    link second = resuming(first_session(*context));
    second.server.events.resumes = false;

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.client.engine->facts().resumed);
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_THAT(second.server.events.notes_given, testing::Each(text("nnnn")));
    EXPECT_EQ(second.client.events.judgements, 1);
    // A server may issue another at once, or wait until it is asked (RFC 5077, section 3.3).
    EXPECT_TRUE(!tls1_3() || !second.client.events.sessions.empty());
}

TEST_P(ticket, without_a_note_is_not_resumed) {
    const auto context = recipe().made();
    link first;
    first.server.events.note.clear();
    first.run(*context, *context);
    ASSERT_TRUE(first.both_complete());
    link second;
    if (!first.client.events.sessions.empty()) {
        second.client.config.session = first.client.events.sessions.back();
    }

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_TRUE(second.server.events.notes_given.empty());
}

TEST_P(ticket, may_carry_a_note_of_any_size_up_to_64_bytes) {
    const auto context = recipe().made();
    for (const std::size_t size : {1U, 16U, 32U, 63U, 64U}) {
        link first;
        first.server.events.note = pattern(size);
        first.run(*context, *context);
        ASSERT_FALSE(first.client.events.sessions.empty());
        link second = resuming(first.client.events.sessions.back());

        second.run(*context, *context);

        EXPECT_THAT(second.server.events.notes_given, testing::ElementsAre(pattern(size)));
    }
}

TEST_P(ticket, resumes_where_client_certificates_are_asked_for) {
    const auto context = recipe().made();
    link first;
    first.server.config.peer = spi::peer_certificate::required;
    first.run(*context, *context);
    ASSERT_FALSE(first.client.events.sessions.empty());
    link second = resuming(first.client.events.sessions.back());
    second.server.config.peer = spi::peer_certificate::required;

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.server.engine->facts().resumed);
    EXPECT_EQ(second.server.events.judgements, 0);
    // As far as the library still has it.
    const buffer kept = peer_certificates(second.server);
    EXPECT_TRUE(kept.empty() || kept == leaf().certificate_der());
}

TEST_P(ticket, of_an_engine_that_ended_without_close_notify_can_be_resumed) {
    const auto context = recipe().made();
    buffer session;
    {
        link first;
        first.run(*context, *context);
        ASSERT_FALSE(first.client.events.sessions.empty());
        session = first.client.events.sessions.back();
        first.write(first.client, text("x"));
    }
    link second = resuming(session);

    second.run(*context, *context);

    EXPECT_TRUE(second.client.engine->facts().resumed);
}

TEST_P(ticket, of_another_id_context_is_not_resumed) {
    context_recipe other = recipe();
    const buffer name = text("other");
    const buffer keys = pattern(48);
    other.session.id_context = name;
    other.session.ticket_keys = keys;
    context_recipe one = recipe();
    one.session.ticket_keys = keys;
    const auto context = one.made();
    const auto another = other.made();
    link second = resuming(first_session(*context));

    second.run(*context, *another);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
}

TEST_P(ticket, of_other_keys_is_not_resumed) {
    const auto context = recipe().made();
    const auto stranger = recipe().made();
    for (const std::size_t step : {unlimited, std::size_t{1}}) {
        const buffer session = first_session(*stranger);
        link second(step);
        second.client.config.session = session;

        second.run(*context, *context);

        ASSERT_TRUE(second.both_complete());
        EXPECT_FALSE(second.server.engine->facts().resumed);
        EXPECT_FALSE(second.client.engine->facts().resumed);
        EXPECT_TRUE(second.server.events.notes_given.empty());
    }
}

TEST_P(ticket, is_not_issued_with_tickets_off) {
    context_recipe off = recipe();
    off.session.tickets = false;
    const auto without = off.made();
    const auto with = recipe().made();
    link link;

    link.run(*with, *without);

    ASSERT_TRUE(link.both_complete());
    EXPECT_TRUE(link.client.events.sessions.empty());
    EXPECT_TRUE(link.client.engine->session_ticket().empty());
    EXPECT_EQ(link.server.events.notes_asked, 0);
}

TEST_P(ticket, is_not_accepted_with_tickets_off) {
    const buffer keys = pattern(48);
    context_recipe on = recipe();
    on.session.ticket_keys = keys;
    context_recipe off = on;
    off.session.tickets = false;
    const auto without = off.made();
    const auto with = on.made();
    link second = resuming(first_session(*with));

    second.run(*with, *without);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_TRUE(second.server.events.notes_given.empty());
}

TEST_P(ticket, is_offered_by_a_client_whose_own_tickets_are_off) {
    context_recipe off = recipe();
    off.session.tickets = false;
    const auto without = off.made();
    const auto with = recipe().made();
    link first;
    first.run(*without, *with);
    ASSERT_FALSE(first.client.events.sessions.empty());
    link second = resuming(first.client.events.sessions.back());

    second.run(*without, *with);

    EXPECT_TRUE(second.server.engine->facts().resumed);
}

TEST_P(ticket, resumed_without_a_key_exchange_names_no_group) {
    const auto context = recipe().made();
    link second = resuming(first_session(*context));

    second.run(*context, *context);

    ASSERT_TRUE(second.client.engine->facts().resumed);
    // RFC 5246 has no key exchange in an abbreviated handshake; RFC 8446 has one.
    const bool none = !tls1_3() || !has(feature::ephemeral_key);
    EXPECT_EQ(second.client.engine->facts().group == named_group::none, none);
    EXPECT_EQ(second.client.engine->facts().group, second.server.engine->facts().group);
}

TEST_P(ticket, of_another_version_leads_to_a_full_handshake) {
    for (const protocol_version other : versions()) {
        const auto first_context = recipe().made();
        const auto context = showing(leaf(), only(other)).made();
        link second = resuming(first_session(*first_context));

        second.run(*context, *context);

        ASSERT_TRUE(second.both_complete());
        EXPECT_EQ(second.client.engine->facts().version, other);
        EXPECT_EQ(second.client.events.judgements, 1);
    }
}

TEST_P(ticket, changed_on_the_way_is_not_resumed) {
    const auto context = recipe().made();
    link first;
    first.run(*context, *context);
    ASSERT_FALSE(first.client.events.sessions.empty());
    const buffer sound = first.client.events.sessions.back();
    const buffer carried = copy_of(first.client.engine->session_ticket());
    // The ticket lies in the session as it came, where it can be changed.
    const auto place = std::search(sound.begin(), sound.end(), carried.begin(), carried.end());
    ASSERT_NE(place, sound.end()) << "the session does not hold its ticket";
    for (std::size_t at = 0; at < carried.size(); at += 11) {
        buffer changed = sound;
        changed[static_cast<std::size_t>(place - sound.begin()) + at] ^= 0x10U;
        link second = resuming(changed);

        second.run(*context, *context);

        ASSERT_TRUE(second.both_complete()) << at;
        EXPECT_FALSE(second.server.engine->facts().resumed) << at;
        EXPECT_TRUE(second.server.events.notes_given.empty()) << at;
    }
}

/// What a client is given as a session that is none, or no longer one.
class session_blob : public over_sessions {
protected:
    status make_client(const spi::context& context, bytes blob) {
        scripted_events events;
        spi::handle<spi::engine> engine;
        const status result = context.make_engine({.session = blob}, events, engine);
        EXPECT_EQ(engine == nullptr, static_cast<bool>(result));
        return result;
    }
};

POLYTLS_RUN_OVER(session_blob, versions_with(feature::session_tickets));

TEST_P(session_blob, that_is_none_is_bad) {
    const auto context = recipe().made();
    buffer longer = first_session(*context);
    longer.push_back(0);
    const buffer zeros(200, 0);
    const buffer ones(200, 0xff);

    for (const buffer& blob : {longer, text("not a session"), zeros, ones, leaf().certificate_der(),
                               text("0"), text("{\"session\":1}")}) {
        EXPECT_EQ(make_client(*context, blob).code, errc::bad_session);
    }
}

TEST_P(session_blob, that_was_cut_is_bad_wherever_that_was) {
    const auto context = recipe().made();
    const buffer whole = first_session(*context);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        EXPECT_EQ(make_client(*context, bytes(whole).first(size)).code, errc::bad_session) << size;
    }
}

TEST_P(session_blob, with_any_bit_changed_never_breaks_more_than_its_own_connection) {
    const auto context = recipe().made();
    const buffer whole = first_session(*context);
    for (std::size_t at = 0; at < whole.size(); at += 5) {
        buffer changed = whole;
        changed[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
        if (make_client(*context, changed)) {
            continue;
        }
        link second = resuming(changed);

        second.run(*context, *context);

        if (second.both_complete()) {
            EXPECT_EQ(second.client.engine->facts().resumed, second.server.engine->facts().resumed);
            second.write(second.client, text("x"));
            EXPECT_EQ(second.read(second.server), text("x"));
        } else {
            EXPECT_TRUE(second.client.error || second.server.error) << at;
        }
    }
}

}  // namespace
}  // namespace polytls::contract
