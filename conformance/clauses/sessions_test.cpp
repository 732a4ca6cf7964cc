// Clauses on sessions that servers share: in stores, and by the keys of their tickets.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/pki.hpp"

#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using byte_string = std::vector<std::uint8_t>;

byte_string copy(bytes of) {
    return {of.begin(), of.end()};
}

/// Sessions by their id, as any program could keep them, and a server's policy that does.
struct store {
    std::map<byte_string, byte_string> sessions;
    std::vector<byte_string> asked;

    server_settings policy() {
        return {.new_session =
                    [this](bytes id, bytes data, const std::function<void()>& done) {
                        sessions[copy(id)] = copy(data);
                        done();
                    },
                .resume_session =
                    [this](bytes id, const late_answer<byte_string>& done) {
                        asked.push_back(copy(id));
                        const auto found = sessions.find(asked.back());
                        done(found == sessions.end() ? byte_string() : found->second);
                    }};
    }
};

/// A handshake by which the client has a session and the store keeps it.
byte_string session_kept_by(store& keeper, const pairing& with) {
    const auto link = handshake(with, {.server = keeper.policy()});
    EXPECT_THAT(link.client.sessions(), Not(IsEmpty()));
    return link.client.tls().session();
}

secure_context server_with(const pairing& with, const byte_string& keys) {
    context_options options = server_options_for(with);
    options.ticket_keys = keys;
    return value_of(create_secure_context(options));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_new_session);

TEST_P(M_server_new_session, gives_an_id_and_data_for_each_session) {
    store keeper;

    const auto link = handshake(GetParam(), {.server = keeper.policy()});

    EXPECT_THAT(link.server.trace(), ElementsAre("secure"));
    ASSERT_THAT(keeper.sessions, Not(IsEmpty()));
    for (const auto& [id, data] : keeper.sessions) {
        EXPECT_THAT(id, testing::SizeIs(testing::AllOf(testing::Gt(0U), testing::Le(32U))));
        EXPECT_THAT(data, Not(IsEmpty()));
    }
}

TEST_P(M_server_new_session, holds_back_all_data_until_it_is_stored) {
    std::vector<std::function<void()>> unanswered;
    auto link = make_link(GetParam(), {.server = {.new_session = [&](bytes, bytes, auto done) {
                                           unanswered.push_back(std::move(done));
                                       }}});
    link.client.write("early");
    link.server.write("greeting");
    int told = 0;
    link.server.tls().on_answer([&] { ++told; });

    link.run();
    ASSERT_THAT(unanswered, Not(IsEmpty()));
    EXPECT_THAT(link.server.trace(), IsEmpty());
    EXPECT_EQ(link.server.received(), "");
    EXPECT_EQ(link.client.received(), "");
    for (const auto& done : unanswered) {
        done();
    }
    link.run();

    EXPECT_EQ(told, 1);
    EXPECT_THAT(link.server.trace(), ElementsAre("secure", "data"));
    EXPECT_EQ(link.server.received(), "early");
    EXPECT_EQ(link.client.received(), "greeting");
}

TEST_P(M_server_new_session, an_answer_given_twice_counts_once) {
    std::vector<std::function<void()>> unanswered;
    auto link = make_link(GetParam(), {.server = {.new_session = [&](bytes, bytes, auto done) {
                                           unanswered.push_back(std::move(done));
                                       }}});
    link.run();
    ASSERT_THAT(unanswered, Not(IsEmpty()));

    for (std::size_t i = 0; i < unanswered.size(); ++i) {
        unanswered.front()();
    }
    link.run();
    EXPECT_EQ(link.server.tls().handshake_complete(), unanswered.size() == 1);
    for (const auto& done : unanswered) {
        done();
    }
    link.run();

    EXPECT_TRUE(link.server.tls().handshake_complete());
}

TEST_P(M_server_new_session, an_answer_after_the_connection_has_gone_does_nothing) {
    std::vector<std::function<void()>> unanswered;
    {
        auto link = make_link(GetParam(), {.server = {.new_session = [&](bytes, bytes, auto done) {
                                               unanswered.push_back(std::move(done));
                                           }}});
        link.run();
        link.cut();
        EXPECT_EQ(link.server.error(), "ECONNRESET");
    }

    for (const auto& done : unanswered) {
        done();
    }

    EXPECT_THAT(unanswered, Not(IsEmpty()));
}

TEST_P(M_server_new_session, the_handshake_times_out_while_it_waits) {
    auto link = make_link(GetParam(), {.server = {.new_session = [](bytes, bytes, auto&&) {},
                                                  .handshake_timeout = std::chrono::seconds(5)}});
    link.run();

    link.clock.advance(std::chrono::seconds(6));
    link.run();

    EXPECT_EQ(link.server.error(), "HANDSHAKE_TIMED_OUT");
}

TEST_P(M_server_new_session, is_an_event_of_the_server) {
    network net(GetParam());
    std::vector<std::string> events;
    net.server.on_new_session([&](bytes, bytes, const std::function<void()>& done) {
        events.emplace_back("newSession");
        asio::post(net.io, done);
    });
    net.server.on_secure_connection([&](tls_socket socket) {
        events.emplace_back("secureConnection");
        echo(std::move(socket));
    });

    auto client = net.connect();
    trace seen(client);
    client.end();
    net.run_to_the_end();

    ASSERT_THAT(events, Not(IsEmpty()));
    EXPECT_EQ(events.front(), "newSession");
    EXPECT_EQ(events.back(), "secureConnection");
    EXPECT_TRUE(seen.has("close"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_resume_session);

TEST_P(M_server_resume_session, what_was_stored_resumes) {
    store keeper;
    const auto session = session_kept_by(keeper, GetParam());

    const auto link =
        handshake(GetParam(), {.client = {.session = session}, .server = keeper.policy()});

    EXPECT_THAT(keeper.asked, testing::SizeIs(1));
    EXPECT_TRUE(link.client.tls().session_reused());
    EXPECT_TRUE(link.server.tls().session_reused());
    EXPECT_TRUE(link.client.tls().authorized());
}

TEST_P(M_server_resume_session, is_not_asked_of_a_client_without_a_session) {
    store keeper;

    handshake(GetParam(), {.server = keeper.policy()});

    EXPECT_THAT(keeper.asked, IsEmpty());
}

TEST_P(M_server_resume_session, may_answer_later) {
    store keeper;
    const auto session = session_kept_by(keeper, GetParam());
    std::optional<late_answer<byte_string>> answer;
    byte_string id;
    auto policy = keeper.policy();
    policy.resume_session = [&](bytes wanted, const auto& done) {
        id = copy(wanted);
        answer = done;
    };

    auto link = handshake(GetParam(), {.client = {.session = session}, .server = policy});
    ASSERT_TRUE(answer);
    EXPECT_THAT(link.client.trace(), IsEmpty());
    (*answer)(keeper.sessions[id]);
    link.run();

    EXPECT_TRUE(link.server.tls().session_reused());
}

TEST_P(M_server_resume_session, nothing_leads_to_a_full_handshake) {
    store keeper;
    const auto session = session_kept_by(keeper, GetParam());
    keeper.sessions.clear();

    const auto link =
        handshake(GetParam(), {.client = {.session = session}, .server = keeper.policy()});

    EXPECT_THAT(keeper.asked, testing::SizeIs(1));
    EXPECT_FALSE(link.server.tls().session_reused());
    EXPECT_TRUE(link.client.tls().authorized());
}

TEST_P(M_server_resume_session, an_error_ends_the_connection_with_it) {
    store keeper;
    const auto session = session_kept_by(keeper, GetParam());
    auto policy = keeper.policy();
    policy.resume_session = [](bytes, const auto& done) {
        done(make_failure(errc::refused_by_callback, "the store is down"));
    };

    const auto link = handshake(GetParam(), {.client = {.session = session}, .server = policy});

    ASSERT_TRUE(link.server.failure());
    EXPECT_EQ(link.server.failure()->message, "the store is down");
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
}

TEST_P(M_server_resume_session, garbage_leads_to_a_full_handshake) {
    store keeper;
    const auto session = session_kept_by(keeper, GetParam());
    const auto kept = keeper.sessions;

    for (const std::size_t size : {std::size_t{1}, std::size_t{20}, std::size_t{60}}) {
        for (auto& [id, data] : keeper.sessions) {
            data.resize(std::min(size, data.size()));
        }
        const auto link =
            handshake(GetParam(), {.client = {.session = session}, .server = keeper.policy()});
        EXPECT_FALSE(link.server.failure()) << size;
        EXPECT_FALSE(link.server.tls().session_reused()) << size;
        keeper.sessions.insert(kept.begin(), kept.end());
    }
}

TEST_P(M_server_resume_session, the_session_of_another_id_leads_to_a_full_handshake) {
    store keeper;
    store other;
    const auto session = session_kept_by(keeper, GetParam());
    session_kept_by(other, GetParam());
    for (auto& [id, data] : keeper.sessions) {
        data = other.sessions.begin()->second;
    }

    const auto link =
        handshake(GetParam(), {.client = {.session = session}, .server = keeper.policy()});

    EXPECT_FALSE(link.server.failure());
    EXPECT_FALSE(link.server.tls().session_reused());
    EXPECT_TRUE(link.client.tls().authorized());
}

TEST_P(M_server_resume_session, one_whose_time_is_over_leads_to_a_full_handshake) {
    store keeper;
    const auto session = session_kept_by(keeper, GetParam());

    auto link = make_link(GetParam(), {.client = {.session = session}, .server = keeper.policy()});
    link.clock.advance(std::chrono::seconds(301));
    link.run();

    EXPECT_FALSE(link.server.tls().session_reused());
    EXPECT_FALSE(link.server.failure());
}

TEST_P(M_server_resume_session, the_verdict_on_the_client_survives) {
    store keeper;
    auto policy = keeper.policy();
    policy.request_cert = true;
    auto options = client_options_for(GetParam());
    options.key = alice().key_pem();
    options.cert = alice().certificate_pem();
    const auto known = value_of(create_secure_context(options));
    const auto first = handshake(GetParam(), {.client = {.context = known}, .server = policy});
    const auto stranger = handshake(GetParam(), {.server = policy});

    const auto again = handshake(
        GetParam(),
        {.client = {.context = known, .session = first.client.tls().session()}, .server = policy});
    const auto stranger_again = handshake(
        GetParam(), {.client = {.session = stranger.client.tls().session()}, .server = policy});

    EXPECT_TRUE(again.server.tls().session_reused());
    EXPECT_TRUE(again.server.tls().authorized());
    EXPECT_TRUE(stranger_again.server.tls().session_reused());
    EXPECT_FALSE(stranger_again.server.tls().authorized());
}

TEST_P(M_server_resume_session, a_session_of_another_name_is_not_resumed) {
    store keeper;
    const auto session = session_kept_by(keeper, GetParam());
    // The envelope of the client's would not offer it: what is changed is what it sends.
    auto policy = keeper.policy();

    const auto link = handshake(
        GetParam(),
        {.client = {.host = "localhost", .servername = "", .session = session}, .server = policy});

    EXPECT_FALSE(link.server.tls().session_reused());
}

TEST_P(M_server_resume_session, is_an_event_of_the_server) {
    network net(GetParam());
    std::map<byte_string, byte_string> sessions;
    std::vector<bool> reused;
    net.server.on_new_session([&](bytes id, bytes data, const std::function<void()>& done) {
        sessions[copy(id)] = copy(data);
        done();
    });
    net.server.on_resume_session([&](bytes id, const late_answer<byte_string>& done) {
        asio::post(net.io, [done, data = sessions[copy(id)]] { done(data); });
    });
    net.server.on_secure_connection([&](tls_socket socket) {
        reused.push_back(socket.is_session_reused());
        echo(std::move(socket));
    });
    byte_string session;
    auto first = net.connect();
    first.on_session([&](const byte_string& given) {
        session = given;
        first.end();
    });
    first.resume();
    first.on_close([&](bool) {
        auto how = net.options();
        how.session = session;
        net.connect(how).end();
        net.close_server();
    });
    net.io.run();

    EXPECT_THAT(reused, ElementsAre(false, true));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_ticket_keys);

TEST_P(M_ctx_ticket_keys, servers_with_the_same_keys_resume_each_others_sessions) {
    const byte_string keys(48, 7);
    const auto one = server_with(GetParam(), keys);
    const auto other = server_with(GetParam(), keys);
    const auto first = handshake(GetParam(), {.server = {.context = one}});

    const auto second = handshake(GetParam(), {.client = {.session = first.client.tls().session()},
                                               .server = {.context = other}});

    EXPECT_TRUE(second.server.tls().session_reused());
    EXPECT_TRUE(second.client.tls().authorized());
}

TEST_P(M_ctx_ticket_keys, servers_with_different_keys_do_not) {
    for (const std::size_t changed : {std::size_t{0}, std::size_t{16}}) {
        const byte_string keys(48, 7);
        byte_string others = keys;
        others[changed] = 8;
        const auto first =
            handshake(GetParam(), {.server = {.context = server_with(GetParam(), keys)}});

        const auto second =
            handshake(GetParam(), {.client = {.session = first.client.tls().session()},
                                   .server = {.context = server_with(GetParam(), others)}});

        EXPECT_FALSE(second.server.failure()) << changed;
        EXPECT_FALSE(second.server.tls().session_reused()) << changed;
        EXPECT_TRUE(second.client.tls().authorized()) << changed;
    }
}

TEST_P(M_ctx_ticket_keys, another_length_is_a_clear_error) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{47}, std::size_t{49}}) {
        context_options options = server_options_for(GetParam());
        options.ticket_keys = byte_string(size, 7);

        const auto made = create_secure_context(options);

        ASSERT_FALSE(made) << size;
        EXPECT_EQ(made.error().input, "ticket_keys");
        EXPECT_THAT(made.error().message, HasSubstr("48"));
    }
}

TEST_P(M_ctx_ticket_keys, can_be_read_and_differ_where_none_were_given) {
    const byte_string keys(48, 7);
    const auto given = server_with(GetParam(), keys).ticket_keys();
    const auto one = server_with(GetParam(), {}).ticket_keys();
    const auto other = server_with(GetParam(), {}).ticket_keys();

    EXPECT_EQ(byte_string(given.begin(), given.end()), keys);
    EXPECT_NE(one, other);
}

TEST_P(M_ctx_ticket_keys, are_replaced_while_the_server_runs) {
    server_core one({.context = server_context_for(GetParam())});
    server_core other({.context = server_with(GetParam(), {})});
    const auto meet = [&](server_core& core, const byte_string& session) {
        auto client = value_of(endpoint::make(client_settings{
            .context = client_context_for(GetParam()), .host = "localhost", .session = session}));
        link wire(std::move(client), value_of(core.make_endpoint()));
        wire.run();
        EXPECT_FALSE(wire.server.failure());
        return wire;
    };
    const auto before = meet(one, {}).client.tls().session();

    EXPECT_FALSE(other.set_ticket_keys(byte_string(32, 7)));
    EXPECT_FALSE(meet(other, before).server.tls().session_reused());
    ASSERT_TRUE(other.set_ticket_keys(one.ticket_keys()));
    EXPECT_TRUE(meet(other, before).server.tls().session_reused());
    ASSERT_TRUE(other.set_ticket_keys(byte_string(48, 9)));
    EXPECT_FALSE(meet(other, before).server.tls().session_reused());
    const auto after = meet(other, before).client.tls().session();
    EXPECT_TRUE(meet(other, after).server.tls().session_reused());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_ticket);

TEST_P(M_socket_ticket, is_the_clients_ticket) {
    const auto link = handshake(GetParam());

    EXPECT_THAT(link.client.tls().tls_ticket(), Not(IsEmpty()));
    EXPECT_THAT(link.server.tls().tls_ticket(), IsEmpty());
}

TEST_P(M_socket_ticket, is_nothing_where_the_server_gives_none) {
    auto options = server_options_for(GetParam());
    options.tickets = false;

    const auto link =
        handshake(GetParam(), {.server = {.context = value_of(create_secure_context(options))}});

    EXPECT_THAT(link.client.tls().tls_ticket(), IsEmpty());
}

}  // namespace
}  // namespace polytls::testkit
