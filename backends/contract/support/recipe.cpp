#include "recipe.hpp"

#include <algorithm>
#include <ostream>

namespace polytls::contract {

version_range usual_versions() {
    const version_range spoken = the_backend().versions();
    const version_range usual{};
    return {std::max(spoken.min, usual.min), std::min(spoken.max, usual.max)};
}

spi::config_error context_recipe::make(spi::handle<spi::context>& made) const {
    std::vector<std::vector<bytes>> views;
    for (const auto& chain : chains) {
        views.emplace_back(chain.begin(), chain.end());
    }
    std::vector<spi::certificate_chain> chain_views;
    for (const auto& chain : views) {
        chain_views.push_back({.certificates = chain, .external_key = external_keys});
    }
    std::vector<spi::private_key_source> key_views;
    for (const std::string& key : keys) {
        key_views.push_back({.data = as_bytes(key)});
    }
    const std::vector<bytes> anchor_views(anchors.begin(), anchors.end());
    const std::vector<bytes> crl_views(crls.begin(), crls.end());
    const auto every_suite = the_backend().cipher_suites();
    const auto every_group = the_backend().groups();
    spi::context_config config{};
    config.identity = {.chains = chain_views, .keys = key_views};
    config.trust = {.anchors = anchor_views,
                    .shared = shared,
                    .crls = crl_views,
                    .allow_partial_chain = allow_partial_chain};
    config.protocol = {.versions = versions,
                       .cipher_suites = suites.empty() ? every_suite : std::span(suites),
                       .groups = groups.empty() ? every_group : std::span(groups),
                       .signature_schemes = signature_schemes,
                       .dh_parameters = dh_parameters,
                       .honor_cipher_order = honor_cipher_order,
                       .next_protocols = next_protocols,
                       .renegotiation = renegotiation};
    config.session = session;
    return the_backend().make_context(config, made);
}

spi::handle<spi::context> context_recipe::made() const {
    spi::handle<spi::context> context;
    EXPECT_EQ(outcome_of(make(context)), fine);
    return context;
}

context_recipe showing(const credential& who, version_range versions) {
    return {.chains = {{who.certificate_der()}}, .keys = {who.key_pem()}, .versions = versions};
}

context_recipe showing_without_key(const credential& who, version_range versions) {
    return {.chains = {{who.certificate_der()}}, .external_keys = true, .versions = versions};
}

context_recipe trusting(version_range versions) {
    return {.versions = versions};
}

std::ostream& operator<<(std::ostream& out, const outcome& one) {
    return out << name_of(one.code) << " of input " << static_cast<int>(one.input) << ", "
               << one.index;
}

outcome make(const context_recipe& recipe) {
    spi::handle<spi::context> made;
    const outcome result = outcome_of(recipe.make(made));
    EXPECT_EQ(made != nullptr, result == fine);
    return result;
}

}  // namespace polytls::contract
