#include "proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::contract {
namespace {

context_recipe showing_chain(const std::vector<credential>& chain, protocol_version version) {
    context_recipe recipe = showing(chain.front(), only(version));
    for (std::size_t i = 1; i < chain.size(); ++i) {
        recipe.chains.front().push_back(chain[i].certificate_der());
    }
    return recipe;
}

/// A client that judges a server's chain, as far as that comes about. The server's own side may
/// refuse what it cannot read.
void examine(link& over,
             const std::vector<credential>& chain,
             protocol_version version,
             const context_recipe& judging) {
    spi::handle<spi::context> server_context;
    const outcome of_server = outcome_of(showing_chain(chain, version).make(server_context));
    if (of_server.code == errc::bad_certificate || of_server.code == errc::unsupported_by_backend) {
        return;
    }
    EXPECT_EQ(of_server, fine);
    spi::handle<spi::context> client_context;
    EXPECT_EQ(outcome_of(judging.make(client_context)), fine);
    if (client_context && server_context) {
        over.run(*client_context, *server_context);
    }
}

bool has_fault(const link& over, std::size_t place, fault which) {
    const auto& path = over.client.events.path;
    return place < path.size() && polytls::has(path[place].faults, which);
}

void client_certificates_work() {
    for (const protocol_version version : versions()) {
        link link;
        link.server.config.peer = spi::peer_certificate::required;
        const context_recipe both = showing(leaf(), only(version));
        if (shakes_hands(link, both, both)) {
            EXPECT_EQ(link.server.events.judgements, 1);
            EXPECT_EQ(peer_certificates(link.server), leaf().certificate_der());
        }
    }
}

void client_certificates_refused() {
    expect_denied({.side = role::server, .peer = spi::peer_certificate::requested});
    expect_denied({.side = role::server, .peer = spi::peer_certificate::required});
}

void partial_chain_works() {
    const credential issuer = root().issue({.common_name = "intermediate", .ca = true});
    for (const protocol_version version : versions()) {
        context_recipe judging = trusting(only(version));
        judging.anchors = {issuer.certificate_der()};
        judging.allow_partial_chain = true;
        link link;
        link.client.events.allow_partial_chain = true;
        shakes_hands(link, judging, showing(issuer.issue({}), only(version)));
    }
}

void partial_chain_refused() {
    context_recipe recipe = trusting();
    recipe.allow_partial_chain = true;
    const outcome result = make(recipe);
    EXPECT_EQ(result.code, errc::unsupported_by_backend);
}

void crl_works() {
    for (const protocol_version version : versions()) {
        for (const bool revoked : {false, true}) {
            context_recipe judging = trusting(only(version));
            judging.crls = {
                root().crl_der(revoked ? std::vector{leaf()} : std::vector<credential>{})};
            link link;
            examine(link, {leaf()}, version, judging);
            EXPECT_EQ(link.client.events.verdict,
                      revoked ? verify_code::cert_revoked : verify_code::ok);
            EXPECT_EQ(link.both_complete(), !revoked);
        }
    }
}

void crl_refused() {
    context_recipe recipe = trusting();
    recipe.crls = {root().crl_der({})};
    expect_denied(recipe, spi::config_input::crl);
}

/// An expired leaf beneath an issuer that is no CA and that nobody knows.
link with_many_faults(protocol_version version) {
    const credential issuer = root().issue({.common_name = "no CA"});
    context_recipe judging = trusting(only(version));
    judging.anchors = {};
    link link;
    examine(link, {issuer.issue({.not_after = year_2026 - std::chrono::seconds(1)}), issuer},
            version, judging);
    return link;
}

void verify_detail_works() {
    for (const protocol_version version : versions()) {
        const link link = with_many_faults(version);
        EXPECT_TRUE(has_fault(link, 0, fault::expired));
        EXPECT_TRUE(has_fault(link, 1, fault::not_a_ca));
        EXPECT_TRUE(has_fault(link, 1, fault::issuer_unknown));
        EXPECT_EQ(link.client.events.verdict, verify_code::cert_has_expired);
    }
}

void verify_detail_limited() {
    for (const protocol_version version : versions()) {
        const link link = with_many_faults(version);
        EXPECT_FALSE(link.both_complete());
        EXPECT_FALSE(link.client.events.accepted);
        EXPECT_NE(link.client.events.verdict, verify_code::ok);
        EXPECT_FALSE(has_fault(link, 0, fault::expired) && has_fault(link, 1, fault::not_a_ca) &&
                     has_fault(link, 1, fault::issuer_unknown));
    }
}

constexpr alert_description alerts[] = {
    alert_description::bad_certificate,     alert_description::unsupported_certificate,
    alert_description::certificate_revoked, alert_description::certificate_expired,
    alert_description::certificate_unknown, alert_description::unknown_ca};

/// How many of the alerts asked for are those sent.
std::size_t alerts_obeyed(protocol_version version) {
    std::size_t obeyed = 0;
    for (const alert_description alert : alerts) {
        link link;
        link.client.events.judgement = {.accept = false, .alert = alert};
        examine(link, {leaf()}, version, trusting(only(version)));
        EXPECT_FALSE(link.client.complete);
        EXPECT_EQ(link.server.error.code, errc::alert_received);
        EXPECT_NE(std::ranges::find(alerts, link.server.error.alert), std::end(alerts))
            << name_of(link.server.error.alert);
        obeyed += link.server.error.alert == alert ? 1U : 0U;
    }
    return obeyed;
}

void chosen_alert_works() {
    for (const protocol_version version : versions()) {
        EXPECT_EQ(alerts_obeyed(version), std::size(alerts));
    }
}

void chosen_alert_limited() {
    std::size_t obeyed = 0;
    for (const protocol_version version : versions()) {
        obeyed += alerts_obeyed(version);
    }
    EXPECT_LT(obeyed, std::size(alerts) * versions().size());
}

std::vector<credential> outside_its_constraints() {
    const credential narrow =
        root().issue({.common_name = "narrow",
                      .ca = true,
                      .name_constraints = "critical,permitted;DNS:inside.example"});
    return {narrow.issue({.dns_names = {"outside.example"}}), narrow};
}

void name_constraints_work() {
    for (const protocol_version version : versions()) {
        link link;
        examine(link, outside_its_constraints(), version, trusting(only(version)));
        EXPECT_EQ(link.client.events.judgements, 1);
        EXPECT_EQ(link.client.events.verdict, verify_code::name_constraint_violation);
    }
}

/// Whatever is the matter with a chain, that it cannot be accepted.
void expect_unacceptable(const std::vector<credential>& chain) {
    for (const protocol_version version : versions()) {
        link link;
        link.client.events.judgement = {.accept = true};
        examine(link, chain, version, trusting(only(version)));
        EXPECT_FALSE(link.client.complete);
        if (link.client.engine) {
            EXPECT_EQ(link.client.error.code, errc::not_authorized);
        }
    }
}

void name_constraints_denied() {
    expect_unacceptable(outside_its_constraints());
}

credential with_unknown_extension() {
    return root().issue({.unknown_critical_extension = true});
}

void critical_extensions_work() {
    for (const protocol_version version : versions()) {
        for (const bool accepted : {false, true}) {
            link link;
            if (accepted) {
                link.client.events.judgement = {.accept = true};
            }
            examine(link, {with_unknown_extension()}, version, trusting(only(version)));
            EXPECT_EQ(link.client.events.judgements, 1);
            EXPECT_FALSE(link.client.events.accepted);
            EXPECT_EQ(link.client.events.verdict, verify_code::unhandled_critical_extension);
            EXPECT_EQ(link.both_complete(), accepted);
        }
    }
}

void critical_extensions_denied() {
    expect_unacceptable({with_unknown_extension()});
}

void long_chains_work() {
    const std::vector<credential> chain = chain_of(20);
    for (const protocol_version version : versions()) {
        link link;
        shakes_hands(link, trusting(only(version)), showing_chain(chain, version));
    }
}

void long_chains_denied() {
    expect_unacceptable(chain_of(20));
}

constexpr proof proofs[] = {
    {feature::client_certificates, client_certificates_work, client_certificates_refused},
    {feature::partial_chain, partial_chain_works, partial_chain_refused},
    {feature::crl, crl_works, crl_refused},
    {feature::verify_detail, verify_detail_works, verify_detail_limited, verify_detail_limited},
    {feature::chosen_alert, chosen_alert_works, chosen_alert_limited, chosen_alert_limited},
    {feature::name_constraints, name_constraints_work, name_constraints_denied},
    {feature::critical_extensions, critical_extensions_work, critical_extensions_denied},
    {feature::long_chains, long_chains_work, long_chains_denied},
};

}  // namespace

std::span<const proof> verification_proofs() {
    return proofs;
}

}  // namespace polytls::contract
