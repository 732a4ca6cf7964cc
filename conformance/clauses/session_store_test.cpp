// Clause on stores of sessions that several servers share.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/pki.hpp"

#include <polytls/server_core.hpp>
#include <polytls/session_store.hpp>

#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using byte_string = std::vector<std::uint8_t>;

byte_string copy(bytes of) {
    return {of.begin(), of.end()};
}

/// A data base as a program would reach it over a network: every answer comes in a later turn.
class remote_store final : public session_store {
public:
    explicit remote_store(asio::io_context& io) : io_(&io) {}

    void put(const session_entry& session, moment now, std::function<void()> done) override {
        told.emplace_back("put");
        lifetimes.push_back(session.expires - now.unix_time);
        asio::post(
            *io_, [this, id = copy(session.id), data = copy(session.data), done = std::move(done)] {
                sessions[id] = data;
                done();
            });
    }

    void find(bytes id, moment /*now*/, late_answer<byte_string> done) override {
        told.emplace_back("find");
        asio::post(*io_, [this, id = copy(id), done = std::move(done)] {
            if (down) {
                done(make_failure(errc::refused_by_callback, "the data base is down"));
            } else {
                done(sessions[id]);
            }
        });
    }

    std::map<byte_string, byte_string> sessions;
    std::vector<std::string> told;
    std::vector<std::chrono::seconds> lifetimes;
    bool down = false;

private:
    asio::io_context* io_;
};

/// One connection to a server, with a session or none.
struct visit {
    visit(const pairing& with, const server_core& core, const byte_string& session = {})
        : wire(value_of(endpoint::make(client_settings{
                   .context = client_context_for(with), .host = "localhost", .session = session})),
               value_of(core.make_endpoint())) {}

    visit& run() {
        wire.run();
        EXPECT_FALSE(wire.server.failure());
        EXPECT_TRUE(wire.client.tls().authorized());
        return *this;
    }

    bool reused() const { return wire.server.tls().session_reused(); }

    byte_string session() const { return wire.client.tls().session(); }

    link wire;
};

server_core server_with(const pairing& with, std::shared_ptr<session_store> store) {
    // Contexts of their own: what is shared is the store.
    return server_core({.context = value_of(create_secure_context(server_options_for(with))),
                        .session_store = std::move(store)});
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_session_store);

TEST_P(X_session_store, servers_that_share_one_resume_each_others_sessions) {
    const auto store = std::make_shared<memory_session_store>();
    const auto one = server_with(GetParam(), store);
    const auto other = server_with(GetParam(), store);
    const auto session = visit(GetParam(), one).run().session();
    ASSERT_THAT(session, Not(IsEmpty()));
    EXPECT_NE(store->size(), 0U);

    EXPECT_TRUE(visit(GetParam(), other, session).run().reused());
    EXPECT_TRUE(visit(GetParam(), one, session).run().reused());
}

TEST_P(X_session_store, servers_with_stores_of_their_own_do_not) {
    const auto one = server_with(GetParam(), std::make_shared<memory_session_store>());
    const auto other = server_with(GetParam(), std::make_shared<memory_session_store>());
    const auto session = visit(GetParam(), one).run().session();

    EXPECT_FALSE(visit(GetParam(), other, session).run().reused());
}

TEST_P(X_session_store, what_it_has_dropped_leads_to_a_full_handshake) {
    const auto store =
        std::make_shared<memory_session_store>(memory_session_limits{.max_sessions = 2});
    const auto core = server_with(GetParam(), store);
    const auto first = visit(GetParam(), core).run().session();

    for (int i = 0; i < 3; ++i) {
        visit(GetParam(), core).run();
    }

    EXPECT_EQ(store->size(), 2U);
    EXPECT_FALSE(visit(GetParam(), core, first).run().reused());
}

TEST_P(X_session_store, what_is_over_is_forgotten_by_the_clock_of_the_connections) {
    const auto store = std::make_shared<memory_session_store>();
    const auto core = server_with(GetParam(), store);
    const auto session = visit(GetParam(), core).run().session();
    const std::size_t kept = store->size();
    visit late(GetParam(), core, session);
    late.wire.clock.advance(std::chrono::seconds(301));

    late.run();

    EXPECT_FALSE(late.reused());
    EXPECT_EQ(store->size(), kept) << "what the late connection made, and nothing else";
}

/// Of a server with a store, and with a context of its own.
server_core server_with(const pairing& with,
                        std::shared_ptr<session_store> store,
                        std::chrono::seconds timeout,
                        const std::string& id_context) {
    auto options = server_options_for(with);
    options.session_timeout = timeout;
    options.session_id_context = id_context;
    return server_core(
        {.context = value_of(create_secure_context(options)), .session_store = std::move(store)});
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_session_timeout);

TEST_P(M_ctx_session_timeout, bounds_the_sessions_of_a_store) {
    const auto store = std::make_shared<memory_session_store>();
    const auto core = server_with(GetParam(), store, std::chrono::seconds(100), "");
    const auto session = visit(GetParam(), core).run().session();
    const auto reused_after = [&](std::chrono::seconds time) {
        visit later(GetParam(), core, session);
        later.wire.clock.advance(time);
        return later.run().reused();
    };

    EXPECT_TRUE(reused_after(std::chrono::seconds(99)));
    EXPECT_FALSE(reused_after(std::chrono::seconds(100)));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_session_id_context);

TEST_P(M_ctx_session_id_context, separates_applications_that_share_a_store) {
    const auto store = std::make_shared<memory_session_store>();
    const auto one = server_with(GetParam(), store, std::chrono::seconds(100), "one");
    const auto same = server_with(GetParam(), store, std::chrono::seconds(100), "one");
    const auto other = server_with(GetParam(), store, std::chrono::seconds(100), "other");
    const auto session = visit(GetParam(), one).run().session();

    EXPECT_FALSE(visit(GetParam(), other, session).run().reused());
    EXPECT_TRUE(visit(GetParam(), same, session).run().reused());
}

TEST_P(X_session_store, callbacks_of_the_program_take_its_place) {
    const auto store = std::make_shared<memory_session_store>();
    int told = 0;

    const auto link =
        handshake(GetParam(), {.server = {.new_session =
                                              [&](bytes, bytes, const std::function<void()>& done) {
                                                  ++told;
                                                  done();
                                              },
                                          .session_store = store}});

    EXPECT_NE(told, 0);
    EXPECT_EQ(store->size(), 0U);
}

/// Two servers on one loop with a data base between them.
struct two_servers {
    explicit two_servers(const pairing& with)
        : one(with), store(std::make_shared<remote_store>(one.io)), with_(with) {}

    /// What a client meets that resumes at one server what it got at another: its events, whether
    /// it resumed, and the failures of both sides.
    void visit_both() {
        auto at_one = serve();
        auto at_other = serve();
        auto how = options(at_one);
        auto first = value_of(connect(one.io, how));
        first.on_session([&, first](const byte_string& given) mutable {
            session = given;
            first.end();
        });
        first.resume();
        run_until(one.io, [&] { return first.destroyed(); });
        how = options(at_other);
        how.session = session;
        auto second = value_of(connect(one.io, how));
        seen.watch(second);
        second.on_secure_connect([&, second]() mutable {
            reused = second.is_session_reused();
            second.end();
        });
        at_one.close();
        run_until(one.io, [&] { return second.destroyed(); });
        at_other.close();
        one.run_to_the_end();
    }

    server serve() {
        auto made = value_of(create_server(one.io, {.credentials = server_options_for(with_),
                                                    .session_store = store,
                                                    .clock = [this] { return one.clock.now(); }}));
        made.on_secure_connection(echo);
        made.on_client_error(
            [this](const failure& why, const tls_socket&) { failures.push_back(why.message); });
        made.listen(0, "127.0.0.1");
        return made;
    }

    connect_options options(const server& at) {
        auto how = one.options();
        how.port = at.address().port;
        return how;
    }

    network one;
    std::shared_ptr<remote_store> store;
    byte_string session;
    trace seen;
    bool reused = false;
    std::vector<std::string> failures;

private:
    pairing with_;
};

TEST_P(X_session_store, one_that_answers_later_serves_servers_on_sockets) {
    two_servers both(GetParam());

    both.visit_both();

    EXPECT_TRUE(both.reused);
    EXPECT_EQ(both.store->told.front(), "put");
    EXPECT_THAT(both.store->told, testing::Contains("find"));
    EXPECT_THAT(both.store->lifetimes, testing::Each(std::chrono::seconds(300)));
    EXPECT_THAT(both.failures, IsEmpty());
}

TEST_P(X_session_store, one_that_fails_ends_the_connection_with_its_reason) {
    two_servers both(GetParam());
    both.store->down = true;

    both.visit_both();

    EXPECT_FALSE(both.reused);
    EXPECT_THAT(both.failures, ElementsAre("the data base is down"));
    EXPECT_THAT(both.seen.events(), ElementsAre("error ALERT_RECEIVED", "close after error"));
}

}  // namespace
}  // namespace polytls::testkit
