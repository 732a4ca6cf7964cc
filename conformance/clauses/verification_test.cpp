// Clauses on who the peer is: identity, rejection, authorisation.
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/pem.hpp>
#include <polytls/verify_chain.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::testkit {
namespace {

constexpr std::chrono::seconds long_ago{1'000'000'000};
constexpr std::chrono::seconds far_ahead{2'400'000'000};

/// A setup whose server shows `shown`.
link_setup server_showing(const pairing& with, const credential& shown, bool reject = true) {
    context_options options = server_options_for(with);
    options.key = shown.key_pem();
    options.cert = shown.certificate_pem();
    return {.client = {.reject_unauthorized = reject},
            .server = {.context = value_of(create_secure_context(options))}};
}

/// A setup whose client shows `shown`, to a server that asks.
link_setup client_showing(const pairing& with, const credential* shown, bool reject) {
    context_options options = client_options_for(with);
    if (shown != nullptr) {
        options.key = shown->key_pem();
        options.cert = shown->certificate_pem();
    }
    return {.client = {.context = value_of(create_secure_context(options))},
            .server = {.request_cert = true, .reject_unauthorized = reject}};
}

const credential& stranger() {
    static const credential made =
        self_signed({.common_name = "stranger", .dns_names = {"localhost"}});
    return made;
}

const credential& expired() {
    static const credential made = root().issue({.dns_names = {"localhost"},
                                                 .not_before = long_ago,
                                                 .not_after = long_ago + std::chrono::hours(24)});
    return made;
}

const credential& future() {
    static const credential made =
        root().issue({.dns_names = {"localhost"}, .not_before = far_ahead});
    return made;
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_reject);

TEST_P(M_connect_reject, an_unverified_server_ends_in_its_code_before_any_data) {
    auto link = make_link(GetParam(), server_showing(GetParam(), stranger()));
    link.client.write("secret");
    link.server.write("welcome");

    link.run();

    EXPECT_EQ(link.client.error(), "DEPTH_ZERO_SELF_SIGNED_CERT");
    EXPECT_EQ(link.client.failure()->code, condition::not_authorized);
    EXPECT_THAT(link.client.trace(), testing::ElementsAre("error DEPTH_ZERO_SELF_SIGNED_CERT"));
    EXPECT_EQ(link.client.received(), "");
    EXPECT_EQ(link.server.received(), "");
}

TEST_P(M_connect_reject, the_server_is_told_by_the_alert) {
    const auto link = handshake(GetParam(), server_showing(GetParam(), stranger()));

    EXPECT_EQ(link.server.error(), "ALERT_RECEIVED");
    EXPECT_EQ(link.server.failure()->alert, alert_description::unknown_ca);
    EXPECT_EQ(link.client.failure()->alert, alert_description::unknown_ca);
}

TEST_P(M_connect_reject, without_rejecting_the_reason_is_recorded) {
    const auto link = handshake(GetParam(), server_showing(GetParam(), stranger(), false));

    EXPECT_THAT(link.client.trace(), testing::ElementsAre("secure"));
    EXPECT_FALSE(link.client.tls().authorized());
    EXPECT_EQ(link.client.tls().authorization_error(), "DEPTH_ZERO_SELF_SIGNED_CERT");
}

TEST_P(M_connect_reject, a_verified_server_is_authorized) {
    const auto link = handshake(GetParam());

    EXPECT_TRUE(link.client.tls().authorized());
    EXPECT_EQ(link.client.tls().authorization_error(), "");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_connect_identity);

TEST_P(M_connect_identity, a_certificate_for_another_host_is_refused_with_host_and_names) {
    const auto link = handshake(GetParam(), {.client = {.host = "example.org"}});

    EXPECT_EQ(link.client.error(), "ALTNAME_INVALID");
    EXPECT_THAT(link.client.failure()->message, testing::HasSubstr("example.org"));
    EXPECT_THAT(link.client.failure()->message, testing::HasSubstr("DNS:localhost"));
    EXPECT_EQ(link.server.failure()->alert, alert_description::bad_certificate);
}

TEST_P(M_connect_identity, an_ip_address_matches_only_ip_names) {
    const auto good = handshake(GetParam(), {.client = {.host = "127.0.0.1"}});
    const auto bad = handshake(GetParam(), {.client = {.host = "127.0.0.2"}});

    EXPECT_TRUE(good.client.tls().authorized());
    EXPECT_EQ(bad.client.error(), "ALTNAME_INVALID");
}

TEST_P(M_connect_identity, the_common_name_counts_only_without_dns_names) {
    const credential by_name = root().issue({.common_name = "old.example.com"});
    const credential both =
        root().issue({.common_name = "old.example.com", .dns_names = {"new.example.com"}});
    auto counted = server_showing(GetParam(), by_name);
    counted.client.host = "old.example.com";
    auto passed_over = server_showing(GetParam(), both);
    passed_over.client.host = "old.example.com";

    EXPECT_TRUE(handshake(GetParam(), std::move(counted)).client.tls().authorized());
    EXPECT_EQ(handshake(GetParam(), std::move(passed_over)).client.error(), "ALTNAME_INVALID");
}

TEST_P(M_connect_identity, a_wildcard_stands_for_one_left_most_label) {
    const credential wildcard = root().issue({.dns_names = {"*.example.com"}});
    auto one = server_showing(GetParam(), wildcard);
    one.client.host = "www.example.com";
    auto two = server_showing(GetParam(), wildcard);
    two.client.host = "a.b.example.com";

    EXPECT_TRUE(handshake(GetParam(), std::move(one)).client.tls().authorized());
    EXPECT_EQ(handshake(GetParam(), std::move(two)).client.error(), "ALTNAME_INVALID");
}

TEST_P(M_connect_identity, without_rejecting_the_mismatch_is_recorded) {
    const auto link =
        handshake(GetParam(), {.client = {.host = "example.org", .reject_unauthorized = false}});

    EXPECT_FALSE(link.client.tls().authorized());
    EXPECT_EQ(link.client.tls().authorization_error(), "ALTNAME_INVALID");
}

TEST_P(M_connect_identity, a_check_of_the_callers_replaces_it) {
    std::string host;
    std::string common_name;
    const auto accepted = handshake(
        GetParam(),
        {.client = {.host = "example.org",
                    .check_server_identity = [&](std::string_view asked, const certificate& leaf) {
                        host = asked;
                        common_name = leaf.subject_field("CN");
                        return std::optional<failure>();
                    }}});
    const auto refused = handshake(
        GetParam(), {.client = {.check_server_identity = [](std::string_view, const certificate&) {
                         return std::optional(
                             make_failure(errc::identity_check_rejected, "pin does not match"));
                     }}});

    EXPECT_EQ(host, "example.org");
    EXPECT_EQ(common_name, "localhost");
    EXPECT_TRUE(accepted.client.tls().authorized());
    ASSERT_TRUE(refused.client.failure());
    EXPECT_EQ(refused.client.failure()->message, "pin does not match");
}

TEST_P(M_connect_identity, what_the_callers_check_throws_comes_out_and_refuses_the_peer) {
    auto link = make_link(
        GetParam(),
        {.client = {.check_server_identity = [](std::string_view,
                                                const certificate&) -> std::optional<failure> {
             throw std::runtime_error("pins unavailable");
         }}});

    EXPECT_THROW(link.run(), std::runtime_error);
    link.run();

    EXPECT_TRUE(link.client.failure());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_authorized);

TEST_P(M_socket_authorized, has_one_code_for_each_fault_of_a_server) {
    const credential unknown_root = self_signed({.common_name = "unknown root", .ca = true});
    const credential client_only =
        root().issue({.dns_names = {"localhost"}, .extended_key_usage = "clientAuth"});
    const credential not_a_ca = root().issue({.common_name = "not a CA"});
    const credential narrow = root().issue({.common_name = "narrow", .ca = true, .path_length = 0});
    const credential below = narrow.issue({.common_name = "below", .ca = true});

    const struct {
        const char* code;
        credential shown;
        std::string chain;
    } faults[] = {
        {"DEPTH_ZERO_SELF_SIGNED_CERT", stranger(), ""},
        {"SELF_SIGNED_CERT_IN_CHAIN", unknown_root.issue({.dns_names = {"localhost"}}),
         unknown_root.certificate_pem()},
        {"UNABLE_TO_VERIFY_LEAF_SIGNATURE", unknown_root.issue({.dns_names = {"localhost"}}), ""},
        {"CERT_HAS_EXPIRED", expired(), ""},
        {"CERT_NOT_YET_VALID", future(), ""},
        {"INVALID_PURPOSE", client_only, ""},
        {"INVALID_CA", not_a_ca.issue({.dns_names = {"localhost"}}), not_a_ca.certificate_pem()},
        {"PATH_LENGTH_EXCEEDED", below.issue({.dns_names = {"localhost"}}),
         below.certificate_pem() + narrow.certificate_pem()},
    };

    for (const auto& [code, shown, chain] : faults) {
        context_options options = server_options_for(GetParam());
        options.key = shown.key_pem();
        options.cert = shown.certificate_pem() + chain;
        const secure_context server = value_of(create_secure_context(options));

        const auto refused = handshake(GetParam(), {.server = {.context = server}});
        const auto recorded = handshake(
            GetParam(), {.client = {.reject_unauthorized = false}, .server = {.context = server}});

        EXPECT_EQ(refused.client.error(), code);
        EXPECT_EQ(recorded.client.tls().authorization_error(), code);
    }
}

/// A certificate whose signature is not its issuer's any more.
std::string forged(const credential& original) {
    std::vector<std::uint8_t> der = original.certificate_der();
    der.back() = static_cast<std::uint8_t>(der.back() ^ 1U);
    return to_pem("CERTIFICATE", der);
}

TEST_P(M_socket_authorized, a_certificate_with_a_false_signature_has_its_code) {
    const credential original = root().issue({.dns_names = {"localhost"}});
    context_options options = server_options_for(GetParam());
    options.key = original.key_pem();
    options.cert = forged(original);
    const secure_context server = value_of(create_secure_context(options));

    const auto refused = handshake(GetParam(), {.server = {.context = server}});
    const auto recorded = handshake(
        GetParam(), {.client = {.reject_unauthorized = false}, .server = {.context = server}});

    EXPECT_EQ(refused.client.error(), "CERT_SIGNATURE_FAILURE");
    EXPECT_EQ(recorded.client.tls().authorization_error(), "CERT_SIGNATURE_FAILURE");
}

TEST_P(M_socket_authorized, an_unknown_ca_above_an_intermediate_has_its_code) {
    const credential unknown = self_signed({.common_name = "unknown root", .ca = true});
    const credential middle = unknown.issue({.common_name = "middle", .ca = true});
    const credential leaf = middle.issue({.dns_names = {"localhost"}});
    context_options options = server_options_for(GetParam());
    options.key = leaf.key_pem();
    options.cert = leaf.certificate_pem() + middle.certificate_pem();

    const auto link =
        handshake(GetParam(), {.server = {.context = value_of(create_secure_context(options))}});

    EXPECT_EQ(link.client.error(), "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
}

TEST_P(M_socket_authorized, a_revoked_certificate_has_its_code) {
    const credential revoked = root().issue({.dns_names = {"localhost"}});
    auto setup = server_showing(GetParam(), revoked);
    context_options options = client_options_for(GetParam());
    options.crl = root().crl_pem({revoked});
    setup.client.context = value_of(create_secure_context(options));

    EXPECT_EQ(handshake(GetParam(), std::move(setup)).client.error(), "CERT_REVOKED");
}

TEST_P(M_socket_authorized, a_client_that_gives_no_certificate_has_its_code) {
    const auto link = handshake(GetParam(), client_showing(GetParam(), nullptr, false));

    EXPECT_FALSE(link.server.tls().authorized());
    EXPECT_EQ(link.server.tls().authorization_error(), "UNABLE_TO_GET_ISSUER_CERT");
}

TEST_P(M_socket_authorized, a_root_with_too_weak_a_key_has_its_code) {
    const credential weak =
        self_signed({.common_name = "weak root", .ca = true, .key = key_kind::rsa_1024});
    auto setup = server_showing(GetParam(), weak.issue({.dns_names = {"localhost"}}));
    context_options options = client_options_for(GetParam());
    options.ca = weak.certificate_pem();
    setup.client.context = value_of(create_secure_context(options));

    EXPECT_EQ(handshake(GetParam(), std::move(setup)).client.error(), "CA_KEY_TOO_SMALL");
}

/// What a client would say of a chain, were it shown to it: the verdict's name, "OK" for none.
std::string verdict_on(const pairing& with, const std::string& chain) {
    const auto verified = verify_chain({.context = client_context_for(with),
                                        .chain = chain,
                                        .host = "localhost",
                                        .unix_time = manual_clock().now().unix_time});
    return verified ? "OK" : verified.error().name();
}

// Our own servers would not show them.
TEST_P(M_socket_authorized, leaves_and_digests_that_are_too_weak_have_their_codes) {
    const credential weak = root().issue({.dns_names = {"localhost"}, .key = key_kind::rsa_1024});
    const credential hashed =
        root().issue({.common_name = "hashed by SHA-1", .ca = true, .sha1 = true});
    const credential below = hashed.issue({.dns_names = {"localhost"}});

    EXPECT_EQ(verdict_on(GetParam(), weak.certificate_pem()), "EE_KEY_TOO_SMALL");
    EXPECT_EQ(verdict_on(GetParam(), below.certificate_pem() + hashed.certificate_pem()),
              "CA_MD_TOO_WEAK");
}

TEST_P(M_socket_authorized, a_chain_without_a_connection_has_the_same_codes) {
    const credential unknown = self_signed({.common_name = "unknown root", .ca = true});
    const credential below = unknown.issue({.dns_names = {"localhost"}});
    const credential other = root().issue({.dns_names = {"example.org"}});
    const std::pair<const char*, std::string> chains[] = {
        {"OK", localhost().certificate_pem()},
        {"OK", localhost().certificate_pem() + root().certificate_pem()},
        {"ALTNAME_INVALID", other.certificate_pem()},
        {"DEPTH_ZERO_SELF_SIGNED_CERT", stranger().certificate_pem()},
        {"SELF_SIGNED_CERT_IN_CHAIN", below.certificate_pem() + unknown.certificate_pem()},
        {"UNABLE_TO_VERIFY_LEAF_SIGNATURE", below.certificate_pem()},
        {"CERT_HAS_EXPIRED", expired().certificate_pem()},
        {"CERT_NOT_YET_VALID", future().certificate_pem()},
        {"CERT_SIGNATURE_FAILURE", forged(localhost())},
    };

    for (const auto& [code, chain] : chains) {
        EXPECT_EQ(verdict_on(GetParam(), chain), code);
    }
}

TEST_P(M_socket_authorized, dates_are_judged_by_the_clock_that_is_passed_in) {
    auto late = make_link(GetParam());
    late.clock.set_unix_time(std::chrono::seconds(4'000'000'000));
    late.run();
    auto early = make_link(GetParam());
    early.clock.set_unix_time(std::chrono::seconds(1'000'000'000));
    early.run();

    EXPECT_EQ(late.client.error(), "CERT_HAS_EXPIRED");
    EXPECT_EQ(early.client.error(), "CERT_NOT_YET_VALID");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_request_cert);

TEST_P(M_server_request_cert, a_verified_client_is_authorized) {
    const auto link = handshake(GetParam(), client_showing(GetParam(), &alice(), true));

    EXPECT_TRUE(link.server.tls().authorized());
    EXPECT_EQ(link.server.tls().peer_certificate().subject_field("CN"), "alice");
}

TEST_P(M_server_request_cert, without_rejecting_an_unverified_client_is_let_in) {
    const auto link = handshake(GetParam(), client_showing(GetParam(), &stranger(), false));

    EXPECT_FALSE(link.server.failure());
    EXPECT_FALSE(link.server.tls().authorized());
    EXPECT_EQ(link.server.tls().authorization_error(), "DEPTH_ZERO_SELF_SIGNED_CERT");
}

TEST_P(M_server_request_cert, without_rejecting_a_client_without_one_is_let_in) {
    const auto link = handshake(GetParam(), client_showing(GetParam(), nullptr, false));

    EXPECT_FALSE(link.server.failure());
    EXPECT_FALSE(link.server.tls().authorized());
    EXPECT_EQ(link.server.tls().authorization_error(), "UNABLE_TO_GET_ISSUER_CERT");
    EXPECT_TRUE(link.server.tls().peer_certificate().empty());
}

TEST_P(M_server_request_cert, with_rejecting_an_unverified_client_is_refused_before_secure) {
    auto link = make_link(GetParam(), client_showing(GetParam(), &stranger(), true));
    link.client.write("let me in");

    link.run();

    EXPECT_THAT(link.server.trace(), testing::ElementsAre("error DEPTH_ZERO_SELF_SIGNED_CERT"));
    EXPECT_EQ(link.server.received(), "");
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
    EXPECT_EQ(link.client.failure()->alert, alert_description::unknown_ca);
}

TEST_P(M_server_request_cert, with_rejecting_a_client_without_one_is_refused) {
    const auto link = handshake(GetParam(), client_showing(GetParam(), nullptr, true));

    EXPECT_EQ(link.server.error(), "CERTIFICATE_REQUIRED");
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
    EXPECT_EQ(link.client.failure()->alert, GetParam().version == protocol_version::tls1_3
                                                ? alert_description::certificate_required
                                                : alert_description::handshake_failure);
}

TEST_P(M_server_request_cert, a_client_that_is_not_asked_is_neither_authorized_nor_wrong) {
    const auto link = handshake(GetParam());

    EXPECT_FALSE(link.server.tls().authorized());
    EXPECT_EQ(link.server.tls().authorization_error(), "");
}

}  // namespace
}  // namespace polytls::testkit
