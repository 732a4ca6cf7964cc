#pragma once

#include <polytls/core/alert.hpp>

#include <cstdint>
#include <string_view>

namespace polytls {

/// What happened, precisely and alike on every backend. Programs branch on `condition`.
enum class errc : std::uint16_t {
    ok = 0,

    // The connection is over.
    closed,                      ///< The peer sent close_notify; everything it wrote was delivered.
    truncated,                   ///< The transport ended without close_notify.
    disconnected_before_secure,  ///< Client: the transport ended during the handshake.
    socket_hang_up,              ///< Server: the transport ended during the handshake.
    destroyed,                   ///< Our side gave the connection up.

    // Time.
    handshake_timed_out,

    // What the peer sent breaks the protocol.
    wrong_version_number,  ///< Not a TLS record: another protocol, SSLv2 or SSLv3.
    client_hello_too_large,
    unexpected_message,
    bad_record_mac,
    record_overflow,
    decode_error,
    illegal_parameter,
    protocol_failure,      ///< Any other breach; the native code says which.
    renegotiation_attack,  ///< The client has begun more handshakes than it may.

    // Both ends are sound but share nothing.
    unsupported_protocol,  ///< No protocol version in common.
    no_shared_cipher,
    no_shared_group,
    no_shared_signature_algorithm,
    no_application_protocol,
    renegotiation_refused,
    renegotiation_unavailable,  ///< The connection's version or context has none.

    // The peer said no.
    alert_received,  ///< A fatal alert; `status::alert` says which.

    // The peer is not who it should be.
    not_authorized,           ///< The chain did not verify; the verify code says why.
    altname_invalid,          ///< The certificate is not for this host.
    certificate_required,     ///< The peer was asked for a certificate and gave none.
    unknown_psk_identity,     ///< Nobody here knows the pre-shared key that is asked for.
    wrong_psk,                ///< The peer's pre-shared key is another one (TLS 1.3).
    identity_check_rejected,  ///< The caller's own identity check said no.

    // What the caller gave cannot be used.
    invalid_argument,
    file_unreadable,
    bad_pem,
    bad_certificate,
    bad_private_key,
    bad_ca,
    bad_crl,
    bad_pkcs12,
    unknown_signature_scheme,
    key_mismatch,         ///< A private key that fits none of the certificates.
    passphrase_required,  ///< The key is encrypted and no passphrase was given.
    wrong_passphrase,
    weak_key,  ///< Refused by the backend's security policy.
    unknown_cipher,
    no_cipher_match,  ///< The cipher list leaves nothing.
    unknown_group,
    unknown_version,
    bad_version_range,
    bad_server_name,
    bad_protocol_list,
    bad_session,
    no_root_certificates,
    refused_by_callback,  ///< The caller answered a question with an error.

    // It cannot be done here.
    unsupported_by_backend,
    unknown_backend,

    // The caller broke the rules of the interface.
    wrong_state,

    // The machine.
    no_memory,
    no_entropy,
    internal,
};

/// Groups of `errc` that a program branches on.
enum class condition : std::uint8_t {
    ok = 0,
    closed,
    truncated,
    timeout,
    protocol_error,
    nothing_in_common,
    peer_alert,
    not_authorized,
    bad_input,
    unsupported,
    misuse,
    no_resources,
};

/// An outcome: nothing, or what went wrong. Eight bytes, copied freely; what `std::error_code` is
/// to the hosted ring. Converts to true when something went wrong.
struct status {
    errc code = errc::ok;
    alert_description alert = alert_description::none;  ///< The alert sent or received, if any.
    std::int32_t native = 0;  ///< The library's own number, 0 where it had none.

    constexpr explicit operator bool() const noexcept { return code != errc::ok; }

    friend constexpr bool operator==(const status&, const status&) = default;
};

/// The group an error belongs to.
condition condition_of(errc code) noexcept;

/// The enumerator's name, as "no_shared_cipher". Lives for ever.
std::string_view name_of(errc code) noexcept;

/// One sentence for people, without a full stop. Lives for ever.
std::string_view message_of(errc code) noexcept;

}  // namespace polytls
