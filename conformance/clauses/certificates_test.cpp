// Clauses on what a socket tells of its peer's certificate.
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/pem.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <unistd.h>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// What `openssl x509` says of a certificate.
std::string all_that_openssl_says(const credential& of, const std::string& options) {
    const std::string path =
        testing::TempDir() + "polytls_certificate_" + std::to_string(getpid()) + ".pem";
    std::ofstream(path) << of.certificate_pem();
    const std::string command =
        POLYTLS_OPENSSL_PROGRAM " x509 -noout -in '" + path + "' " + options;
    std::string answer;
    if (FILE* const pipe = popen(command.c_str(), "r")) {
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
            answer += static_cast<char>(c);
        }
        EXPECT_EQ(pclose(pipe), 0) << command;
    }
    std::filesystem::remove(path);
    return answer;
}

/// The same of one line: what follows its first '='.
std::string openssl_says(const credential& of, const std::string& options) {
    const std::string answer = all_that_openssl_says(of, options);
    const std::size_t start = answer.find('=') + 1;
    return answer.substr(start, answer.find('\n') - start);
}

/// What a client sees of a server that shows `shown`.
certificate seen_by_client(const pairing& with, const credential& shown, bool detailed = false) {
    context_options options = server_options_for(with);
    options.key = shown.key_pem();
    options.cert = shown.certificate_pem();
    const auto link =
        handshake(with, {.client = {.reject_unauthorized = false},
                         .server = {.context = value_of(create_secure_context(options))}});
    EXPECT_TRUE(link.client.tls().handshake_complete());
    return link.client.tls().peer_certificate(detailed);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_peer_cert);

TEST_P(M_socket_peer_cert, is_told_as_openssl_tells_it) {
    const auto link = handshake(GetParam());

    const certificate shown = link.client.tls().peer_certificate();

    EXPECT_EQ(shown.subject_field("CN"), "localhost");
    EXPECT_EQ(shown.serial_number, openssl_says(localhost(), "-serial"));
    EXPECT_EQ(shown.fingerprint, openssl_says(localhost(), "-fingerprint -sha1"));
    EXPECT_EQ(shown.fingerprint256, openssl_says(localhost(), "-fingerprint -sha256"));
    EXPECT_EQ(shown.fingerprint512, openssl_says(localhost(), "-fingerprint -sha512"));
    EXPECT_EQ(shown.valid_from, openssl_says(localhost(), "-startdate"));
    EXPECT_EQ(shown.valid_to, openssl_says(localhost(), "-enddate"));
    EXPECT_EQ("CN=" + shown.issuer.at(0).second,
              openssl_says(localhost(), "-issuer -nameopt RFC2253"));
}

TEST_P(M_socket_peer_cert, gives_the_names_and_the_bytes_of_the_certificate) {
    const auto link = handshake(GetParam());

    const certificate shown = link.client.tls().peer_certificate();

    EXPECT_EQ(shown.subjectaltname,
              "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    EXPECT_EQ(shown.raw, localhost().certificate_der());
    EXPECT_FALSE(shown.ca);
    EXPECT_EQ(shown.issuer_certificate, nullptr);
}

TEST_P(M_socket_peer_cert, gives_the_purposes_of_the_certificate) {
    const credential with_purposes =
        root().issue({.dns_names = {"localhost"}, .extended_key_usage = "serverAuth,clientAuth"});

    const certificate shown = seen_by_client(GetParam(), with_purposes);

    EXPECT_THAT(shown.ext_key_usage, ElementsAre("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"));
}

TEST_P(M_socket_peer_cert, tells_where_more_is_to_be_had) {
    const credential informed = root().issue(
        {.dns_names = {"localhost"},
         .info_access = "caIssuers;URI:http://ca.example/1,OCSP;URI:http://ocsp.example/,"
                        "caIssuers;URI:http://ca.example/2"});

    const certificate shown = seen_by_client(GetParam(), informed);

    EXPECT_THAT(shown.info_access,
                ElementsAre(Pair("CA Issuers - URI",
                                 ElementsAre("http://ca.example/1", "http://ca.example/2")),
                            Pair("OCSP - URI", ElementsAre("http://ocsp.example/"))));
    EXPECT_THAT(seen_by_client(GetParam(), localhost()).info_access, IsEmpty());
}

TEST_P(M_socket_peer_cert, gives_the_numbers_of_an_rsa_key) {
    const credential rsa = root().issue({.dns_names = {"localhost"}, .key = key_kind::rsa_2048});

    const certificate shown = seen_by_client(GetParam(), rsa);

    EXPECT_EQ(shown.modulus, openssl_says(rsa, "-modulus"));
    EXPECT_EQ(shown.exponent, "0x10001");
    EXPECT_EQ(shown.bits, 2048U);
    EXPECT_EQ(to_pem("PUBLIC KEY", shown.pubkey), all_that_openssl_says(rsa, "-pubkey"));
    EXPECT_EQ(shown.asn1_curve, "");
    EXPECT_EQ(shown.nist_curve, "");
}

TEST_P(M_socket_peer_cert, gives_the_curve_and_the_point_of_an_elliptic_key) {
    const credential p256 = root().issue({.dns_names = {"localhost"}, .key = key_kind::ec_p256});
    const credential p384 = root().issue({.dns_names = {"localhost"}, .key = key_kind::ec_p384});

    const certificate shown = seen_by_client(GetParam(), p256);
    const certificate larger = seen_by_client(GetParam(), p384);

    EXPECT_EQ(shown.asn1_curve, "prime256v1");
    EXPECT_EQ(shown.nist_curve, "P-256");
    EXPECT_EQ(shown.bits, 256U);
    EXPECT_EQ(larger.asn1_curve, "secp384r1");
    EXPECT_EQ(larger.nist_curve, "P-384");
    EXPECT_EQ(larger.bits, 384U);
    EXPECT_EQ(shown.modulus + shown.exponent, "");
    // The point is the end of the key as OpenSSL writes it, and begins with the form it is in.
    const auto whole = split_pem(all_that_openssl_says(p384, "-pubkey"))->at(0).der;
    ASSERT_EQ(larger.pubkey.size(), 97U);
    EXPECT_EQ(larger.pubkey.front(), 4);
    EXPECT_TRUE(std::equal(larger.pubkey.rbegin(), larger.pubkey.rend(), whole.rbegin()));
}

TEST_P(M_socket_peer_cert, names_that_are_no_plain_text_are_quoted) {
    const credential tricky = root().issue({.dns_names = {"localhost", "\"a\\b\""}});

    const certificate shown = seen_by_client(GetParam(), tricky);

    EXPECT_EQ(shown.subjectaltname, R"(DNS:localhost, DNS:"\"a\\b\"")");
}

TEST_P(M_socket_peer_cert, is_empty_when_there_is_none) {
    const auto link = handshake(GetParam(), {.server = {.request_cert = true}});
    auto unused = make_link(GetParam());

    EXPECT_TRUE(link.server.tls().peer_certificate().empty());
    EXPECT_TRUE(link.server.tls().peer_certificate(true).empty());
    EXPECT_TRUE(unused.client.tls().peer_certificate().empty());
}

TEST_P(M_socket_peer_cert, is_the_clients_at_the_server) {
    context_options options = client_options_for(GetParam());
    options.key = alice().key_pem();
    options.cert = alice().certificate_pem();

    const auto link =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(options))},
                               .server = {.request_cert = true}});

    const certificate shown = link.server.tls().peer_certificate();
    EXPECT_EQ(shown.subject_field("CN"), "alice");
    EXPECT_EQ(shown.raw, alice().certificate_der());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_peer_cert_chain);

TEST_P(M_socket_peer_cert_chain, links_each_certificate_to_its_issuer_up_to_the_root) {
    const credential middle = root().issue({.common_name = "middle", .ca = true});
    const credential leaf = middle.issue({.dns_names = {"localhost"}});
    context_options options = server_options_for(GetParam());
    options.key = leaf.key_pem();
    options.cert = leaf.certificate_pem() + middle.certificate_pem();

    const auto link =
        handshake(GetParam(), {.server = {.context = value_of(create_secure_context(options))}});

    const certificate shown = link.client.tls().peer_certificate(true);
    EXPECT_EQ(shown.raw, leaf.certificate_der());
    ASSERT_NE(shown.issuer_certificate, nullptr);
    EXPECT_EQ(shown.issuer_certificate->raw, middle.certificate_der());
    EXPECT_TRUE(shown.issuer_certificate->ca);
    ASSERT_NE(shown.issuer_certificate->issuer_certificate, nullptr);
    EXPECT_EQ(shown.issuer_certificate->issuer_certificate->raw, root().certificate_der());
    EXPECT_EQ(link.client.tls().peer_certificate().issuer_certificate, nullptr);
}

TEST_P(M_socket_peer_cert_chain, a_self_signed_root_is_its_own_issuer) {
    const auto link = handshake(GetParam());

    const certificate shown = link.client.tls().peer_certificate(true);

    const certificate* top = shown.issued_by();
    ASSERT_NE(top, nullptr);
    EXPECT_EQ(top->raw, root().certificate_der());
    EXPECT_EQ(top->issuer, top->subject);
    EXPECT_EQ(top->issued_by(), top);
}

TEST_P(M_socket_peer_cert_chain, a_self_signed_leaf_is_its_own_issuer) {
    const credential alone = self_signed({.dns_names = {"localhost"}});

    const certificate shown = seen_by_client(GetParam(), alone, true);

    EXPECT_EQ(shown.raw, alone.certificate_der());
    EXPECT_EQ(shown.issued_by(), &shown);
}

TEST_P(M_socket_peer_cert_chain, an_issuer_that_is_not_known_is_none) {
    const credential unknown = self_signed({.common_name = "unknown", .ca = true});

    const certificate shown =
        seen_by_client(GetParam(), unknown.issue({.dns_names = {"localhost"}}), true);

    EXPECT_FALSE(shown.empty());
    EXPECT_EQ(shown.issued_by(), nullptr);
}

TEST_P(M_socket_peer_cert_chain, is_freed_with_the_leaf_although_the_root_is_its_own_issuer) {
    std::weak_ptr<const certificate> top;
    {
        const certificate shown = handshake(GetParam()).client.tls().peer_certificate(true);
        top = shown.issuer_certificate;
        EXPECT_EQ(top.lock()->issued_by(), top.lock().get());
    }

    EXPECT_TRUE(top.expired());
}

}  // namespace
}  // namespace polytls::testkit
