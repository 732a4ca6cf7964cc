#pragma once

#include <polytls/certificate.hpp>
#include <polytls/late_answer.hpp>
#include <polytls/secure_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
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

    /// Called when the client names a server. Without it the context above serves all names.
    polytls::sni_callback sni_callback{};

    /// How long the handshake may take; 0: for ever.
    std::chrono::milliseconds handshake_timeout{120'000};

    /// A peer that hangs up without close_notify has ended in order, instead of
    /// `errc::truncated`. Only for protocols that tell by themselves where their data ends.
    bool allow_truncation = false;
};

}  // namespace polytls
