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

/// What a server made with these options agrees on with a client of the default versions.
std::string agreed_with(const backend backend, context_options options) {
    const pairing with{backend, backend, protocol_version::tls1_2};
    const context_options base = server_options_for(with);
    options.backend = backend;
    options.key = base.key;
    options.cert = base.cert;
    context_options client = client_options_for(with);
    client.min_version.reset();
    client.max_version.reset();
    const auto link =
        handshake(with, {.client = {.context = value_of(create_secure_context(client))},
                         .server = {.context = value_of(create_secure_context(options))}});
    return link.client.failure() ? link.client.failure()->name()
                                 : std::string(link.client.tls().protocol());
}

/// Why no context can be made with these options.
failure refusal_of(const backend backend, context_options options) {
    options.backend = backend;
    const auto made = create_secure_context(options);
    EXPECT_FALSE(made);
    return made ? failure{} : made.error();
}

POLYTLS_CLAUSE_OVER_BACKENDS(M_proto_secure_protocol);

TEST_P(M_proto_secure_protocol, a_method_pins_the_version_or_leaves_the_range_open) {
    const std::string highest(name_of(GetParam().versions().max));

    for (const auto* pinning :
         {"TLSv1_2_method", "TLSv1_2_server_method", "TLSv1_2_client_method"}) {
        EXPECT_EQ(agreed_with(GetParam(), {.secure_protocol = pinning}), "TLSv1.2") << pinning;
    }
    for (const auto* open : {"TLS_method", "SSLv23_method", "SSLv23_server_method", ""}) {
        EXPECT_EQ(agreed_with(GetParam(), {.secure_protocol = open}), highest) << open;
    }
}

TEST_P(M_proto_secure_protocol, a_method_that_cannot_be_had_is_a_clear_error) {
    for (const auto* never :
         {"SSLv3_method", "SSLv2_client_method", "TLSv1_2", "nonsense_method"}) {
        const failure why = refusal_of(GetParam(), {.secure_protocol = never});

        EXPECT_EQ(why.code, errc::unknown_version) << never;
        EXPECT_EQ(why.input, "secure_protocol");
    }
    if (!GetParam().supports(feature::tls1_0)) {
        const failure why = refusal_of(GetParam(), {.secure_protocol = "TLSv1_method"});

        EXPECT_EQ(why.code, errc::unsupported_by_backend);
        EXPECT_EQ(why.input, "secure_protocol");
    }
}

TEST_P(M_proto_secure_protocol, a_method_and_a_version_contradict_each_other) {
    const failure why = refusal_of(
        GetParam(), {.min_version = protocol_version::tls1_2, .secure_protocol = "TLSv1_2_method"});

    EXPECT_EQ(why.code, errc::bad_version_range);
    EXPECT_EQ(why.input, "secure_protocol");
}

POLYTLS_CLAUSE_OVER_BACKENDS(M_proto_secure_options);

TEST_P(M_proto_secure_options, versions_are_taken_from_the_ends_of_the_range) {
    const bool both = GetParam().supports(feature::tls1_3);

    EXPECT_EQ(agreed_with(GetParam(), {.secure_options = secure_options::no_tls1_3}), "TLSv1.2");
    if (both) {
        EXPECT_EQ(agreed_with(GetParam(), {.secure_options = secure_options::no_tls1_2}),
                  "TLSv1.3");
    }
    const failure nothing_left = refusal_of(
        GetParam(), {.secure_options = secure_options::no_tls1_2 | secure_options::no_tls1_3});
    EXPECT_EQ(nothing_left.code, errc::bad_version_range);
    EXPECT_EQ(nothing_left.input, "secure_options");
}

TEST_P(M_proto_secure_options, the_servers_order_of_suites_can_be_made_to_count) {
    const pairing with{GetParam(), GetParam(), protocol_version::tls1_2};
    context_options client = client_options_for(with);
    client.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
    context_options server = server_options_for(with);
    server.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
    const auto agreed = [&] {
        const auto link =
            handshake(with, {.client = {.context = value_of(create_secure_context(client))},
                             .server = {.context = value_of(create_secure_context(server))}});
        return std::string(link.client.tls().cipher()->name);
    };
    EXPECT_EQ(agreed(), "ECDHE-ECDSA-AES128-GCM-SHA256");

    server.secure_options = secure_options::cipher_server_preference;

    EXPECT_EQ(agreed(), "ECDHE-ECDSA-AES256-GCM-SHA384");
}

TEST_P(M_proto_secure_options, tickets_can_be_switched_off) {
    const pairing with{GetParam(), GetParam(), protocol_version::tls1_2};
    context_options server = server_options_for(with);
    server.secure_options = secure_options::no_ticket;

    const auto link =
        handshake(with, {.server = {.context = value_of(create_secure_context(server))}});

    EXPECT_TRUE(link.client.tls().handshake_complete());
    EXPECT_TRUE(link.client.tls().session().empty());
}

TEST_P(M_proto_secure_options, a_bit_that_is_none_is_an_error) {
    const failure why =
        refusal_of(GetParam(), {.secure_options = static_cast<secure_options>(1U << 30U)});

    EXPECT_EQ(why.code, errc::invalid_argument);
    EXPECT_EQ(why.input, "secure_options");
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
