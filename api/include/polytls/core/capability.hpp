#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace polytls {

/// What a backend may or may not be able to do.
///
/// What is denied is refused when it is asked for, with `errc::unsupported_by_backend` unless it
/// says otherwise here. What is limited works but for what is said here, or else by its reason.
enum class feature : std::uint8_t {
    tls1_0,               ///< RFC 2246.
    tls1_1,               ///< RFC 4346.
    tls1_2,               ///< RFC 5246.
    tls1_3,               ///< RFC 8446.
    alpn,                 ///< RFC 7301. Limited: no names with a NUL in them.
    server_name,          ///< A client sends the name it wants (RFC 6066, section 3).
    client_certificates,  ///< A server asks for one.
    encrypted_keys,       ///< PKCS#8 and DEK-Info. Limited: not where scrypt derives the key.
    session_tickets,      ///< Sessions that the client carries. Denied: there are none.
    partial_chain,        ///< An anchor that is no root ends a path.
    crl,                  ///< Revocation lists.
    exporter,             ///< Keying material for other protocols (RFC 5705).
    finished,             ///< verify_data is told. Limited: below TLS 1.3. Denied: never any.
    session_store,        ///< Sessions that the server keeps.
    shared_ticket_keys,   ///< Servers with the same keys resume each other's sessions.
    ocsp_stapling,  ///< A server sends the response that it is given. Limited: one that verifies.
    key_log,        ///< NSS's key log. Limited: none under TLS 1.3.
    renegotiation,  ///< A new handshake on a standing connection, below TLS 1.3.
    npn,            ///< draft-agl-tls-nextprotoneg-04, below TLS 1.3.
    dhparam,        ///< A server's own parameters for DHE.
    pkcs12,         ///< Limited: not what RC2 encrypts.
    ocsp_response,  ///< A client asks for a stapled response and hands it over as it came.
    signature_algorithms,  ///< The caller says what handshakes may be signed with.
    ephemeral_key,         ///< The group and size of the key exchange are told. Denied: never any.
    ed25519,               ///< Certificates and keys (RFC 8410), ours and a peer's.
    rsa_pss,               ///< Keys that sign by RSASSA-PSS only (RFC 4055), ours and a peer's.
    /// All that is wrong with a chain is told, each with its certificate. Limited: what is wrong is
    /// refused, but the first fault may hide others, or be told as another.
    verify_detail,
    chosen_alert,      ///< A peer is refused with the very alert asked for. Limited: a kindred one.
    name_constraints,  ///< They are examined. Denied: what holds critical ones is unreadable.
    /// Certificates with critical extensions that are not known are judged. Denied: they end the
    /// handshake with `errc::not_authorized`, whatever the judgement would be.
    critical_extensions,
    long_chains,            ///< Of more than eight certificates. Denied: they are never accepted.
    fragmented_handshakes,  ///< Messages may be split over records. Denied: they end the handshake.
    /// Keys that are elsewhere sign. Limited: the answer has to come at once.
    private_key_operations,
    key_update,  ///< New keys for what we write, under TLS 1.3 (RFC 8446, section 4.6.3).
    /// Pre-shared keys (RFC 4279; RFC 8446, section 4.2.11). Limited: the answer has to come at
    /// once.
    psk,
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
