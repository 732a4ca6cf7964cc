#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace polytls {

/// What a backend may or may not be able to do.
enum class feature : std::uint8_t {
    tls1_0,
    tls1_1,
    tls1_2,
    tls1_3,
    alpn,
    server_name,
    client_certificates,
    encrypted_keys,
    session_tickets,
    partial_chain,
    crl,
    exporter,
    finished,
    session_store,
    shared_ticket_keys,
    ocsp_stapling,
    key_log,
    renegotiation,
    npn,
    dhparam,
    pkcs12,
};

/// How far a backend can do something.
enum class support : std::uint8_t {
    yes,
    limited,  ///< In part; the reason says what is missing.
    no,
};

/// One line of a backend's capability report. The views live for ever.
struct capability {
    polytls::feature feature;
    polytls::support support;
    std::string_view reason{};  ///< Why not, or what is missing; empty for `support::yes`.
};

/// A backend's whole report: one line for every feature, in the order of `feature`.
using capability_report = std::span<const capability>;

/// The report's line for a feature. A report without one says no.
capability capability_of(capability_report report, feature wanted) noexcept;

/// The feature's name, as "tls1_3"; lives for ever.
std::string_view name_of(feature wanted) noexcept;

/// "yes", "limited" or "no"; lives for ever.
std::string_view name_of(support level) noexcept;

/// Every feature there is, in order.
std::span<const feature> every_feature() noexcept;

}  // namespace polytls
