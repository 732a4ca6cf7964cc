#pragma once

#include <polytls/certificate.hpp>
#include <polytls/core/bytes.hpp>
#include <polytls/core/ticket_keys.hpp>
#include <polytls/late_answer.hpp>
#include <polytls/npn_list.hpp>
#include <polytls/psk_callback.hpp>
#include <polytls/secure_context.hpp>
#include <polytls/session_store.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls {

/// The caller's own check that a server's certificate is for the host (manual:
/// checkServerIdentity). A failure refuses the server; nothing accepts it. Called only for a chain
/// that verified.
using identity_check =
    std::function<std::optional<failure>(std::string_view host, const certificate& leaf)>;

/// Chooses the context for a name that a client asks for (manual: SNICallback). `done` with an
/// empty context takes the default one.
using sni_callback =
    std::function<void(std::string_view servername, late_answer<secure_context> done)>;

/// Chooses one of the protocols a client offers. `done` with an empty text goes on without any.
using alpn_callback = std::function<void(std::string_view servername,
                                         const std::vector<std::string>& protocols,
                                         late_answer<std::string> done)>;

/// Stores a session under its id for `resume_session_callback` (manual: 'newSession'); `done` says
/// that it is stored. A session made in the handshake holds back all data until then. `data` opens
/// the session to whoever has it: a secret. Views end with the call.
using new_session_callback = std::function<void(bytes id, bytes data, std::function<void()> done)>;

/// Finds what was stored under an id (manual: 'resumeSession'); `done` with nothing in it leads to
/// a full handshake, as does what is too old, was changed, or is of another backend. The view ends
/// with the call.
using resume_session_callback =
    std::function<void(bytes id, late_answer<std::vector<std::uint8_t>> done)>;

/// Gets the OCSP response for a certificate of ours (manual: 'OCSPRequest'), all in DER; `issuer`
/// is empty when it is not known. `done` with nothing in it staples nothing. Views end with the
/// call.
using ocsp_callback = std::function<void(
    bytes certificate, bytes issuer, late_answer<std::vector<std::uint8_t>> done)>;

/// Hears a line of the key log in NSS's format (SSLKEYLOGFILE), without its end. Whoever has the
/// lines can read the connection. The view ends with the call.
using key_log_callback = std::function<void(std::string_view line)>;

/// How a client's end of one connection is to be.
struct client_settings {
    secure_context context{};

    /// The name or IP address that the server's certificate must be for. Empty: any.
    std::string host{};

    /// The name sent to the server (SNI). Not set: `host`, when that is a DNS name. Empty: none.
    std::optional<std::string> servername{};

    /// An unverified server ends the connection; otherwise `authorization_error` says why.
    bool reject_unauthorized = true;

    /// Protocols to offer, the favourite first.
    std::vector<std::string> alpn_protocols{};

    /// Protocols that are spoken, the favourite first (NPN): of what the server advertises, the
    /// first that is here; when nothing is, our favourite. With a context that has
    /// `context_options::npn`.
    npn_list npn_protocols{};

    /// Ask the server for an OCSP response (RFC 6066, section 8): `endpoint::ocsp_response`.
    bool request_ocsp = false;

    /// Pre-shared keys instead of certificates, below TLS 1.3 with the suites that
    /// `context_options::ciphers` has to name for them. Sessions are neither offered nor told then.
    client_psk_callback psk_callback{};

    key_log_callback key_log{};

    /// What `endpoint::session` or the `session` event gave for an earlier connection.
    std::vector<std::uint8_t> session{};

    /// Instead of the check of RFC 9525.
    identity_check check_server_identity{};

    /// How long the handshake may take; 0: for ever.
    std::chrono::milliseconds handshake_timeout{120'000};

    /// A peer that hangs up without close_notify has ended in order, instead of
    /// `errc::truncated`. Only for protocols that tell by themselves where their data ends.
    bool allow_truncation = false;
};

/// How a server's end of one connection is to be.
struct server_settings {
    secure_context context{};

    /// Ask the client for a certificate.
    bool request_cert = false;

    /// Refuse a client whose certificate is missing or does not verify. Only with `request_cert`.
    bool reject_unauthorized = false;

    /// Protocols that are spoken, the favourite first. A client that offers others only is refused.
    std::vector<std::string> alpn_protocols{};

    /// Instead of `alpn_protocols`.
    polytls::alpn_callback alpn_callback{};

    /// Protocols to advertise (NPN), the favourite first. With a context that has
    /// `context_options::npn`, also for those that `sni_callback` chooses.
    npn_list npn_protocols{};

    /// Sessions are kept by these two, and none travels in a ticket. With the first alone nothing
    /// is resumed; with the second alone, what other servers have stored.
    new_session_callback new_session{};
    resume_session_callback resume_session{};

    /// Keeps the sessions instead of those two, where neither is given; servers that have the same
    /// one resume each other's sessions.
    std::shared_ptr<polytls::session_store> session_store{};

    /// Called when the client asks for an OCSP response.
    polytls::ocsp_callback ocsp_callback{};

    /// Pre-shared keys besides certificates, or without any; as `client_settings::psk_callback`.
    server_psk_callback psk_callback{};

    /// Helps clients below TLS 1.3 choose their key; at most 128 bytes, no NUL.
    std::string psk_identity_hint{};

    key_log_callback key_log{};

    /// The keys of session tickets, shared with other servers or processes. Not set: those of
    /// `context`, also for the contexts that `sni_callback` chooses.
    std::optional<polytls::ticket_keys> ticket_keys{};

    /// How often a client may renegotiate (manual: tls.CLIENT_RENEG_LIMIT and
    /// tls.CLIENT_RENEG_WINDOW); one more ends its connection with `errc::renegotiation_attack`.
    std::uint32_t client_reneg_limit = 3;
    std::chrono::seconds client_reneg_window{600};

    /// Called when the client names a server. Without it the context above serves all names.
    polytls::sni_callback sni_callback{};

    /// How long the handshake may take; 0: for ever.
    std::chrono::milliseconds handshake_timeout{120'000};

    /// A peer that hangs up without close_notify has ended in order, instead of
    /// `errc::truncated`. Only for protocols that tell by themselves where their data ends.
    bool allow_truncation = false;
};

}  // namespace polytls
