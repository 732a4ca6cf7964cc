// Clauses on contexts with several certificates, on what contexts chosen by name bring along, and
// on signature algorithms.
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/server_core.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace polytls::testkit {
namespace {

const std::string only_rsa = "rsa_pss_rsae_sha256:rsa_pkcs1_sha256";
const std::string only_ecdsa = "ecdsa_secp256r1_sha256";

/// The name on a certificate tells which of two it is.
const credential& with_ec() {
    static const credential made = root().issue({.common_name = "ec", .dns_names = {"localhost"}});
    return made;
}

const credential& with_rsa() {
    static const credential made =
        root().issue({.common_name = "rsa", .dns_names = {"localhost"}, .key = key_kind::rsa_2048});
    return made;
}

/// Options with both credentials, in each order of keys and of certificates.
std::vector<context_options> in_every_order(const context_options& base) {
    std::vector<context_options> all;
    for (const bool rsa_key_first : {false, true}) {
        for (const bool rsa_cert_first : {false, true}) {
            context_options options = base;
            options.key = rsa_key_first ? one_or_many{with_rsa().key_pem(), with_ec().key_pem()}
                                        : one_or_many{with_ec().key_pem(), with_rsa().key_pem()};
            options.cert =
                rsa_cert_first
                    ? one_or_many{with_rsa().certificate_pem(), with_ec().certificate_pem()}
                    : one_or_many{with_ec().certificate_pem(), with_rsa().certificate_pem()};
            all.push_back(options);
        }
    }
    return all;
}

context_options taking(context_options options, const std::string& sigalgs) {
    options.sigalgs = sigalgs;
    return options;
}

secure_context made_of(const context_options& options) {
    return value_of(create_secure_context(options));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_key_cert);

TEST_P(M_ctx_key_cert, of_several_pairs_a_client_sees_the_one_it_can_check) {
    for (const auto& options : in_every_order(server_options_for(GetParam()))) {
        const auto server = made_of(options);
        const auto name_seen = [&](const std::string& sigalgs) {
            const auto link = handshake(
                GetParam(),
                {.client = {.context = made_of(taking(client_options_for(GetParam()), sigalgs))},
                 .server = {.context = server}});
            EXPECT_TRUE(link.client.tls().authorized()) << link.client.error();
            return std::string(link.client.tls().peer_certificate().subject_field("CN"));
        };

        EXPECT_EQ(name_seen(only_rsa), "rsa");
        EXPECT_EQ(name_seen(only_ecdsa), "ec");
    }
}

TEST_P(M_ctx_key_cert, of_several_pairs_a_server_sees_the_one_it_can_check) {
    for (const auto& options : in_every_order(client_options_for(GetParam()))) {
        const auto client = made_of(options);
        const auto name_seen = [&](const std::string& sigalgs) {
            auto server = server_options_for(GetParam());
            server.key = {with_rsa().key_pem(), with_ec().key_pem()};
            server.cert = {with_rsa().certificate_pem(), with_ec().certificate_pem()};
            const auto link =
                handshake(GetParam(), {.client = {.context = client},
                                       .server = {.context = made_of(taking(server, sigalgs)),
                                                  .request_cert = true,
                                                  .reject_unauthorized = true}});
            EXPECT_TRUE(link.server.tls().authorized()) << link.server.error();
            return std::string(link.server.tls().peer_certificate().subject_field("CN"));
        };

        EXPECT_EQ(name_seen(only_rsa), "rsa");
        EXPECT_EQ(name_seen(only_ecdsa), "ec");
    }
}

TEST_P(M_ctx_key_cert, each_pair_is_sent_with_its_own_chain) {
    const credential intermediate = root().issue({.common_name = "intermediate", .ca = true});
    const credential leaf = intermediate.issue(
        {.common_name = "below", .dns_names = {"localhost"}, .key = key_kind::rsa_2048});
    auto options = server_options_for(GetParam());
    options.key = {with_ec().key_pem(), leaf.key_pem()};
    options.cert = {leaf.certificate_pem() + intermediate.certificate_pem(),
                    with_ec().certificate_pem()};
    const auto server = made_of(options);
    const auto sent_with = [&](const std::string& sigalgs) {
        const auto link = handshake(
            GetParam(),
            {.client = {.context = made_of(taking(client_options_for(GetParam()), sigalgs))},
             .server = {.context = server}});
        EXPECT_TRUE(link.client.tls().authorized()) << link.client.error();
        const auto shown = link.client.tls().peer_certificate(true);
        return std::string(shown.issuer_certificate->subject_field("CN"));
    };

    EXPECT_EQ(sent_with(only_rsa), "intermediate");
    EXPECT_NE(sent_with(only_ecdsa), "intermediate");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_sigalgs);

TEST_P(X_sigalgs, nothing_in_common_ends_the_handshake_on_both_sides) {
    const auto link = handshake(
        GetParam(),
        {.client = {.context = made_of(taking(client_options_for(GetParam()), only_rsa))}});

    ASSERT_TRUE(link.server.failure());
    ASSERT_TRUE(link.client.failure());
    EXPECT_EQ(link.server.failure()->code, condition::nothing_in_common);
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
    EXPECT_EQ(link.client.failure()->alert, alert_description::handshake_failure);
}

TEST_P(X_sigalgs, both_ways_of_naming_them_are_understood) {
    for (const std::string name :
         {"ecdsa_secp256r1_sha256", "ECDSA+SHA256", "rsa_pss_rsae_sha256:ECDSA+SHA256"}) {
        const auto link = handshake(
            GetParam(),
            {.client = {.context = made_of(taking(client_options_for(GetParam()), name))}});
        EXPECT_TRUE(link.client.tls().authorized()) << name;
    }
}

TEST_P(X_sigalgs, an_unknown_name_is_a_clear_error) {
    for (const std::string name : {"ECDSA+SHA9", "ECDSA+SHA256:nope", "RSA+MD5", "RSA+SHA1", ":"}) {
        const auto made = create_secure_context(taking(client_options_for(GetParam()), name));

        ASSERT_FALSE(made) << name;
        EXPECT_EQ(made.error().code, errc::unknown_signature_scheme) << name;
        EXPECT_EQ(made.error().input, "sigalgs") << name;
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_pfx);

TEST_P(M_ctx_pfx, authenticates_a_client) {
    context_options options{.backend = GetParam().client,
                            .pfx = alice().pkcs12("open sesame", {root()}),
                            .passphrase = "open sesame"};
    const auto link =
        handshake(GetParam(), {.client = {.context = made_of(options)},
                               .server = {.request_cert = true, .reject_unauthorized = true}});

    EXPECT_TRUE(link.client.tls().authorized());
    EXPECT_TRUE(link.server.tls().authorized());
    EXPECT_EQ(link.server.tls().peer_certificate().raw, alice().certificate_der());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_crl);

TEST_P(M_ctx_crl, each_issuer_of_the_path_needs_its_list) {
    const credential intermediate = root().issue({.common_name = "intermediate", .ca = true});
    const credential leaf = intermediate.issue({.dns_names = {"localhost"}});
    auto options = server_options_for(GetParam());
    options.key = leaf.key_pem();
    options.cert = leaf.certificate_pem() + intermediate.certificate_pem();
    const auto server = made_of(options);
    const auto verdict = [&](const one_or_many& lists) {
        auto client = client_options_for(GetParam());
        client.crl = lists;
        const auto link = handshake(
            GetParam(), {.client = {.context = made_of(client), .reject_unauthorized = false},
                         .server = {.context = server}});
        return std::string(link.client.tls().authorization_error());
    };
    const std::string of_root = root().crl_pem({});
    const std::string of_intermediate = intermediate.crl_pem({});

    EXPECT_EQ(verdict({of_root, of_intermediate}), "");
    EXPECT_EQ(verdict({of_intermediate + of_root}), "") << "in one text";
    EXPECT_EQ(verdict({of_root}), "UNABLE_TO_GET_CRL");
    EXPECT_EQ(verdict({of_intermediate}), "UNABLE_TO_GET_CRL");
    EXPECT_EQ(verdict({of_root, intermediate.crl_pem({leaf})}), "CERT_REVOKED");
    EXPECT_EQ(verdict({root().crl_pem({intermediate}), of_intermediate}), "CERT_REVOKED");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_sni_context_own);

TEST_P(M_sni_context_own, the_chosen_contexts_lists_judge_the_client) {
    auto options = server_options_for(GetParam());
    options.crl = root().crl_pem({alice()});
    const auto chosen = made_of(options);
    auto client = client_options_for(GetParam());
    client.key = alice().key_pem();
    client.cert = alice().certificate_pem();
    const auto verdict = [&](const secure_context& answer) {
        const auto link = handshake(
            GetParam(), {.client = {.context = made_of(client)},
                         .server = {.request_cert = true,
                                    .sni_callback = [&](std::string_view, const auto& done) {
                                        done(answer);
                                    }}});
        return std::string(link.server.tls().authorization_error());
    };

    EXPECT_EQ(verdict(chosen), "CERT_REVOKED");
    EXPECT_EQ(verdict({}), "");
}

TEST_P(M_sni_context_own, the_chosen_contexts_key_and_certificate_serve) {
    auto options = server_options_for(GetParam());
    options.key = with_rsa().key_pem();
    options.cert = with_rsa().certificate_pem();
    const auto chosen = made_of(options);

    const auto link = handshake(
        GetParam(),
        {.server = {.sni_callback = [&](std::string_view, const auto& done) { done(chosen); }}});

    EXPECT_TRUE(link.client.tls().authorized());
    EXPECT_EQ(link.client.tls().peer_certificate().raw, with_rsa().certificate_der());
}

}  // namespace
}  // namespace polytls::testkit
