#include "session.hpp"

#include <polytls/core/ticket_keys.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::contract {
namespace {

/// Sessions that the server keeps: what the client holds is their name.
class session_store : public over_sessions {
protected:
    struct kept {
        buffer client;  ///< What the client was told.
        buffer id;
        buffer server;  ///< What the server is to keep.
    };

    /// A first connection of a server that keeps its sessions.
    static kept first_kept(const spi::context& both,
                           spi::peer_certificate peer = spi::peer_certificate::not_requested) {
        link first;
        first.server.config.keeps_sessions = true;
        first.server.config.peer = peer;
        first.run(both, both);
        if (first.client.events.sessions.empty() || first.server.events.stored.empty()) {
            ADD_FAILURE() << "no session was told";
            return {};
        }
        const auto& [id, session] = first.server.events.stored.back();
        return {first.client.events.sessions.back(), id, session};
    }

    /// A second connection, whose server found `found` for what its client asks.
    link asking(const kept& of, const buffer& found) {
        found_ = found;
        link second = resuming(of.client);
        second.server.config.keeps_sessions = true;
        second.server.config.session = found_;
        return second;
    }

    buffer found_{};
};

POLYTLS_RUN_OVER(session_store, versions_with(feature::session_store));

TEST_P(session_store, is_told_of_each_session_with_its_id) {
    const auto context = recipe().made();
    link link;
    link.server.config.keeps_sessions = true;

    link.run(*context, *context);

    ASSERT_FALSE(link.server.events.stored.empty());
    for (const auto& [id, session] : link.server.events.stored) {
        EXPECT_FALSE(id.empty());
        EXPECT_LE(id.size(), 32U);
        EXPECT_FALSE(session.empty());
    }
}

TEST_P(session_store, is_told_of_none_where_none_is_kept) {
    const auto context = recipe().made();
    link link;

    link.run(*context, *context);

    EXPECT_TRUE(link.server.events.stored.empty());
}

TEST_P(session_store, has_its_ids_on_the_wire) {
    const auto context = recipe().made();
    const kept session = first_kept(*context);
    link second = asking(session, session.server);

    second.run(*context, *context);

    const buffer& hello = second.client.sent_bytes;
    const auto place =
        std::search(hello.begin(), hello.end(), session.id.begin(), session.id.end());
    EXPECT_NE(place, hello.end()) << "the client does not ask for the session by its id";
}

TEST_P(session_store, resumes_what_it_finds) {
    const auto context = recipe().made();
    const kept session = first_kept(*context);
    link second = asking(session, session.server);

    second.run(*context, *context);
    second.write(second.client, text("again"));

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.client.engine->facts().resumed);
    EXPECT_TRUE(second.server.engine->facts().resumed);
    EXPECT_EQ(second.client.events.judgements, 0);
    EXPECT_EQ(second.read(second.server), text("again"));
}

TEST_P(session_store, resumes_in_another_context_of_the_same_configuration) {
    const auto context = recipe().made();
    const auto another = recipe().made();
    const kept session = first_kept(*context);
    link second = asking(session, session.server);

    second.run(*context, *another);

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.server.engine->facts().resumed);
}

TEST_P(session_store, resumes_where_client_certificates_are_asked_for) {
    const auto context = recipe().made();
    const kept session = first_kept(*context, spi::peer_certificate::required);
    link second = asking(session, session.server);
    second.server.config.peer = spi::peer_certificate::required;

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.server.engine->facts().resumed);
    EXPECT_EQ(second.server.events.judgements, 0);
}

TEST_P(session_store, that_finds_nothing_leads_to_a_full_handshake) {
    const auto context = recipe().made();
    const kept session = first_kept(*context);
    link second = asking(session, {});

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.client.engine->facts().resumed);
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_EQ(second.client.events.judgements, 1);
    EXPECT_FALSE(second.server.events.stored.empty()) << "there is a new session to keep";
}

TEST_P(session_store, that_gives_another_session_leads_to_a_full_handshake) {
    const auto context = recipe().made();
    const kept asked_for = first_kept(*context);
    const kept other = first_kept(*context);
    link second = asking(asked_for, other.server);

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
}

TEST_P(session_store, that_gives_what_is_no_session_leads_to_a_full_handshake) {
    const auto context = recipe().made();
    const kept session = first_kept(*context);
    buffer cut = session.server;
    cut.pop_back();
    buffer longer = session.server;
    longer.push_back(0);
    for (const buffer& found : {text("junk"), cut, longer, buffer(100, 0xff)}) {
        link second = asking(session, found);

        second.run(*context, *context);

        ASSERT_TRUE(second.both_complete());
        EXPECT_FALSE(second.server.engine->facts().resumed);
    }
}

TEST_P(session_store, of_another_id_context_is_not_resumed) {
    context_recipe other = recipe();
    const buffer name = text("other");
    other.session.id_context = name;
    const auto context = recipe().made();
    const auto another = other.made();
    const kept session = first_kept(*context);
    link second = asking(session, session.server);

    second.run(*context, *another);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
}

TEST_P(session_store, does_not_take_tickets) {
    const auto context = recipe().made();
    if (!has(feature::session_tickets)) {
        return;  // There are none to take.
    }
    link second = resuming(first_session(*context));
    second.server.config.keeps_sessions = true;

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_FALSE(second.server.engine->facts().resumed);
    EXPECT_TRUE(second.server.events.notes_given.empty());
}

TEST_P(session_store, works_with_tickets_off_where_ids_need_none) {
    if (tls1_3()) {
        // There a session is asked for by a ticket or not at all (RFC 8446, section 4.6.1).
        context_recipe off = recipe();
        off.session.tickets = false;
        const auto context = off.made();
        link link;
        link.server.config.keeps_sessions = true;
        link.run(*context, *context);
        ASSERT_TRUE(link.both_complete());
        EXPECT_EQ(link.client.events.sessions.empty(), link.server.events.stored.empty());
        return;
    }
    context_recipe off = recipe();
    off.session.tickets = false;
    const auto context = off.made();
    const kept session = first_kept(*context);
    link second = asking(session, session.server);

    second.run(*context, *context);

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.server.engine->facts().resumed);
}

/// Ticket keys that belong to servers, not to contexts.
class ticket_keys_of_servers : public over_sessions {};

POLYTLS_RUN_OVER(ticket_keys_of_servers, versions_with(feature::shared_ticket_keys));

TEST_P(ticket_keys_of_servers, make_contexts_resume_each_others_sessions) {
    const buffer keys = pattern(48);
    context_recipe sharing = recipe();
    sharing.session.ticket_keys = keys;
    const auto one = sharing.made();
    const auto other = sharing.made();
    link second = resuming(first_session(*one));

    second.run(*one, *other);

    ASSERT_TRUE(second.both_complete());
    EXPECT_TRUE(second.server.engine->facts().resumed);
}

TEST_P(ticket_keys_of_servers, come_before_the_contexts_own) {
    const buffer keys = pattern(48);
    const auto one = recipe().made();
    const auto other = recipe().made();
    link first;
    first.server.config.ticket_keys = keys;
    first.run(*one, *one);
    ASSERT_FALSE(first.client.events.sessions.empty());
    const buffer session = first.client.events.sessions.back();

    link with_them = resuming(session);
    with_them.server.config.ticket_keys = keys;
    with_them.run(*other, *other);
    link without_them = resuming(session);
    without_them.run(*one, *one);

    ASSERT_TRUE(with_them.both_complete());
    EXPECT_TRUE(with_them.server.engine->facts().resumed);
    ASSERT_TRUE(without_them.both_complete());
    EXPECT_FALSE(without_them.server.engine->facts().resumed);
}

TEST_P(ticket_keys_of_servers, are_told_by_their_name) {
    const auto context = recipe().made();
    buffer keys = pattern(48);
    link first;
    first.server.config.ticket_keys = keys;
    first.run(*context, *context);
    const buffer ticket = copy_of(first.client.engine->session_ticket());

    // RFC 5077, section 4: a ticket begins with the name of its keys.
    ASSERT_GE(ticket.size(), 16U);
    EXPECT_TRUE(std::equal(keys.begin(), keys.begin() + 16, ticket.begin()));
}

TEST_P(ticket_keys_of_servers, with_any_part_changed_open_nothing) {
    const auto context = recipe().made();
    const buffer keys = pattern(48);
    link first;
    first.server.config.ticket_keys = keys;
    first.run(*context, *context);
    ASSERT_FALSE(first.client.events.sessions.empty());
    for (const std::size_t at : {std::size_t{0}, ticket_hmac_key_at, ticket_aes_key_at}) {
        buffer changed = keys;
        changed[at] ^= 1U;
        link second = resuming(first.client.events.sessions.back());
        second.server.config.ticket_keys = changed;

        second.run(*context, *context);

        EXPECT_FALSE(second.both_complete() && second.server.engine->facts().resumed) << at;
        EXPECT_TRUE(second.server.events.notes_given.empty()) << at;
        // Tickets that prove genuine and then cannot be read may end the handshake.
        EXPECT_TRUE(second.both_complete() || at == ticket_aes_key_at) << at;
    }
}

}  // namespace
}  // namespace polytls::contract
