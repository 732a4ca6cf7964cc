#include "proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::contract {
namespace {

/// The session that a client is left with; empty where it is left with none.
buffer left_with(const link& over) {
    return over.client.events.sessions.empty() ? buffer{} : over.client.events.sessions.back();
}

void tickets_work() {
    for (const protocol_version version : versions()) {
        const auto context = showing(leaf(), only(version)).made();
        link first;
        first.run(*context, *context);
        const buffer session = left_with(first);
        EXPECT_FALSE(session.empty());
        link second;
        second.client.config.session = session;
        second.run(*context, *context);
        EXPECT_TRUE(second.both_complete() && second.server.engine->facts().resumed);
    }
}

void tickets_denied() {
    for (const protocol_version version : versions()) {
        link link;
        if (shakes_hands(link, version)) {
            EXPECT_TRUE(link.client.events.sessions.empty());
            EXPECT_EQ(link.server.events.notes_asked, 0);
        }
    }
}

void store_works() {
    for (const protocol_version version : versions()) {
        const auto context = showing(leaf(), only(version)).made();
        link first;
        first.server.config.keeps_sessions = true;
        first.run(*context, *context);
        const buffer session = left_with(first);
        EXPECT_FALSE(session.empty());
        EXPECT_FALSE(first.server.events.stored.empty());
        if (first.server.events.stored.empty()) {
            return;
        }
        link second;
        second.client.config.session = session;
        second.server.config.keeps_sessions = true;
        second.server.config.session = first.server.events.stored.back().second;
        second.run(*context, *context);
        EXPECT_TRUE(second.both_complete() && second.server.engine->facts().resumed);
    }
}

void store_refused() {
    expect_denied({.side = role::server, .keeps_sessions = true});
}

void shared_keys_work() {
    const buffer keys = pattern(48);
    for (const protocol_version version : versions()) {
        context_recipe recipe = showing(leaf(), only(version));
        recipe.session.ticket_keys = keys;
        const auto one = recipe.made();
        const auto other = recipe.made();
        link first;
        first.run(*one, *one);
        const buffer session = left_with(first);
        link second;
        second.client.config.session = session;
        second.run(*one, *other);
        EXPECT_TRUE(second.both_complete() && second.server.engine->facts().resumed);
    }
}

void shared_keys_refused() {
    const buffer keys = pattern(48);
    context_recipe recipe = showing(leaf());
    recipe.session.ticket_keys = keys;
    expect_denied(recipe, spi::config_input::session);
    expect_denied({.side = role::server, .ticket_keys = keys});
}

buffer exported(const end& at) {
    buffer made(32);
    EXPECT_EQ(at.engine->export_keying_material("EXPORTER-proof", {}, made).code, errc::ok);
    return made;
}

void exporter_works() {
    for (const protocol_version version : versions()) {
        link link;
        if (shakes_hands(link, version)) {
            EXPECT_EQ(exported(link.client), exported(link.server));
            EXPECT_NE(exported(link.client), buffer(32));
        }
    }
}

void exporter_refused() {
    for (const protocol_version version : versions()) {
        link link;
        if (shakes_hands(link, version)) {
            buffer room(32);
            EXPECT_EQ(link.client.engine->export_keying_material("EXPORTER-proof", {}, room).code,
                      errc::unsupported_by_backend);
        }
    }
}

buffer said(const end& at, spi::finished_by whose) {
    buffer room(64);
    room.resize(at.engine->finished(whose, room));
    return room;
}

void expect_finished(protocol_version version, bool told) {
    link link;
    if (shakes_hands(link, version)) {
        const buffer ours = said(link.client, spi::finished_by::us);
        EXPECT_EQ(ours.empty(), !told);
        EXPECT_EQ(ours, said(link.server, spi::finished_by::peer));
    }
}

void finished_works() {
    for (const protocol_version version : versions()) {
        expect_finished(version, true);
    }
}

void finished_denied() {
    for (const protocol_version version : versions()) {
        expect_finished(version, false);
    }
}

void finished_limited() {
    for (const protocol_version version : versions()) {
        expect_finished(version, version != protocol_version::tls1_3);
    }
}

void expect_key_log(protocol_version version, bool told) {
    link link;
    link.client.config.log_keys = true;
    link.server.config.log_keys = true;
    if (shakes_hands(link, version)) {
        EXPECT_EQ(link.client.events.key_lines.empty(), !told);
        EXPECT_EQ(link.server.events.key_lines.empty(), !told);
    }
}

void key_log_works() {
    for (const protocol_version version : versions()) {
        expect_key_log(version, true);
    }
}

void key_log_refused() {
    expect_denied({.side = role::client, .log_keys = true});
    expect_denied({.side = role::server, .log_keys = true});
}

void key_log_limited() {
    for (const protocol_version version : versions()) {
        expect_key_log(version, version != protocol_version::tls1_3);
    }
}

/// Has a client ask for a response that no library could verify; what it got, where it can tell.
buffer response_sent(protocol_version version, const buffer& response) {
    const buffer certificate = leaf().certificate_der();
    link link;
    link.client.config.request_ocsp = has(feature::ocsp_response);
    link.server.config.staple = {.response = response, .certificate = certificate};
    return shakes_hands(link, version) ? copy_of(link.client.engine->ocsp_response()) : buffer{};
}

void stapling_works() {
    for (const protocol_version version : versions()) {
        const buffer got = response_sent(version, pattern(300));
        if (has(feature::ocsp_response)) {
            EXPECT_EQ(got, pattern(300));
        }
    }
}

void stapling_refused() {
    const buffer response = pattern(300);
    const buffer certificate = leaf().certificate_der();
    expect_denied(
        {.side = role::server, .staple = {.response = response, .certificate = certificate}});
}

void stapling_limited() {
    for (const protocol_version version : versions()) {
        EXPECT_TRUE(response_sent(version, pattern(300)).empty());
    }
}

void response_works() {
    for (const protocol_version version : versions()) {
        link asking;
        asking.client.config.request_ocsp = true;
        if (shakes_hands(asking, version)) {
            EXPECT_TRUE(asking.client.engine->ocsp_response().empty());
        }
        if (level_of(feature::ocsp_stapling) == support::yes) {
            EXPECT_EQ(response_sent(version, pattern(300)), pattern(300));
        }
    }
}

void response_refused() {
    expect_denied({.side = role::client, .request_ocsp = true});
}

constexpr proof proofs[] = {
    {feature::session_tickets, tickets_work, tickets_denied},
    {feature::session_store, store_works, store_refused},
    {feature::shared_ticket_keys, shared_keys_work, shared_keys_refused},
    {feature::exporter, exporter_works, exporter_refused},
    {feature::finished, finished_works, finished_denied, finished_limited},
    {feature::key_log, key_log_works, key_log_refused, key_log_limited},
    {feature::ocsp_stapling, stapling_works, stapling_refused, stapling_limited},
    {feature::ocsp_response, response_works, response_refused},
};

}  // namespace

std::span<const proof> session_proofs() {
    return proofs;
}

}  // namespace polytls::contract
