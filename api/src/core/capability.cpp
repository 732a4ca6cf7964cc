#include <polytls/core/capability.hpp>

#include <iterator>

namespace polytls {
namespace {

/// Every feature, in order; names at the same places.
constexpr feature features[] = {
    feature::tls1_0,
    feature::tls1_1,
    feature::tls1_2,
    feature::tls1_3,
    feature::alpn,
    feature::server_name,
    feature::client_certificates,
    feature::encrypted_keys,
    feature::session_tickets,
    feature::partial_chain,
    feature::crl,
    feature::exporter,
    feature::finished,
    feature::session_store,
    feature::shared_ticket_keys,
    feature::ocsp_stapling,
    feature::key_log,
    feature::renegotiation,
    feature::npn,
    feature::dhparam,
    feature::pkcs12,
    feature::ocsp_response,
    feature::signature_algorithms,
    feature::ephemeral_key,
    feature::ed25519,
    feature::rsa_pss,
    feature::verify_detail,
    feature::chosen_alert,
    feature::name_constraints,
    feature::critical_extensions,
    feature::long_chains,
    feature::fragmented_handshakes,
    feature::private_key_operations,
    feature::key_update,
    feature::psk,
};

constexpr std::string_view feature_names[] = {
    "tls1_0",
    "tls1_1",
    "tls1_2",
    "tls1_3",
    "alpn",
    "server_name",
    "client_certificates",
    "encrypted_keys",
    "session_tickets",
    "partial_chain",
    "crl",
    "exporter",
    "finished",
    "session_store",
    "shared_ticket_keys",
    "ocsp_stapling",
    "key_log",
    "renegotiation",
    "npn",
    "dhparam",
    "pkcs12",
    "ocsp_response",
    "signature_algorithms",
    "ephemeral_key",
    "ed25519",
    "rsa_pss",
    "verify_detail",
    "chosen_alert",
    "name_constraints",
    "critical_extensions",
    "long_chains",
    "fragmented_handshakes",
    "private_key_operations",
    "key_update",
    "psk",
};

static_assert(std::size(features) == std::size(feature_names));

}  // namespace

capability capability_of(capability_report report, feature wanted) noexcept {
    for (const capability& line : report) {
        if (line.feature == wanted) {
            return line;
        }
    }
    return {.feature = wanted, .support = support::no, .reason = "not in the backend's report"};
}

std::string_view name_of(feature wanted) noexcept {
    const auto index = static_cast<std::size_t>(wanted);
    return index < std::size(feature_names) ? feature_names[index] : "unknown";
}

std::string_view name_of(support level) noexcept {
    switch (level) {
    case support::yes:
        return "yes";
    case support::limited:
        return "limited";
    case support::no:
        return "no";
    }
    return "unknown";
}

std::span<const feature> every_feature() noexcept {
    return features;
}

}  // namespace polytls
