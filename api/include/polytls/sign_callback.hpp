#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/signature_scheme.hpp>
#include <polytls/late_answer.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace polytls {

/// A signature that a handshake needs.
struct signing_request {
    signature_scheme scheme{};
    /// What is to be signed: a digest, made with the scheme's hash, to which the scheme's padding
    /// is still to be added (RFC 8017, sections 8.1 and 8.2; the salt is as long as the digest).
    /// For Ed25519 and Ed448 the message itself.
    bytes input{};
    bytes certificate{};  ///< The one that the key belongs to, DER.
};

/// Signs with a key that is elsewhere: in an HSM, a smart card, another process. `done` takes the
/// signature as it goes on the wire, for ECDSA a DER Ecdsa-Sig-Value (RFC 3279, section 2.2.3); the
/// peer refuses a wrong one. A failure ends the handshake. It may be called at any later time where
/// the backend's `feature::private_key_operations` is not limited, else before this returns.
///
/// Belongs to a context: called by all its connections, each on its own thread. Views end with the
/// call.
using sign_callback = std::function<void(const signing_request& request,
                                         late_answer<std::vector<std::uint8_t>> done)>;

}  // namespace polytls
