// Clauses under "Contexts".
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace polytls::testkit {
namespace {

const std::string passphrase = "open sesame 4711";

/// A server's options with another key and certificate.
context_options server_with(const pairing& with, const one_or_many& key, const one_or_many& cert) {
    context_options options = server_options_for(with);
    options.key = key;
    options.cert = cert;
    return options;
}

failure refusal_of(const context_options& options) {
    const auto made = create_secure_context(options);
    return made ? failure{} : made.error();
}

bool shakes_hands(const pairing& with, const context_options& server) {
    const auto link =
        handshake(with, {.server = {.context = value_of(create_secure_context(server))}});
    return link.client.tls().authorized();
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_key_cert);

TEST_P(M_ctx_key_cert, pem_text_serves) {
    EXPECT_TRUE(shakes_hands(GetParam(), server_options_for(GetParam())));
}

TEST_P(M_ctx_key_cert, rsa_keys_serve) {
    const credential rsa = root().issue({.dns_names = {"localhost"}, .key = key_kind::rsa_2048});

    EXPECT_TRUE(
        shakes_hands(GetParam(), server_with(GetParam(), rsa.key_pem(), rsa.certificate_pem())));
}

TEST_P(M_ctx_key_cert, of_two_pairs_of_one_type_neither_is_silently_dropped) {
    const credential another = root().issue({.dns_names = {"another.test"}});

    const auto made = create_secure_context(
        server_with(GetParam(), {localhost().key_pem(), another.key_pem()},
                    {localhost().certificate_pem(), another.certificate_pem()}));

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::invalid_argument);
    EXPECT_EQ(made.error().input, "cert[1]");
}

TEST_P(M_ctx_key_cert, several_pairs_are_matched_whatever_the_order) {
    const credential rsa = root().issue({.dns_names = {"localhost"}, .key = key_kind::rsa_2048});

    EXPECT_TRUE(shakes_hands(GetParam(),
                             server_with(GetParam(), {localhost().key_pem(), rsa.key_pem()},
                                         {rsa.certificate_pem(), localhost().certificate_pem()})));
}

TEST_P(M_ctx_key_cert, a_mismatched_pair_is_a_clear_error) {
    const failure why =
        refusal_of(server_with(GetParam(), alice().key_pem(), localhost().certificate_pem()));

    EXPECT_EQ(why.code, errc::key_mismatch);
    EXPECT_EQ(why.input, "key[0]");
}

TEST_P(M_ctx_key_cert, key_and_certificate_swapped_is_a_clear_error) {
    const failure why =
        refusal_of(server_with(GetParam(), localhost().certificate_pem(), localhost().key_pem()));

    EXPECT_EQ(why.code.category(), error_category());
    EXPECT_THAT(why.input, testing::AnyOf("key[0]", "cert[0]"));
    EXPECT_THAT(why.message, testing::HasSubstr("not a"));
}

TEST_P(M_ctx_key_cert, one_without_the_other_is_a_clear_error) {
    EXPECT_EQ(refusal_of(server_with(GetParam(), {}, localhost().certificate_pem())).code,
              errc::invalid_argument);
    EXPECT_EQ(refusal_of(server_with(GetParam(), localhost().key_pem(), {})).code,
              errc::invalid_argument);
}

TEST_P(M_ctx_key_cert, truncated_and_garbled_inputs_are_clear_errors) {
    const std::string key = localhost().key_pem();
    const std::string cert = localhost().certificate_pem();
    const std::string half_key = key.substr(0, key.size() / 2);
    const std::string half_cert = cert.substr(0, cert.size() / 2);

    EXPECT_EQ(refusal_of(server_with(GetParam(), half_key, cert)).input, "key[0]");
    EXPECT_EQ(refusal_of(server_with(GetParam(), key, half_cert)).input, "cert[0]");
    EXPECT_EQ(refusal_of(server_with(GetParam(), "garbage", cert)).input, "key[0]");
    EXPECT_EQ(refusal_of(server_with(GetParam(), key, "garbage")).input, "cert[0]");
    EXPECT_EQ(refusal_of(server_with(GetParam(), "", cert)).input, "key[0]");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_chain);

TEST_P(M_ctx_chain, the_chain_in_cert_is_sent) {
    const credential intermediate =
        root().issue({.common_name = "intermediate", .ca = true, .path_length = 0});
    const credential leaf = intermediate.issue({.dns_names = {"localhost"}});

    const auto link = handshake(
        GetParam(), {.server = {.context = value_of(create_secure_context(server_with(
                                    GetParam(), leaf.key_pem(),
                                    leaf.certificate_pem() + intermediate.certificate_pem())))}});

    EXPECT_TRUE(link.client.tls().authorized());
    const certificate shown = link.client.tls().peer_certificate(true);
    ASSERT_TRUE(shown.issuer_certificate);
    EXPECT_EQ(shown.issuer_certificate->subject_field("CN"), "intermediate");
}

TEST_P(M_ctx_chain, without_it_the_client_cannot_verify) {
    const credential intermediate = root().issue({.common_name = "intermediate", .ca = true});
    const credential leaf = intermediate.issue({.dns_names = {"localhost"}});

    const auto link = handshake(
        GetParam(), {.server = {.context = value_of(create_secure_context(server_with(
                                    GetParam(), leaf.key_pem(), leaf.certificate_pem())))}});

    EXPECT_EQ(link.client.error(), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_passphrase);

TEST_P(M_ctx_passphrase, opens_encrypted_keys_of_both_forms) {
    for (const std::string& key :
         {localhost().encrypted_key_pem(passphrase), localhost().traditional_key_pem(passphrase)}) {
        context_options options = server_with(GetParam(), key, localhost().certificate_pem());
        options.passphrase = passphrase;

        EXPECT_TRUE(shakes_hands(GetParam(), options));
    }
}

TEST_P(M_ctx_passphrase, missing_and_wrong_are_told_apart_and_never_repeated) {
    for (const std::string& key :
         {localhost().encrypted_key_pem(passphrase), localhost().traditional_key_pem(passphrase)}) {
        context_options options = server_with(GetParam(), key, localhost().certificate_pem());

        EXPECT_EQ(refusal_of(options).code, errc::passphrase_required);
        EXPECT_EQ(refusal_of(options).input, "key[0]");
        options.passphrase = "Xyzzy";
        const failure why = refusal_of(options);
        EXPECT_EQ(why.code, errc::wrong_passphrase);
        EXPECT_THAT(why.message + why.native_text, testing::Not(testing::HasSubstr("Xyzzy")));
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_ca);

TEST_P(M_ctx_ca, one_or_many_blocks_are_trusted) {
    const credential other = self_signed({.common_name = "other", .ca = true});
    for (const one_or_many& ca :
         {one_or_many{other.certificate_pem(), root().certificate_pem()},
          one_or_many{other.certificate_pem() + root().certificate_pem()}}) {
        context_options options = client_options_for(GetParam());
        options.ca = ca;

        const auto link = handshake(
            GetParam(), {.client = {.context = value_of(create_secure_context(options))}});

        EXPECT_TRUE(link.client.tls().authorized());
    }
}

TEST_P(M_ctx_ca, replaces_what_is_trusted_otherwise) {
    const credential other = self_signed({.common_name = "other", .ca = true});
    context_options options = client_options_for(GetParam());
    options.ca = one_or_many(other.certificate_pem());

    const auto link =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(options))}});

    EXPECT_EQ(link.client.error(), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
}

TEST_P(M_ctx_ca, a_text_without_a_certificate_is_a_clear_error) {
    context_options options = client_options_for(GetParam());
    options.ca = one_or_many{root().certificate_pem(), "not a certificate"};

    const failure why = refusal_of(options);

    EXPECT_EQ(why.code, errc::bad_ca);
    EXPECT_EQ(why.input, "ca[1]");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_shared);

TEST_P(M_ctx_shared, one_context_serves_connections_on_many_threads) {
    const secure_context client = client_context_for(GetParam());
    const secure_context server = server_context_for(GetParam());
    std::array<bool, 4> authorized{};
    std::vector<std::thread> threads;
    for (bool& done : authorized) {
        threads.emplace_back([&, with = GetParam()] {
            done = true;
            for (int i = 0; i < 5; ++i) {
                const auto link =
                    handshake(with, {.client = {.context = client}, .server = {.context = server}});
                done = done && link.client.tls().authorized();
            }
        });
    }

    for (std::thread& thread : threads) {
        thread.join();
    }

    EXPECT_THAT(authorized, testing::Each(true));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_immutable_after);

TEST_P(M_ctx_immutable_after, changing_the_options_changes_no_context) {
    context_options options = server_options_for(GetParam());
    const secure_context made = value_of(create_secure_context(options));
    options.key = "changed";
    options.cert.front().assign("changed");

    const auto link = handshake(GetParam(), {.server = {.context = made}});

    EXPECT_TRUE(link.client.tls().authorized());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_partial_chain);

TEST_P(X_partial_chain, an_intermediate_is_an_anchor_only_when_that_is_on) {
    const credential intermediate = root().issue({.common_name = "intermediate", .ca = true});
    const credential leaf = intermediate.issue({.dns_names = {"localhost"}});
    const auto server = value_of(
        create_secure_context(server_with(GetParam(), leaf.key_pem(), leaf.certificate_pem())));
    context_options options = client_options_for(GetParam());
    options.ca = one_or_many(intermediate.certificate_pem());

    const auto off =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(options))},
                               .server = {.context = server}});
    options.allow_partial_trust_chain = true;
    const auto on =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(options))},
                               .server = {.context = server}});

    EXPECT_EQ(off.client.error(), "UNABLE_TO_GET_ISSUER_CERT");
    EXPECT_TRUE(on.client.tls().authorized());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_crl);

/// What a client with these lists thinks of the server `localhost()`.
std::string with_crls(const pairing& with, const one_or_many& crl) {
    context_options options = client_options_for(with);
    options.crl = crl;
    const auto link =
        handshake(with, {.client = {.context = value_of(create_secure_context(options)),
                                    .reject_unauthorized = false}});
    EXPECT_EQ(link.client.failure(), std::nullopt);
    return link.client.tls().authorized() ? "authorized"
                                          : std::string(link.client.tls().authorization_error());
}

TEST_P(M_ctx_crl, a_peer_that_no_list_names_is_authorized) {
    EXPECT_EQ(with_crls(GetParam(), root().crl_pem({alice()})), "authorized");
}

TEST_P(M_ctx_crl, a_revoked_peer_is_not_and_is_refused_with_its_alert) {
    const std::string list = root().crl_pem({alice(), localhost()});
    EXPECT_EQ(with_crls(GetParam(), list), "CERT_REVOKED");

    context_options options = client_options_for(GetParam());
    options.crl = list;
    const auto link =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(options))}});

    EXPECT_EQ(link.client.error(), "CERT_REVOKED");
    EXPECT_EQ(link.server.failure()->alert, alert_description::certificate_revoked);
}

TEST_P(M_ctx_crl, a_list_out_of_date_is_told_apart) {
    EXPECT_EQ(with_crls(GetParam(), root().crl_pem({}, std::chrono::seconds(1'577'836'800),
                                                   std::chrono::seconds(1'577'836'900))),
              "CRL_HAS_EXPIRED");
    EXPECT_EQ(with_crls(GetParam(), root().crl_pem({}, std::chrono::seconds(2'400'000'000))),
              "CRL_NOT_YET_VALID");
}

TEST_P(M_ctx_crl, a_list_of_somebody_else_is_a_missing_one) {
    const credential other = self_signed({.common_name = "another root", .ca = true});

    EXPECT_EQ(with_crls(GetParam(), other.crl_pem({})), "UNABLE_TO_GET_CRL");
}

TEST_P(M_ctx_crl, a_list_that_somebody_else_signed_is_no_list) {
    const credential impostor = self_signed({.common_name = "polytls test root", .ca = true});

    EXPECT_EQ(with_crls(GetParam(), impostor.crl_pem({})), "CRL_SIGNATURE_FAILURE");
}

TEST_P(M_ctx_crl, a_server_judges_its_clients_by_lists_too) {
    context_options options = server_options_for(GetParam());
    options.crl = root().crl_pem({alice()});
    context_options client = client_options_for(GetParam());
    client.key = alice().key_pem();
    client.cert = alice().certificate_pem();

    const auto link = handshake(
        GetParam(),
        {.client = {.context = value_of(create_secure_context(client))},
         .server = {.context = value_of(create_secure_context(options)), .request_cert = true}});

    EXPECT_FALSE(link.server.tls().authorized());
    EXPECT_EQ(link.server.tls().authorization_error(), "CERT_REVOKED");
}

TEST_P(M_ctx_crl, what_is_no_list_is_a_clear_error) {
    context_options options = client_options_for(GetParam());
    for (const std::string& text :
         {std::string("nonsense"), std::string(), root().certificate_pem(),
          std::string("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"),
          std::string("\x30\x03\x01", 3)}) {
        options.crl = {root().crl_pem({}), text};

        const failure why = refusal_of(options);

        EXPECT_EQ(why.code, errc::bad_crl) << text;
        EXPECT_EQ(why.input, "crl[1]");
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_pfx);

context_options server_with_pfx(const pairing& with, const std::string& pfx) {
    return {.backend = with.server, .pfx = pfx, .passphrase = passphrase};
}

TEST_P(M_ctx_pfx, serves_in_the_modern_and_in_the_legacy_form) {
    const credential intermediate = root().issue({.common_name = "intermediate", .ca = true});
    const credential leaf = intermediate.issue({.dns_names = {"localhost"}});

    for (const auto form : {pkcs12_form::modern, pkcs12_form::legacy}) {
        const context_options server =
            server_with_pfx(GetParam(), leaf.pkcs12(passphrase, {intermediate}, form));
        EXPECT_TRUE(shakes_hands(GetParam(), server)) << static_cast<int>(form);
    }
}

TEST_P(M_ctx_pfx, serves_without_a_passphrase) {
    context_options server = server_with_pfx(GetParam(), localhost().pkcs12(""));
    server.passphrase.reset();

    EXPECT_TRUE(shakes_hands(GetParam(), server));
}

TEST_P(M_ctx_pfx, the_cas_in_it_are_trusted_besides_the_roots) {
    context_options server = server_with_pfx(GetParam(), localhost().pkcs12(passphrase, {root()}));
    context_options client = client_options_for(GetParam());
    client.key = alice().key_pem();
    client.cert = alice().certificate_pem();

    const auto link = handshake(
        GetParam(),
        {.client = {.context = value_of(create_secure_context(client))},
         .server = {.context = value_of(create_secure_context(server)), .request_cert = true}});

    EXPECT_TRUE(link.server.tls().authorized());
}

TEST_P(M_ctx_pfx, a_wrong_passphrase_is_mac_verify_failure) {
    for (const auto form : {pkcs12_form::modern, pkcs12_form::legacy}) {
        context_options server =
            server_with_pfx(GetParam(), localhost().pkcs12(passphrase, {}, form));
        server.passphrase = "not it";
        failure why = refusal_of(server);
        EXPECT_EQ(why.code, errc::wrong_passphrase);
        EXPECT_EQ(why.input, "pfx");
        EXPECT_THAT(why.message, testing::HasSubstr("mac verify failure"));
        EXPECT_THAT(why.message, testing::Not(testing::HasSubstr("not it")));

        server.passphrase.reset();
        why = refusal_of(server);
        EXPECT_EQ(why.code, errc::passphrase_required);
        EXPECT_THAT(why.message, testing::HasSubstr("mac verify failure"));
    }
}

TEST_P(M_ctx_pfx, garbage_and_what_is_cut_short_are_not_enough_data) {
    const std::string whole = localhost().pkcs12(passphrase);

    for (const std::string& bad : {std::string("garbage"), whole.substr(0, whole.size() / 2),
                                   whole.substr(0, 1), localhost().certificate_pem()}) {
        const failure why = refusal_of(server_with_pfx(GetParam(), bad));
        EXPECT_EQ(why.code, errc::bad_pkcs12);
        EXPECT_EQ(why.input, "pfx");
        EXPECT_THAT(why.message, testing::HasSubstr("not enough data"));
    }
}

TEST_P(M_ctx_pfx, excludes_key_cert_and_ca) {
    const context_options alone = server_with_pfx(GetParam(), localhost().pkcs12(passphrase));
    context_options with_key = alone;
    with_key.key = localhost().key_pem();
    context_options with_cert = alone;
    with_cert.cert = localhost().certificate_pem();
    context_options with_ca = alone;
    with_ca.ca = root().certificate_pem();

    for (const auto& options : {with_key, with_cert, with_ca}) {
        const failure why = refusal_of(options);
        EXPECT_EQ(why.code, errc::invalid_argument);
        EXPECT_EQ(why.input, "pfx");
    }
}

}  // namespace
}  // namespace polytls::testkit
