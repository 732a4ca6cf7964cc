#include "session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

class renegotiation : public over_versions {
protected:
    void SetUp() override {
        const auto context = showing(leaf(), range()).made();
        link_.run(*context, *context);
        ASSERT_TRUE(link_.both_complete());
    }

    end& by(role side) { return side == role::client ? link_.client : link_.server; }

    end& other(role side) { return side == role::client ? link_.server : link_.client; }

    void expect_sound() {
        link_.write(link_.client, text("ping"));
        EXPECT_EQ(link_.read(link_.server), text("ping"));
        link_.write(link_.server, text("pong"));
        EXPECT_EQ(link_.read(link_.client), text("pong"));
    }

    link link_;
};

POLYTLS_RUN_OVER(renegotiation, tls1_2_with(feature::renegotiation));

TEST_P(renegotiation, takes_place_while_reading_whoever_asks_for_it) {
    for (const role side : {role::client, role::server}) {
        const scripted_events before_here = by(side).events;
        const scripted_events before_there = other(side).events;

        EXPECT_EQ(link_.renegotiate(by(side)).error.code, errc::ok);
        link_.settle();

        EXPECT_EQ(by(side).events.renegotiations_by_us, before_here.renegotiations_by_us + 1);
        EXPECT_EQ(by(side).events.renegotiations_by_peer, before_here.renegotiations_by_peer);
        EXPECT_EQ(other(side).events.renegotiations_by_us, before_there.renegotiations_by_us);
        EXPECT_EQ(other(side).events.renegotiations_by_peer,
                  before_there.renegotiations_by_peer + 1);
        EXPECT_EQ(by(side).events.renegotiations_done, before_here.renegotiations_done + 1);
        EXPECT_EQ(other(side).events.renegotiations_done, before_there.renegotiations_done + 1);
        expect_sound();
    }
}

TEST_P(renegotiation, may_take_place_many_times) {
    for (int i = 1; i <= 5; ++i) {
        EXPECT_EQ(link_.renegotiate(link_.client).error.code, errc::ok);
        link_.settle();

        EXPECT_EQ(link_.server.events.renegotiations_done, i);
        expect_sound();
    }
}

TEST_P(renegotiation, judges_the_peer_anew_and_never_resumes) {
    EXPECT_EQ(link_.client.events.judgements, 1);

    EXPECT_EQ(link_.renegotiate(link_.client).error.code, errc::ok);
    link_.settle();

    EXPECT_EQ(link_.client.events.judgements, 2);
    EXPECT_FALSE(link_.client.engine->facts().resumed);
    EXPECT_FALSE(link_.server.engine->facts().resumed);
}

TEST_P(renegotiation, may_refuse_the_peer_that_it_judges_anew) {
    link_.client.events.judgement = {.accept = false, .alert = alert_description::unknown_ca};

    EXPECT_EQ(link_.renegotiate(link_.client).error.code, errc::ok);
    link_.settle();

    EXPECT_EQ(link_.client.error.code, errc::not_authorized);
    EXPECT_EQ(link_.server.error.code, errc::alert_received);
    EXPECT_EQ(link_.server.events.renegotiations_done, 0);
}

TEST_P(renegotiation, may_ask_for_the_clients_certificate) {
    EXPECT_EQ(link_.server.events.judgements, 0);

    EXPECT_EQ(link_.renegotiate(link_.server, spi::peer_certificate::required).error.code,
              errc::ok);
    link_.settle();

    EXPECT_EQ(link_.server.events.judgements, 1);
    EXPECT_EQ(link_.server.events.verdict, verify_code::ok);
    EXPECT_EQ(peer_certificates(link_.server), leaf().certificate_der());
    expect_sound();
}

TEST_P(renegotiation, lets_data_pass_that_was_under_way) {
    link_.write(link_.client, text("before"));
    EXPECT_EQ(link_.renegotiate(link_.client).error.code, errc::ok);
    link_.write(link_.server, text("crossing"));

    EXPECT_EQ(link_.read(link_.server), text("before"));
    EXPECT_EQ(link_.read(link_.client), text("crossing"));
    link_.settle();

    EXPECT_EQ(link_.server.events.renegotiations_done, 1);
    expect_sound();
}

TEST_P(renegotiation, that_the_owner_forbids_ends_the_connection_without_an_answer) {
    link_.server.events.renegotiates = false;
    const std::size_t sent = link_.server.sent_bytes.size();

    EXPECT_EQ(link_.renegotiate(link_.client).error.code, errc::ok);
    static_cast<void>(link_.read(link_.server));

    EXPECT_EQ(link_.server.error.code, errc::renegotiation_attack);
    EXPECT_EQ(link_.server.sent_bytes.size(), sent);
    EXPECT_EQ(link_.server.events.renegotiations_done, 0);
}

TEST_P(renegotiation, writes_wait_for_what_the_peer_has_to_say) {
    EXPECT_EQ(link_.renegotiate(link_.client).error.code, errc::ok);
    buffer room(65536);
    span_sink sink(room);

    const progress step = link_.client.engine->write(as_bytes("early"), sink);

    // A library may still write, or must first hear from the peer.
    EXPECT_EQ(step.error.code, errc::ok);
    EXPECT_EQ(step.next == want::input, step.consumed == 0);
}

/// A context that says no to new handshakes.
class renegotiation_refused : public renegotiation {
protected:
    void SetUp() override {
        context_recipe recipe = showing(leaf(), range());
        const auto willing = recipe.made();
        recipe.renegotiation = false;
        const auto unwilling = recipe.made();
        link_.run(*willing, *unwilling);
        ASSERT_TRUE(link_.both_complete());
    }
};

POLYTLS_RUN_OVER(renegotiation_refused, tls1_2_with(feature::renegotiation));

TEST_P(renegotiation_refused, is_not_told_of_and_leaves_the_server_as_it_was) {
    EXPECT_EQ(link_.renegotiate(link_.client).error.code, errc::ok);
    static_cast<void>(link_.read(link_.server));
    static_cast<void>(link_.read(link_.client));

    EXPECT_EQ(link_.server.error.code, errc::ok);
    EXPECT_EQ(link_.server.events.renegotiations_by_peer, 0);
    EXPECT_EQ(link_.client.error.code, errc::renegotiation_refused);
    EXPECT_EQ(link_.client.events.renegotiations_done, 0);
}

TEST_P(renegotiation_refused, is_unavailable_to_its_own_side) {
    const progress step = link_.renegotiate(link_.server);

    EXPECT_EQ(step.error.code, errc::renegotiation_unavailable);
    link_.server.error = {};
    expect_sound();
}

}  // namespace
}  // namespace polytls::contract
