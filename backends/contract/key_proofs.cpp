#include "keys.hpp"
#include "proof.hpp"

#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

const buffer shared_key(32, 'k');

/// Shakes hands with a server whose key is elsewhere.
void run_with(key_holder& holder, link& over, protocol_version version) {
    spi::handle<spi::context> server;
    EXPECT_EQ(outcome_of(showing_without_key(leaf(), only(version)).make(server)), fine);
    if (server) {
        holder.serve(over.server);
        over.run(*trusting(only(version)).made(), *server);
    }
}

void external_keys_work() {
    for (const protocol_version version : versions()) {
        key_holder late(leaf());
        late.answers = false;
        link link;
        run_with(late, link, version);
        EXPECT_FALSE(link.server.complete);
        EXPECT_FALSE(late.at_once);
        if (!link.server.engine || link.server.error) {
            return;
        }
        late.answers = true;
        link.handshake();
        EXPECT_TRUE(link.both_complete());
    }
}

void external_keys_at_once() {
    for (const protocol_version version : versions()) {
        key_holder holder(leaf());
        link link;
        run_with(holder, link, version);
        EXPECT_TRUE(link.both_complete() && holder.at_once);
        key_holder late(leaf());
        late.answers = false;
        contract::link other;
        run_with(late, other, version);
        EXPECT_TRUE(other.server.error);
    }
}

void external_keys_refused() {
    expect_denied(showing_without_key(leaf(), usual_versions()), spi::config_input::certificate);
}

/// Shakes hands by a key that both have.
void run_with(key_store& store, link& over, protocol_version version) {
    own_key own("alice", shared_key);
    own.serve(over.client);
    store.serve(over.server);
    const auto context = anonymous(only(version)).made();
    scripted_events events(role::server);
    spi::handle<spi::engine> engine;
    const spi::engine_config tried{.side = role::client, .pre_shared_keys = true};
    EXPECT_EQ(context->make_engine(tried, events, engine).code, errc::ok);
    if (engine) {
        over.run(*context, *context);
    }
}

void psk_works() {
    for (const protocol_version version : versions()) {
        key_store late({{"alice", shared_key}});
        late.answers = false;
        link link;
        run_with(late, link, version);
        EXPECT_FALSE(link.server.complete);
        if (!link.server.engine || link.server.error) {
            return;
        }
        late.answers = true;
        link.handshake();
        EXPECT_TRUE(link.both_complete() && link.server.engine->facts().by_psk);
    }
}

void psk_at_once() {
    for (const protocol_version version : versions()) {
        key_store store({{"alice", shared_key}});
        link link;
        run_with(store, link, version);
        EXPECT_TRUE(link.both_complete() && link.server.engine->facts().by_psk);
        key_store late({{"alice", shared_key}});
        late.answers = false;
        contract::link other;
        run_with(late, other, version);
        EXPECT_TRUE(other.server.error);
    }
}

void psk_refused() {
    expect_denied({.side = role::client, .pre_shared_keys = true});
    expect_denied({.side = role::server, .pre_shared_keys = true});
}

void key_update_works() {
    link link;
    if (shakes_hands(link, protocol_version::tls1_3)) {
        EXPECT_EQ(link.update_keys(link.client, true).error.code, errc::ok);
        link.write(link.client, text("ping"));
        EXPECT_EQ(link.read(link.server), text("ping"));
        link.write(link.server, text("pong"));
        EXPECT_EQ(link.read(link.client), text("pong"));
    }
}

void key_update_refused() {
    link link;
    if (has(feature::tls1_3) && shakes_hands(link, protocol_version::tls1_3)) {
        EXPECT_EQ(link.update_keys(link.client, true).error.code, errc::unsupported_by_backend);
    }
}

constexpr proof proofs[] = {
    {feature::private_key_operations, external_keys_work, external_keys_refused,
     external_keys_at_once},
    {feature::key_update, key_update_works, key_update_refused},
    {feature::psk, psk_works, psk_refused, psk_at_once},
};

}  // namespace

std::span<const proof> key_proofs() {
    return proofs;
}

}  // namespace polytls::contract
