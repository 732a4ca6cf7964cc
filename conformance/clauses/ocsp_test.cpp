// Clauses on stapled OCSP responses.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/pki.hpp"

#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using byte_string = std::vector<std::uint8_t>;

/// What travels is not looked into on the way.
const byte_string response{0x30, 0x03, 0x0a, 0x01, 0x06};

ocsp_callback answering(const byte_string& with) {
    return [with](bytes, bytes, const late_answer<byte_string>& done) { done(with); };
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_ocsp_request);

TEST_P(M_server_ocsp_request, gives_the_certificate_and_its_issuer) {
    byte_string asked;
    byte_string issuer;

    handshake(GetParam(), {.client = {.request_ocsp = true},
                           .server = {.ocsp_callback = [&](bytes certificate, bytes issued_by,
                                                           const auto& done) {
                               asked.assign(certificate.begin(), certificate.end());
                               issuer.assign(issued_by.begin(), issued_by.end());
                               done(response);
                           }}});

    EXPECT_EQ(asked, localhost().certificate_der());
    EXPECT_EQ(issuer, root().certificate_der());
}

TEST_P(M_server_ocsp_request, the_issuer_is_empty_where_it_is_not_known) {
    auto options = server_options_for(GetParam());
    options.ca = one_or_many();
    std::optional<byte_string> issuer;

    handshake(GetParam(),
              {.client = {.request_ocsp = true},
               .server = {.context = value_of(create_secure_context(options)),
                          .ocsp_callback = [&](bytes, bytes issued_by, const auto& done) {
                              issuer.emplace(issued_by.begin(), issued_by.end());
                              done(response);
                          }}});

    ASSERT_TRUE(issuer);
    EXPECT_THAT(*issuer, IsEmpty());
}

TEST_P(M_server_ocsp_request, does_not_come_unless_the_client_asks) {
    bool asked = false;

    handshake(GetParam(), {.server = {.ocsp_callback = [&](bytes, bytes, const auto& done) {
                               asked = true;
                               done(response);
                           }}});

    EXPECT_FALSE(asked);
}

TEST_P(M_server_ocsp_request, the_answer_is_stapled_and_nothing_is_not) {
    const auto stapled = handshake(GetParam(), {.client = {.request_ocsp = true},
                                                .server = {.ocsp_callback = answering(response)}});
    const auto bare = handshake(
        GetParam(), {.client = {.request_ocsp = true}, .server = {.ocsp_callback = answering({})}});

    EXPECT_EQ(stapled.client.tls().ocsp_response(), response);
    EXPECT_THAT(bare.client.tls().ocsp_response(), IsEmpty());
    EXPECT_TRUE(bare.client.tls().authorized());
}

TEST_P(M_server_ocsp_request, an_error_ends_the_connection_with_it) {
    const auto link =
        handshake(GetParam(), {.client = {.request_ocsp = true},
                               .server = {.ocsp_callback = [](bytes, bytes, const auto& done) {
                                   done(make_failure(errc::refused_by_callback, "no responder"));
                               }}});

    ASSERT_TRUE(link.server.failure());
    EXPECT_EQ(link.server.failure()->message, "no responder");
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
}

TEST_P(M_server_ocsp_request, may_answer_later) {
    std::optional<late_answer<byte_string>> answer;
    auto link = handshake(
        GetParam(),
        {.client = {.request_ocsp = true},
         .server = {.ocsp_callback = [&](bytes, bytes, const auto& done) { answer = done; }}});
    ASSERT_TRUE(answer);
    EXPECT_THAT(link.client.trace(), IsEmpty());

    (*answer)(response);
    link.run();

    EXPECT_EQ(link.client.tls().ocsp_response(), response);
}

TEST_P(M_server_ocsp_request, is_about_the_certificate_of_the_context_chosen_by_name) {
    const credential own = root().issue({.common_name = "a.example", .dns_names = {"a.example"}});
    auto options = server_options_for(GetParam());
    options.key = own.key_pem();
    options.cert = own.certificate_pem();
    const auto context = value_of(create_secure_context(options));
    byte_string asked;

    const auto link = handshake(
        GetParam(),
        {.client = {.host = "a.example", .request_ocsp = true},
         .server = {.ocsp_callback =
                        [&](bytes certificate, bytes, const auto& done) {
                            asked.assign(certificate.begin(), certificate.end());
                            done(response);
                        },
                    .sni_callback = [&](std::string_view, const auto& done) { done(context); }}});

    EXPECT_EQ(asked, own.certificate_der());
    EXPECT_EQ(link.client.tls().ocsp_response(), response);
}

TEST_P(M_server_ocsp_request, of_two_certificates_the_one_is_asked_for_that_is_shown) {
    const credential rsa = root().issue({.dns_names = {"localhost"}, .key = key_kind::rsa_2048});
    auto options = server_options_for(GetParam());
    options.key = {rsa.key_pem(), localhost().key_pem()};
    options.cert = {rsa.certificate_pem(), localhost().certificate_pem()};
    byte_string asked;

    const auto link = handshake(
        GetParam(), {.client = {.request_ocsp = true},
                     .server = {.context = value_of(create_secure_context(options)),
                                .ocsp_callback = [&](bytes certificate, bytes, const auto& done) {
                                    asked.assign(certificate.begin(), certificate.end());
                                    done(response);
                                }}});

    EXPECT_EQ(link.client.tls().peer_certificate().raw, asked);
    EXPECT_EQ(link.client.tls().ocsp_response(), response);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_socket_ocsp_response);

/// What a client's socket tells, of a server that answers with `with`.
std::vector<std::string> events_of_client(const pairing& pair, bool asking, byte_string with) {
    network net(pair);
    net.server.on_secure_connection(echo);
    net.server.on_ocsp_request([&](bytes, bytes, const late_answer<byte_string>& done) {
        asio::post(net.io, [done, with] { done(with); });
    });
    std::vector<std::string> events;
    auto how = net.options();
    how.request_ocsp = asking;
    auto client = net.connect(how);
    client.on_ocsp_response(
        [&](bytes given) { events.push_back("OCSPResponse " + std::to_string(given.size())); });
    client.on_secure_connect([&] { events.emplace_back("secureConnect"); });
    client.end();
    net.run_to_the_end();
    return events;
}

TEST_P(M_socket_ocsp_response, comes_before_secure_connect) {
    EXPECT_THAT(events_of_client(GetParam(), true, response),
                ElementsAre("OCSPResponse 5", "secureConnect"));
}

TEST_P(M_socket_ocsp_response, is_empty_where_the_server_staples_nothing) {
    EXPECT_THAT(events_of_client(GetParam(), true, {}),
                ElementsAre("OCSPResponse 0", "secureConnect"));
}

TEST_P(M_socket_ocsp_response, does_not_come_unless_it_was_asked_for) {
    EXPECT_THAT(events_of_client(GetParam(), false, response), ElementsAre("secureConnect"));
}

}  // namespace
}  // namespace polytls::testkit
