#include "link.hpp"

#include <polytls/openssl/backend.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

/// What is so on OpenSSL, and need not be so elsewhere.
namespace polytls::contract {
namespace {

TEST(openssl, is_of_version_3) {
    EXPECT_EQ(&the_backend(), &openssl::the_backend());
    EXPECT_THAT(std::string(the_backend().version()),
                testing::MatchesRegex("3\\.[0-9]+\\.[0-9]+.*"));
}

TEST(openssl, gives_its_own_number_and_text_for_a_peer_it_refused) {
    context_recipe nobody = trusting();
    nobody.anchors = {};
    const auto client_context = nobody.made();
    const auto server_context = showing(leaf()).made();
    link link;
    std::array<char, 200> room{};

    link.run(*client_context, *server_context);

    const std::size_t size = the_backend().describe(link.client.error.native, room);
    EXPECT_EQ(std::string_view(room.data(), size), "certificate verify failed");
}

class openssl_over : public over_versions {
protected:
    spi::handle<spi::context> context = showing(leaf(), range()).made();
    link link_;
};

POLYTLS_RUN_OVER(openssl_over, versions());

TEST_P(openssl_over, prefers_x25519) {
    link_.run(*context, *context);

    EXPECT_EQ(link_.client.engine->facts().group, named_group::x25519);
    EXPECT_EQ(link_.server.engine->facts().group, named_group::x25519);
}

TEST_P(openssl_over, issues_two_tickets_under_tls1_3) {
    link_.run(*context, *context);

    EXPECT_EQ(link_.client.events.sessions.size(), tls1_3() ? 2U : 1U);
}

TEST_P(openssl_over, keeps_the_clients_leaf_in_a_resumed_session) {
    link first;
    first.server.config.peer = spi::peer_certificate::required;
    first.run(*context, *context);
    ASSERT_FALSE(first.client.events.sessions.empty());
    link_.server.config.peer = spi::peer_certificate::required;
    link_.client.config.session = first.client.events.sessions.back();

    link_.run(*context, *context);

    EXPECT_TRUE(link_.server.engine->facts().resumed);
    EXPECT_EQ(peer_certificates(link_.server), leaf().certificate_der());
}

TEST_P(openssl_over, tells_every_fault_with_its_certificate) {
    const credential issuer = root().issue({.common_name = "no CA"});
    context_recipe server =
        showing(issuer.issue({.not_after = year_2026 - std::chrono::seconds(1)}), range());
    server.chains.front().push_back(issuer.certificate_der());
    context_recipe client = trusting(range());
    client.anchors = {};
    const auto client_context = client.made();
    const auto server_context = server.made();

    link_.run(*client_context, *server_context);

    const auto& path = link_.client.events.path;
    ASSERT_EQ(path.size(), 2U);
    EXPECT_EQ(path[0].faults, fault::expired);
    EXPECT_TRUE(polytls::has(path[1].faults, fault::not_a_ca));
    EXPECT_TRUE(polytls::has(path[1].faults, fault::issuer_unknown));
}

TEST_P(openssl_over, shows_no_more_of_a_path_than_32_certificates) {
    const std::vector<credential> chain = chain_of(40);
    context_recipe server = showing(chain.front(), range());
    for (std::size_t i = 1; i < chain.size(); ++i) {
        server.chains.front().push_back(chain[i].certificate_der());
    }
    const auto client_context = trusting(range()).made();
    const auto server_context = server.made();

    link_.run(*client_context, *server_context);

    const auto& path = link_.client.events.path;
    ASSERT_EQ(path.size(), 32U);
    EXPECT_TRUE(polytls::has(path.back().faults, fault::chain_too_long));
}

}  // namespace
}  // namespace polytls::contract
