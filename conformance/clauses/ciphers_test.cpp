// Clauses on suites and groups: "Module functions" and "Forward secrecy".
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/cipher_suite.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::testkit {
namespace {

const std::string aes_then_chacha =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:TLS_AES_128_GCM_SHA256:"
    "TLS_CHACHA20_POLY1305_SHA256";
const std::string chacha_then_aes =
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:TLS_CHACHA20_POLY1305_SHA256:"
    "TLS_AES_128_GCM_SHA256";

std::string cipher_of(const pairing& with,
                      const std::string& of_client,
                      const std::string& of_server,
                      bool honor_cipher_order) {
    context_options client = client_options_for(with);
    client.ciphers = of_client;
    context_options server = server_options_for(with);
    server.ciphers = of_server;
    server.honor_cipher_order = honor_cipher_order;
    const auto link =
        handshake(with, {.client = {.context = value_of(create_secure_context(client))},
                         .server = {.context = value_of(create_secure_context(server))}});
    const cipher_suite* chosen = link.client.tls().cipher();
    return chosen == nullptr ? link.client.error() : std::string(chosen->encryption);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ciphers_order);

TEST_P(M_ciphers_order, the_clients_order_wins_by_default) {
    EXPECT_EQ(cipher_of(GetParam(), chacha_then_aes, aes_then_chacha, false),
              "CHACHA20/POLY1305(256)");
    EXPECT_EQ(cipher_of(GetParam(), aes_then_chacha, chacha_then_aes, false), "AESGCM(128)");
}

TEST_P(M_ciphers_order, the_servers_order_wins_with_honor_cipher_order) {
    EXPECT_EQ(cipher_of(GetParam(), chacha_then_aes, aes_then_chacha, true), "AESGCM(128)");
    EXPECT_EQ(cipher_of(GetParam(), aes_then_chacha, chacha_then_aes, true),
              "CHACHA20/POLY1305(256)");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ciphers_default);

TEST_P(M_ciphers_default, is_forward_secret_and_authenticated_encryption) {
    const auto link = handshake(GetParam());

    const cipher_suite* chosen = link.client.tls().cipher();
    ASSERT_NE(chosen, nullptr);
    EXPECT_EQ(chosen->mac, "AEAD");
    EXPECT_THAT(chosen->key_exchange, testing::AnyOf("ECDH", "any"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pfs_ecdhe);

TEST_P(M_pfs_ecdhe, is_negotiated_by_default) {
    const auto link = handshake(GetParam());

    EXPECT_THAT(link.client.tls().group(),
                testing::AnyOf("x25519", "secp256r1", "secp384r1", "secp521r1"));
    EXPECT_EQ(link.server.tls().group(), link.client.tls().group());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pfs_curve);

TEST_P(M_pfs_curve, ecdh_curve_picks_the_curve) {
    context_options options = client_options_for(GetParam());
    options.ecdh_curve = "P-384:prime256v1";

    const auto link =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(options))}});

    EXPECT_EQ(link.client.tls().group(), "secp384r1");
}

TEST_P(M_pfs_curve, no_curve_in_common_ends_the_handshake) {
    context_options client = client_options_for(GetParam());
    client.ecdh_curve = "P-384";
    context_options server = server_options_for(GetParam());
    server.ecdh_curve = "P-256";

    const auto link =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(client))},
                               .server = {.context = value_of(create_secure_context(server))}});

    ASSERT_TRUE(link.server.failure());
    EXPECT_EQ(link.server.failure()->code, condition::nothing_in_common);
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
}

TEST_P(M_pfs_curve, an_unknown_name_is_a_clear_error) {
    context_options options = client_options_for(GetParam());
    options.ecdh_curve = "P-256:curve9";

    const auto made = create_secure_context(options);

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::unknown_group);
    EXPECT_THAT(made.error().message, testing::HasSubstr("curve9"));
}

/// A server with an RSA key, as the suites of DHE want, in TLS 1.2: after it, clients name the
/// groups.
context_options dhe_server(backend with, const std::string& dhparam) {
    static const credential rsa =
        root().issue({.dns_names = {"localhost"}, .key = key_kind::rsa_2048});
    return {.backend = with,
            .key = rsa.key_pem(),
            .cert = rsa.certificate_pem(),
            .dhparam = dhparam,
            .max_version = protocol_version::tls1_2};
}

link dhe_handshake(const pairing& with, const std::string& dhparam, const std::string& ciphers) {
    context_options client = client_options_for(with);
    client.ciphers = ciphers;
    client.min_version = protocol_version::tls1_2;
    client.max_version = protocol_version::tls1_2;
    return handshake(
        with,
        {.client = {.context = value_of(create_secure_context(client))},
         .server = {.context = value_of(create_secure_context(dhe_server(with.server, dhparam)))}});
}

const std::string only_dhe = "DHE-RSA-AES128-GCM-SHA256";

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pfs_dhe);

TEST_P(M_pfs_dhe, is_negotiated_in_the_size_of_the_parameters) {
    const auto link = dhe_handshake(GetParam(), dh_parameters_2048(), only_dhe);

    ASSERT_NE(link.client.tls().cipher(), nullptr) << link.client.error();
    EXPECT_EQ(link.client.tls().cipher()->name, only_dhe);
    EXPECT_EQ(link.client.tls().ephemeral_key().type, "DH");
    EXPECT_EQ(link.client.tls().ephemeral_key().size, 2048);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pfs_dhparam_invalid);

TEST_P(M_pfs_dhparam_invalid, what_cannot_be_read_leaves_dhe_out) {
    const std::string whole = dh_parameters_2048();
    for (const std::string& bad : {std::string("garbage"), whole.substr(0, whole.size() / 2),
                                   localhost().certificate_pem()}) {
        EXPECT_EQ(dhe_handshake(GetParam(), bad, only_dhe).server.failure()->code,
                  condition::nothing_in_common);
        const auto link = dhe_handshake(GetParam(), bad, only_dhe + ":ECDHE-RSA-AES128-GCM-SHA256");
        EXPECT_EQ(link.client.tls().ephemeral_key().type, "ECDH");
    }
}

TEST_P(M_pfs_dhparam_invalid, less_than_1024_bits_is_a_clear_error) {
    const auto made = create_secure_context(dhe_server(GetParam().server, dh_parameters_512()));

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::weak_key);
    EXPECT_EQ(made.error().input, "dhparam");
    EXPECT_THAT(made.error().message, testing::HasSubstr("512"));
}

POLYTLS_CLAUSE_OVER_BACKENDS(M_ciphers_empty);

TEST_P(M_ciphers_empty, an_unknown_suite_is_a_clear_error) {
    const auto made = create_secure_context(
        {.backend = GetParam(), .ciphers = "ECDHE-RSA-AES128-GCM-SHA256:NOPE"});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::unknown_cipher);
    EXPECT_THAT(made.error().message, testing::HasSubstr("NOPE"));
}

TEST_P(M_ciphers_empty, a_list_that_leaves_nothing_is_no_cipher_match) {
    const auto made = create_secure_context({.backend = GetParam(), .ciphers = ""});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::no_cipher_match);
    EXPECT_THAT(made.error().message, testing::HasSubstr("no cipher match"));
}

}  // namespace
}  // namespace polytls::testkit
