#include "proof.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::contract {
namespace {

protocol_list list_of(std::string_view wire) {
    return protocol_list(as_bytes(wire));
}

void expect_data_to_pass(link& over) {
    over.write(over.client, text("ping"));
    EXPECT_EQ(over.read(over.server), text("ping"));
}

template <protocol_version Version>
void version_works() {
    link link;
    EXPECT_TRUE(the_backend().versions().contains(Version));
    if (shakes_hands(link, Version)) {
        EXPECT_EQ(link.client.engine->facts().version, Version);
        expect_data_to_pass(link);
    }
}

template <protocol_version Version>
void version_refused() {
    EXPECT_FALSE(the_backend().versions().contains(Version));
    expect_denied(showing(leaf(), only(Version)), spi::config_input::protocol);
    expect_denied(showing(leaf(), {protocol_version::tls1_0, protocol_version::tls1_3}),
                  spi::config_input::protocol);
}

void alpn_works() {
    for (const protocol_version version : versions()) {
        link link;
        link.client.config.protocols = list_of("\x02h2\x08http/1.1");
        link.server.config.protocols = list_of("\x08http/1.1");
        if (shakes_hands(link, version)) {
            EXPECT_EQ(as_text(link.client.engine->application_protocol()), "http/1.1");
            EXPECT_EQ(as_text(link.server.engine->application_protocol()), "http/1.1");
        }
    }
}

void alpn_refused() {
    expect_denied({.side = role::client, .protocols = list_of("\x02h2")});
    expect_denied({.side = role::server, .protocols = list_of("\x02h2")});
}

void alpn_limited() {
    alpn_works();
    const protocol_list with_nul = list_of(std::string_view("\x03h\0"
                                                            "2",
                                                            4));
    expect_denied({.side = role::client, .protocols = with_nul});
    expect_denied({.side = role::server, .protocols = with_nul});
}

void server_name_works() {
    for (const protocol_version version : versions()) {
        link link;
        link.client.config.server_name = "example.org";
        if (shakes_hands(link, version)) {
            EXPECT_THAT(as_text(link.client.sent_bytes), testing::HasSubstr("example.org"));
        }
    }
}

void server_name_refused() {
    expect_denied({.side = role::client, .server_name = "example.org"});
}

void renegotiation_works() {
    link link;
    if (shakes_hands(link, protocol_version::tls1_2)) {
        EXPECT_EQ(link.renegotiate(link.client).error.code, errc::ok);
        link.settle();
        EXPECT_EQ(link.server.events.renegotiations_done, 1);
        EXPECT_EQ(link.client.events.renegotiations_done, 1);
    }
}

void renegotiation_denied() {
    link link;
    if (shakes_hands(link, protocol_version::tls1_2)) {
        for (end* one : {&link.client, &link.server}) {
            EXPECT_EQ(link.renegotiate(*one).error.code, errc::unsupported_by_backend);
            one->error = {};
        }
        expect_data_to_pass(link);
        EXPECT_EQ(link.server.events.renegotiations_by_peer, 0);
    }
}

context_recipe speaking_npn() {
    context_recipe recipe = showing(leaf(), only(protocol_version::tls1_2));
    recipe.next_protocols = true;
    return recipe;
}

void npn_works() {
    link link;
    link.client.config.next_protocols = list_of("\x06spdy/3");
    link.server.config.next_protocols = list_of("\x06spdy/3\x08http/1.1");
    if (shakes_hands(link, speaking_npn(), speaking_npn())) {
        EXPECT_EQ(as_text(link.client.engine->next_protocol()), "spdy/3");
        EXPECT_EQ(as_text(link.server.engine->next_protocol()), "spdy/3");
    }
}

void npn_refused() {
    expect_denied(speaking_npn(), spi::config_input::protocol);
}

/// TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
constexpr cipher_suite_id dhe{0x009e};

context_recipe with_parameters(buffer parameters) {
    context_recipe recipe = showing(rsa_leaf(), only(protocol_version::tls1_2));
    recipe.dh_parameters = std::move(parameters);
    return recipe;
}

void dhparam_works() {
    context_recipe client = trusting(only(protocol_version::tls1_2));
    client.suites = {dhe};
    link link;
    if (shakes_hands(link, client, with_parameters(testkit::dh_parameters_der()))) {
        const spi::negotiated facts = link.client.engine->facts();
        EXPECT_EQ(facts.cipher_suite, dhe);
        if (has(feature::ephemeral_key)) {
            EXPECT_TRUE(facts.group == named_group::ffdhe2048 || facts.dh_size == 2048);
        }
    }
    const outcome weak{errc::weak_key, spi::config_input::protocol, 0};
    EXPECT_EQ(make(with_parameters(testkit::der_of(testkit::dh_parameters_512()))), weak);
    EXPECT_EQ(make(with_parameters(text("junk"))), weak);
}

void dhparam_refused() {
    expect_denied(with_parameters(testkit::dh_parameters_der()), spi::config_input::protocol);
}

context_recipe signing_with(signature_scheme scheme, protocol_version version) {
    context_recipe recipe = trusting(only(version));
    recipe.signature_schemes = {scheme};
    return recipe;
}

void signature_algorithms_work() {
    for (const protocol_version version : versions()) {
        link same;
        shakes_hands(same, signing_with(signature_scheme::ecdsa_secp256r1_sha256, version),
                     showing(leaf(), only(version)));

        const auto asking = signing_with(signature_scheme::rsa_pss_rsae_sha256, version).made();
        const auto showing_another = showing(leaf(), only(version)).made();
        link other;
        if (asking && showing_another) {
            other.run(*asking, *showing_another);
            EXPECT_EQ(condition_of(other.server.error.code), condition::nothing_in_common);
            EXPECT_EQ(other.server.error.alert, alert_description::handshake_failure);
        }
        EXPECT_EQ(make(signing_with(static_cast<signature_scheme>(0xfafa), version)),
                  (outcome{errc::unknown_signature_scheme, spi::config_input::protocol, 0}));
    }
}

void signature_algorithms_refused() {
    expect_denied(signing_with(signature_scheme::ecdsa_secp256r1_sha256, versions().front()),
                  spi::config_input::protocol);
}

void ephemeral_key_works() {
    const named_group group = the_backend().groups().front();
    for (const protocol_version version : versions()) {
        context_recipe client = trusting(only(version));
        client.groups = {group};
        link link;
        // Below TLS 1.3 the client's groups are also those of certificates with elliptic keys.
        if (shakes_hands(link, client, showing(rsa_leaf(), only(version)))) {
            EXPECT_EQ(link.client.engine->facts().group, group);
            EXPECT_EQ(link.server.engine->facts().group, group);
            EXPECT_EQ(link.client.engine->facts().dh_size, 0);
        }
    }
}

void ephemeral_key_denied() {
    for (const protocol_version version : versions()) {
        link link;
        if (shakes_hands(link, version)) {
            EXPECT_EQ(link.client.engine->facts().group, named_group::none);
            EXPECT_EQ(link.server.engine->facts().group, named_group::none);
            EXPECT_EQ(link.client.engine->facts().dh_size, 0);
        }
    }
}

void cut_into_pieces(link& over) {
    over.on_the_way = [](const end&, const buffer& wire) { return fragmented(wire, 50); };
}

void fragments_work() {
    for (const protocol_version version : versions()) {
        link link;
        cut_into_pieces(link);
        shakes_hands(link, version);
    }
}

void fragments_end_the_handshake() {
    for (const protocol_version version : versions()) {
        const auto context = showing(leaf(), only(version)).made();
        link link;
        cut_into_pieces(link);
        link.run(*context, *context);
        EXPECT_FALSE(link.both_complete());
        EXPECT_TRUE(link.client.error || link.server.error);
    }
}

constexpr proof proofs[] = {
    {feature::tls1_0, version_works<protocol_version::tls1_0>,
     version_refused<protocol_version::tls1_0>},
    {feature::tls1_1, version_works<protocol_version::tls1_1>,
     version_refused<protocol_version::tls1_1>},
    {feature::tls1_2, version_works<protocol_version::tls1_2>,
     version_refused<protocol_version::tls1_2>},
    {feature::tls1_3, version_works<protocol_version::tls1_3>,
     version_refused<protocol_version::tls1_3>},
    {feature::alpn, alpn_works, alpn_refused, alpn_limited},
    {feature::server_name, server_name_works, server_name_refused},
    {feature::renegotiation, renegotiation_works, renegotiation_denied},
    {feature::npn, npn_works, npn_refused},
    {feature::dhparam, dhparam_works, dhparam_refused},
    {feature::signature_algorithms, signature_algorithms_work, signature_algorithms_refused},
    {feature::ephemeral_key, ephemeral_key_works, ephemeral_key_denied},
    {feature::fragmented_handshakes, fragments_work, fragments_end_the_handshake},
};

}  // namespace

std::span<const proof> protocol_proofs() {
    return proofs;
}

}  // namespace polytls::contract
