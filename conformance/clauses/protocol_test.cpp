// Clauses under "Protocol", and those of TLS 1.3.
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/core/alert.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::testkit {
namespace {

/// A pairing's ends with versions of their own choice.
link_setup with_versions(const pairing& with, version_range client, version_range server) {
    context_options of_client = client_options_for(with);
    of_client.min_version = client.min;
    of_client.max_version = client.max;
    context_options of_server = server_options_for(with);
    of_server.min_version = server.min;
    of_server.max_version = server.max;
    return {.client = {.context = value_of(create_secure_context(of_client))},
            .server = {.context = value_of(create_secure_context(of_server))}};
}

/// The record of a fatal alert.
std::vector<std::uint8_t> alert_record(alert_description alert) {
    return {21, 3, 3, 0, 2, 2, static_cast<std::uint8_t>(alert)};
}

/// An SSLv3-only ClientHello (RFC 6101): record and message both say 3.0.
const std::vector<std::uint8_t> sslv3_hello = [] {
    std::vector<std::uint8_t> hello = {22, 3, 0, 0, 45, 1, 0, 0, 41, 3, 0};
    hello.insert(hello.end(), 32, 0x5a);
    for (const int byte : {0, 0, 2, 0, 10, 1, 0}) {
        hello.push_back(static_cast<std::uint8_t>(byte));
    }
    return hello;
}();

POLYTLS_CLAUSE_OVER_PAIRINGS(M_proto_range);

TEST_P(M_proto_range, the_highest_version_both_speak_is_negotiated) {
    const auto [client, server, version] = GetParam();
    const version_range up_to{protocol_version::tls1_2, version};

    const auto link = handshake(
        GetParam(), with_versions(GetParam(), up_to, {protocol_version::tls1_2, version}));

    EXPECT_EQ(link.client.tls().protocol(), name_of(version));
    EXPECT_EQ(link.server.tls().protocol(), name_of(version));
}

POLYTLS_CLAUSE_OVER_BACKENDS(X_min_max_version);

TEST_P(X_min_max_version, a_minimum_above_the_maximum_is_refused_when_the_context_is_made) {
    const auto made = create_secure_context({.backend = GetParam(),
                                             .min_version = protocol_version::tls1_3,
                                             .max_version = protocol_version::tls1_2});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::bad_version_range);
}

TEST_P(X_min_max_version, without_asking_nothing_below_tls_1_2_is_spoken) {
    const backend backend = GetParam();
    const pairing with{backend, backend, protocol_version::tls1_2};
    context_options plain = server_options_for(with);
    plain.min_version.reset();
    plain.max_version.reset();
    auto link = make_link(with, {.server = {.context = value_of(create_secure_context(plain))}});
    // A hello as TLS 1.1's clients send it: RFC 4346.
    std::vector<std::uint8_t> hello = sslv3_hello;
    hello[2] = 1;
    hello[10] = 2;

    link.inject_to_server(hello);
    link.run();

    EXPECT_EQ(link.server.error(), "UNSUPPORTED_PROTOCOL");
    EXPECT_EQ(link.server.sent(), alert_record(alert_description::protocol_version));
}

TEST_P(X_min_max_version, disjoint_ranges_end_both_sides_with_the_protocol_version_alert) {
    const backend backend = GetParam();
    if (!backend.supports(feature::tls1_3)) {
        RecordProperty("refused", std::string(backend.refusal(feature::tls1_3).message));
        EXPECT_EQ(
            create_secure_context({.backend = backend, .min_version = protocol_version::tls1_3})
                .error()
                .code,
            errc::unsupported_by_backend);
        return;
    }
    const pairing with{backend, backend, protocol_version::tls1_3};
    const auto link =
        handshake(with, with_versions(with, {protocol_version::tls1_3, protocol_version::tls1_3},
                                      {protocol_version::tls1_2, protocol_version::tls1_2}));

    EXPECT_EQ(link.server.error(), "UNSUPPORTED_PROTOCOL");
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
    EXPECT_EQ(link.client.failure()->alert, alert_description::protocol_version);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_proto_sslv3_server);

TEST_P(M_proto_sslv3_server, an_sslv3_only_hello_is_refused) {
    auto link = make_link(GetParam());

    link.inject_to_server(sslv3_hello);
    link.run();

    ASSERT_TRUE(link.server.failure());
    EXPECT_THAT(link.server.failure()->message,
                testing::AnyOf(testing::HasSubstr("wrong version number"),
                               testing::HasSubstr("unsupported protocol")));
}

TEST_P(M_proto_sslv3_server, an_sslv2_hello_is_refused) {
    auto link = make_link(GetParam());
    // RFC 6101, appendix E: two bytes of length with the top bit set, then CLIENT-HELLO.
    const std::vector<std::uint8_t> hello = {0x80, 0x1c, 1, 0, 2, 0, 3, 0, 0, 0, 16, 1, 0, 0x80};

    link.inject_to_server(hello);
    link.run();

    ASSERT_TRUE(link.server.failure());
    EXPECT_THAT(link.server.failure()->message, testing::HasSubstr("wrong version number"));
}

TEST_P(M_proto_sslv3_server, a_refused_hello_leaves_the_context_fit_for_others) {
    auto refused = make_link(GetParam());
    refused.inject_to_server(sslv3_hello);
    refused.run();

    const auto next = handshake(GetParam());

    EXPECT_TRUE(next.server.tls().handshake_complete());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_proto_sslv3_client);

TEST_P(M_proto_sslv3_client, an_answer_in_sslv3_ends_in_wrong_version_number) {
    auto link = make_link(GetParam());
    const std::vector<std::uint8_t> answer = {22, 3, 0, 0, 4, 2, 0, 0, 0};

    link.inject_to_client(answer);
    link.run();

    ASSERT_TRUE(link.client.failure());
    EXPECT_THAT(link.client.failure()->message, testing::HasSubstr("wrong version number"));
    EXPECT_EQ(link.client.received(), "");
}

TEST_P(M_proto_sslv3_client, an_answer_that_is_not_tls_ends_in_wrong_version_number) {
    auto link = make_link(GetParam());

    link.inject_to_client(as_bytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
    link.run();

    ASSERT_TRUE(link.client.failure());
    EXPECT_THAT(link.client.failure()->message, testing::HasSubstr("wrong version number"));
    EXPECT_EQ(link.client.received(), "");
}

POLYTLS_CLAUSE_OVER_BACKENDS(X_tls13);

TEST_P(X_tls13, is_spoken_by_default_where_the_library_has_it) {
    const backend backend = GetParam();
    const auto highest = backend.versions().max;
    const pairing with{backend, backend, highest};

    const auto link = handshake(with, with_versions(with, {protocol_version::tls1_2, highest},
                                                    {protocol_version::tls1_2, highest}));

    EXPECT_EQ(link.client.tls().protocol(), name_of(highest));
    EXPECT_EQ(backend.supports(feature::tls1_3), highest == protocol_version::tls1_3);
}

}  // namespace
}  // namespace polytls::testkit
