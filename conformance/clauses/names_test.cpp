// Clauses on the negotiation of names: SNI and ALPN.
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/server_core.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace polytls::testkit {
namespace {

/// A context for a pairing's server with a certificate for another name.
secure_context context_for(const pairing& with, const std::string& name) {
    const credential own = root().issue({.common_name = name, .dns_names = {name}});
    context_options options = server_options_for(with);
    options.key = own.key_pem();
    options.cert = own.certificate_pem();
    return value_of(create_secure_context(options));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_sni_servername);

TEST_P(M_sni_servername, the_name_reaches_the_server) {
    const auto link = handshake(GetParam(), {.client = {.servername = "localhost"}});

    EXPECT_EQ(link.server.tls().servername(), "localhost");
}

TEST_P(M_sni_servername, the_host_is_sent_when_no_servername_is_given) {
    const auto link = handshake(GetParam());

    EXPECT_EQ(link.server.tls().servername(), "localhost");
}

TEST_P(M_sni_servername, an_ip_address_as_host_is_never_sent) {
    const auto link = handshake(GetParam(), {.client = {.host = "127.0.0.1"}});

    EXPECT_TRUE(link.client.tls().authorized());
    EXPECT_EQ(link.server.tls().servername(), "");
}

TEST_P(M_sni_servername, an_ip_address_as_servername_is_a_clear_error) {
    const auto made = endpoint::make(
        client_settings{.context = client_context_for(GetParam()), .servername = "127.0.0.1"});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::bad_server_name);
    EXPECT_EQ(made.error().input, "servername");
    EXPECT_THAT(made.error().message, testing::HasSubstr("127.0.0.1"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_sni_callback);

TEST_P(M_sni_callback, chooses_the_context) {
    std::string asked;
    const auto link = handshake(
        GetParam(), {.client = {.host = "a.example.com"},
                     .server = {.sni_callback = [&](std::string_view name, const auto& done) {
                         asked = name;
                         done(context_for(GetParam(), "a.example.com"));
                     }}});

    EXPECT_EQ(asked, "a.example.com");
    EXPECT_TRUE(link.client.tls().authorized());
}

TEST_P(M_sni_callback, may_answer_later) {
    std::optional<late_answer<secure_context>> answer;
    auto link = handshake(
        GetParam(),
        {.client = {.host = "a.example.com"},
         .server = {.sni_callback = [&](std::string_view, const auto& done) { answer = done; }}});
    int told = 0;
    link.server.tls().on_answer([&] { ++told; });
    ASSERT_TRUE(answer);
    EXPECT_TRUE(link.server.trace().empty());

    (*answer)(context_for(GetParam(), "a.example.com"));
    link.run();

    EXPECT_EQ(told, 1);
    EXPECT_TRUE(link.client.tls().authorized());
}

TEST_P(M_sni_callback, nothing_as_answer_takes_the_default_context) {
    const auto link =
        handshake(GetParam(), {.server = {.sni_callback = [](std::string_view, const auto& done) {
                                   done(secure_context{});
                               }}});

    EXPECT_TRUE(link.client.tls().authorized());
}

TEST_P(M_sni_callback, an_error_as_answer_ends_the_handshake_with_it) {
    const auto link =
        handshake(GetParam(), {.server = {.sni_callback = [](std::string_view, const auto& done) {
                                   done(make_failure(errc::refused_by_callback, "no such tenant"));
                               }}});

    ASSERT_TRUE(link.server.failure());
    EXPECT_EQ(link.server.failure()->message, "no such tenant");
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
    EXPECT_EQ(link.client.failure()->alert, alert_description::unrecognized_name);
}

TEST_P(M_sni_callback, only_the_first_answer_counts) {
    const auto link =
        handshake(GetParam(), {.server = {.sni_callback = [](std::string_view, const auto& done) {
                                   done(secure_context{});
                                   done(make_failure(errc::refused_by_callback));
                               }}});

    EXPECT_FALSE(link.server.failure());
    EXPECT_TRUE(link.client.tls().authorized());
}

TEST_P(M_sni_callback, an_answer_after_the_connection_has_gone_does_nothing) {
    std::optional<late_answer<secure_context>> answer;
    {
        const auto link = handshake(
            GetParam(), {.server = {.sni_callback = [&](std::string_view, const auto& done) {
                             answer = done;
                         }}});
    }

    (*answer)(secure_context{});
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_sni_add_context);

/// Which of a server's names a client is shown.
std::string name_shown(const pairing& with, const server_core& core, const std::string& host) {
    link made(
        value_of(endpoint::make(client_settings{
            .context = client_context_for(with), .host = host, .reject_unauthorized = false})),
        value_of(core.make_endpoint()));
    made.run();
    return std::string(made.client.tls().peer_certificate().subject_field("CN"));
}

TEST_P(M_sni_add_context, exact_names_wildcards_and_the_default_serve_each_their_own) {
    server_core core({.context = server_context_for(GetParam())});
    ASSERT_TRUE(core.add_context("a.example.com", context_for(GetParam(), "exact")));
    ASSERT_TRUE(core.add_context("*.example.com", context_for(GetParam(), "wildcard")));

    EXPECT_EQ(name_shown(GetParam(), core, "a.example.com"), "exact");
    EXPECT_EQ(name_shown(GetParam(), core, "A.Example.COM"), "exact");
    EXPECT_EQ(name_shown(GetParam(), core, "b.example.com"), "wildcard");
    EXPECT_EQ(name_shown(GetParam(), core, "b.c.example.com"), "localhost");
    EXPECT_EQ(name_shown(GetParam(), core, "example.com"), "localhost");
}

TEST_P(M_sni_add_context, a_later_context_of_the_same_name_replaces_the_earlier) {
    server_core core({.context = server_context_for(GetParam())});
    ASSERT_TRUE(core.add_context("a.example.com", context_for(GetParam(), "first")));
    ASSERT_TRUE(core.add_context("A.EXAMPLE.com", context_for(GetParam(), "second")));

    EXPECT_EQ(name_shown(GetParam(), core, "a.example.com"), "second");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_many_contexts);

TEST_P(M_server_many_contexts, may_be_added_and_removed_while_running) {
    server_core core({.context = server_context_for(GetParam())});
    EXPECT_EQ(name_shown(GetParam(), core, "a.example.com"), "localhost");
    ASSERT_TRUE(core.add_context("a.example.com", context_for(GetParam(), "added")));
    EXPECT_EQ(name_shown(GetParam(), core, "a.example.com"), "added");

    EXPECT_TRUE(core.remove_context("a.example.com"));

    EXPECT_EQ(name_shown(GetParam(), core, "a.example.com"), "localhost");
    EXPECT_FALSE(core.remove_context("a.example.com"));
}

TEST_P(M_server_many_contexts, a_name_that_is_none_is_a_clear_error) {
    server_core core({.context = server_context_for(GetParam())});

    const auto added = core.add_context("not a name", server_context_for(GetParam()));

    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, errc::bad_server_name);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_sni_context_own);

TEST_P(M_sni_context_own, the_chosen_contexts_ca_judges_the_client) {
    const credential other_root = self_signed({.common_name = "other root", .ca = true});
    const credential client = other_root.issue({.common_name = "bob"});
    context_options of_server = server_options_for(GetParam());
    of_server.ca = one_or_many(other_root.certificate_pem());
    context_options of_client = client_options_for(GetParam());
    of_client.key = client.key_pem();
    of_client.cert = client.certificate_pem();
    const auto chosen = value_of(create_secure_context(of_server));

    const auto link = handshake(
        GetParam(),
        {.client = {.context = value_of(create_secure_context(of_client))},
         .server = {.request_cert = true,
                    .reject_unauthorized = true,
                    .sni_callback = [&](std::string_view, const auto& done) { done(chosen); }}});

    EXPECT_TRUE(link.server.tls().authorized());
    EXPECT_EQ(link.server.tls().peer_certificate().subject_field("CN"), "bob");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_hot_reload);

TEST_P(X_hot_reload, new_connections_see_the_new_certificate_and_standing_ones_go_on) {
    server_core core({.context = server_context_for(GetParam())});
    link standing(value_of(endpoint::make(client_settings{.context = client_context_for(GetParam()),
                                                          .host = "localhost"})),
                  value_of(core.make_endpoint()));
    standing.run();

    core.set_secure_context(context_for(GetParam(), "renewed"));
    standing.client.write("still here");
    standing.run();

    EXPECT_EQ(standing.server.received(), "still here");
    EXPECT_EQ(name_shown(GetParam(), core, "localhost"), "renewed");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_alpn);

TEST_P(X_alpn, the_servers_favourite_among_the_clients_is_chosen_on_both_ends) {
    const auto link =
        handshake(GetParam(), {.client = {.alpn_protocols = {"http/1.1", "h2"}},
                               .server = {.alpn_protocols = {"h3", "h2", "http/1.1"}}});

    EXPECT_EQ(link.client.tls().alpn_protocol(), "h2");
    EXPECT_EQ(link.server.tls().alpn_protocol(), "h2");
}

TEST_P(X_alpn, without_overlap_both_ends_fail_with_no_application_protocol) {
    const auto link = handshake(GetParam(), {.client = {.alpn_protocols = {"h2"}},
                                             .server = {.alpn_protocols = {"http/1.1"}}});

    EXPECT_EQ(link.server.error(), "NO_APPLICATION_PROTOCOL");
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
    EXPECT_EQ(link.client.failure()->alert, alert_description::no_application_protocol);
}

TEST_P(X_alpn, a_client_without_an_offer_goes_on_without) {
    const auto link = handshake(GetParam(), {.server = {.alpn_protocols = {"h2"}}});

    EXPECT_TRUE(link.client.tls().authorized());
    EXPECT_EQ(link.server.tls().alpn_protocol(), "");
}

TEST_P(X_alpn, the_callback_sees_name_and_offer_and_may_answer_later) {
    std::vector<std::string> offer;
    std::optional<late_answer<std::string>> answer;
    auto link = handshake(GetParam(),
                          {.client = {.alpn_protocols = {"h2", "http/1.1"}},
                           .server = {.alpn_callback = [&](std::string_view, const auto& protocols,
                                                           const auto& done) {
                               offer = protocols;
                               answer = done;
                           }}});
    ASSERT_TRUE(answer);
    EXPECT_THAT(offer, testing::ElementsAre("h2", "http/1.1"));

    (*answer)("http/1.1");
    link.run();

    EXPECT_EQ(link.client.tls().alpn_protocol(), "http/1.1");
}

TEST_P(X_alpn, the_callback_cannot_choose_what_was_not_offered) {
    const auto link = handshake(
        GetParam(), {.client = {.alpn_protocols = {"h2"}},
                     .server = {.alpn_callback = [](std::string_view, const auto&,
                                                    const auto& done) { done("http/1.1"); }}});

    EXPECT_EQ(link.server.error(), "BAD_PROTOCOL_LIST");
    EXPECT_EQ(link.client.failure()->alert, alert_description::no_application_protocol);
}

TEST_P(X_alpn, a_protocol_that_is_empty_or_too_long_is_a_clear_error) {
    for (const std::string& bad : {std::string(), std::string(256, 'x')}) {
        const auto made = endpoint::make(client_settings{.context = client_context_for(GetParam()),
                                                         .alpn_protocols = {"h2", bad}});

        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().code, errc::bad_protocol_list);
        EXPECT_EQ(made.error().input, "alpn_protocols[1]");
    }
}

}  // namespace
}  // namespace polytls::testkit
