#pragma once

#include <polytls/core/progress.hpp>
#include <polytls/result.hpp>
#include <polytls/secure_context.hpp>
#include <polytls/system_moment.hpp>

#include <chrono>
#include <string>

namespace polytls {

/// A chain of certificates to be judged without a connection, and by what.
struct chain_settings {
    /// Brings the trust anchors, the revocation lists, and the library. Required.
    secure_context context{};

    /// PEM blocks with the leaf first, as a peer would send them, or the leaf's DER.
    std::string chain{};

    /// Whose chain it is said to be: decides which purpose the certificates must allow.
    role peer = role::server;

    /// The name or IP address that a server's certificate is to be for. Empty: any.
    std::string host{};

    /// Since 1970. The dates of certificates and revocation lists are judged by it.
    std::chrono::seconds unix_time = system_moment().unix_time;
};

/// Judges a chain as a connection would judge its peer's: by the same library, the same order of
/// faults, the same codes. Nothing when the peer would be authorized.
///
/// `errc::not_authorized` with `failure::verification`, or `errc::altname_invalid`, when it would
/// not (both `condition::not_authorized`); `errc::bad_certificate`, `bad_pem` or `invalid_argument`
/// when there is nothing to judge, or the library cannot read it.
result<void> verify_chain(const chain_settings& settings);

}  // namespace polytls
