// Clauses on what is changed while a server runs and connections stand.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/pki.hpp"

#include <polytls/transport/make_duplex.hpp>

#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using byte_string = std::vector<std::uint8_t>;

/// A client's connection to an echo that goes on through what is done to the server.
class standing_connection {
public:
    explicit standing_connection(network& net) : net_(&net), client_(net.connect()) {
        seen_.watch(client_);
        seen_.watch_data(client_);
        client_.on_session([this](const byte_string& given) { session_ = given; });
        expect_alive();
    }

    void expect_alive() {
        said_ += "still here;";
        client_.write("still here;");
        run_until(net_->io, [this] { return seen_.received() == said_ || client_.destroyed(); });
        EXPECT_EQ(seen_.received(), said_);
    }

    /// Asks for a new handshake where the version has one.
    void renegotiate() {
        bool done = false;
        client_.renegotiate({}, [&](const auto&) { done = true; });
        run_until(net_->io, [&] { return done; });
    }

    void end() { client_.end(); }

    const tls_socket& socket() const { return client_; }

    const byte_string& session() const { return session_; }

private:
    network* net_;
    tls_socket client_;
    trace seen_;
    std::string said_;
    byte_string session_;
};

/// Whether a new connection of the network's resumes.
bool resumes(network& net, const byte_string& session) {
    auto how = net.options();
    how.session = session;
    auto client = net.connect(how);
    trace seen(client);
    bool reused = false;
    client.on_secure_connect([&, client]() mutable {
        reused = client.is_session_reused();
        client.end();
    });
    run_until(net.io, [&] { return client.destroyed(); });
    EXPECT_TRUE(seen.has("secureConnect"));
    return reused;
}

/// The common name that a new connection is shown.
std::string name_shown(network& net, const std::string& servername) {
    auto how = net.options();
    how.servername = servername;
    how.reject_unauthorized = false;
    std::string name;
    auto client = net.connect(how);
    client.on_secure_connect([&, client]() mutable {
        name = client.get_peer_certificate().subject_field("CN");
        client.end();
    });
    run_until(net.io, [&] { return client.destroyed(); });
    return name;
}

secure_context named(const pairing& with, const std::string& name) {
    const credential own = root().issue({.common_name = name, .dns_names = {name}});
    auto options = server_options_for(with);
    options.key = own.key_pem();
    options.cert = own.certificate_pem();
    return value_of(create_secure_context(options));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_ticket_keys);

TEST_P(M_ctx_ticket_keys, are_read_and_replaced_while_connections_stand) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    standing_connection standing(net);
    const auto session = standing.session();
    ASSERT_THAT(session, Not(IsEmpty()));
    const ticket_keys before = net.server.get_ticket_keys();
    EXPECT_TRUE(resumes(net, session));

    const byte_string others(48, 7);
    ASSERT_TRUE(net.server.set_ticket_keys(others));
    EXPECT_TRUE(std::ranges::equal(net.server.get_ticket_keys(), others));
    standing.expect_alive();
    standing.renegotiate();
    standing.expect_alive();
    EXPECT_FALSE(resumes(net, session));

    const auto refused = net.server.set_ticket_keys(byte_string(47, 7));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().input, "ticket_keys");
    EXPECT_TRUE(std::ranges::equal(net.server.get_ticket_keys(), others));
    ASSERT_TRUE(net.server.set_ticket_keys(before));
    EXPECT_TRUE(resumes(net, session));
    standing.expect_alive();
    standing.end();
    net.run_to_the_end();
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_hot_reload);

TEST_P(X_hot_reload, a_listening_server_takes_a_new_context_and_standing_connections_go_on) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    standing_connection standing(net);

    net.server.set_secure_context(named(GetParam(), "renewed"));

    EXPECT_TRUE(net.server.listening());
    EXPECT_EQ(name_shown(net, "localhost"), "renewed");
    standing.expect_alive();
    standing.renegotiate();
    standing.expect_alive();
    EXPECT_EQ(standing.socket().get_peer_certificate().subject_field("CN"), "localhost");
    standing.end();
    net.run_to_the_end();
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_many_contexts);

TEST_P(M_server_many_contexts, come_and_go_while_the_server_listens) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    standing_connection standing(net);

    ASSERT_TRUE(net.server.add_context("a.test", named(GetParam(), "first")));
    EXPECT_EQ(name_shown(net, "a.test"), "first");
    ASSERT_TRUE(net.server.add_context("a.test", named(GetParam(), "second")));
    EXPECT_EQ(name_shown(net, "a.test"), "second");
    EXPECT_TRUE(net.server.remove_context("a.test"));
    EXPECT_EQ(name_shown(net, "a.test"), "localhost");

    standing.expect_alive();
    standing.end();
    net.run_to_the_end();
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_max_connections);

/// What becomes of one more client.
std::vector<std::string> one_more(network& net) {
    auto client = net.connect();
    trace seen(client);
    client.end();
    run_until(net.io, [&] { return client.destroyed() && net.accepted == net.connected; });
    run_until(net.io, [&] { return !seen.events().empty() && seen.events().back() != "end"; });
    return seen.events();
}

TEST_P(M_server_max_connections, can_be_changed_while_connections_stand) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    int dropped = 0;
    net.server.on_drop([&](const socket_address&) { ++dropped; });
    standing_connection standing(net);

    net.server.set_max_connections(1);
    one_more(net);
    EXPECT_EQ(dropped, 1);
    net.server.set_max_connections(0);
    one_more(net);
    EXPECT_EQ(dropped, 2);
    standing.expect_alive();
    net.server.set_max_connections(2);
    EXPECT_THAT(one_more(net), ElementsAre("secureConnect", "end", "close"));
    EXPECT_EQ(dropped, 2);

    standing.expect_alive();
    standing.end();
    net.run_to_the_end();
    EXPECT_EQ(net.server.connections(), 0U);
}

TEST_P(M_server_max_connections, count_those_that_somebody_else_accepted) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    net.server.set_max_connections(0);
    asio::local::stream_protocol::socket near(net.io);
    asio::local::stream_protocol::socket far(net.io);
    asio::local::connect_pair(near, far);
    auto options = net.options();
    auto client = value_of(connect_over(make_duplex(std::move(near)), options));
    trace seen(client);
    int dropped = 0;
    net.server.on_drop([&](const socket_address& peer) {
        ++dropped;
        EXPECT_EQ(peer.family, "unix");
    });

    ASSERT_TRUE(net.server.take_connection(make_duplex(std::move(far))));
    ++net.connected;
    net.run_to_the_end();

    EXPECT_EQ(dropped, 1);
    EXPECT_TRUE(seen.has("close after error"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_close);

TEST_P(M_server_close, may_be_called_again_and_tells_each_caller_once) {
    network net(GetParam());
    net.server.on_secure_connection(echo);
    standing_connection standing(net);
    std::vector<std::string> told;

    net.server.close([&] { told.emplace_back("first"); });
    net.server.close([&] { told.emplace_back("second"); });
    EXPECT_FALSE(net.server.listening());
    standing.expect_alive();
    EXPECT_THAT(told, IsEmpty());
    standing.end();
    run(net.io);

    EXPECT_THAT(told, ElementsAre("first", "second"));
}

TEST_P(M_server_close, does_not_keep_a_server_from_listening_again) {
    network net(GetParam());
    bool closed = false;
    net.server.close([&] { closed = true; });
    run_until(net.io, [&] { return closed; });
    // All listeners are released with `close`.
    net.server.on_connection([&](const tls_socket&) { ++net.accepted; });
    net.server.on_secure_connection(echo);

    net.server.listen(0, "127.0.0.1");

    EXPECT_THAT(one_more(net), ElementsAre("secureConnect", "end", "close"));
    net.run_to_the_end();
}

}  // namespace
}  // namespace polytls::testkit
