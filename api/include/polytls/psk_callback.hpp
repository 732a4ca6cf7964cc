#pragma once

#include <polytls/late_answer.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls {

/// A pre-shared key and the name that both ends know it by.
struct psk_credentials {
    std::string identity{};  ///< At most 128 bytes, no NUL; it is sent in the clear.
    /// At most 256 bytes; empty: none. A secret, to be as long as a cipher's key: a password can be
    /// guessed from a recorded handshake.
    std::vector<std::uint8_t> key{};
};

/// Gives a client's pre-shared key (manual: pskCallback). `hint` is the server's, empty when it
/// gave none and under TLS 1.3, whose hello needs the key: a client that speaks both versions may
/// be asked twice. `done` without a key goes on with certificates where they will do. It may be
/// called at any later time where the backend's `feature::psk` is not limited, else before this
/// returns. Views end with the call.
using client_psk_callback =
    std::function<void(std::string_view hint, late_answer<psk_credentials> done)>;

/// Finds the pre-shared key of an identity that a client gives (manual: pskCallback). `done`
/// without a key says that there is none. Under TLS 1.3 the tickets of sessions come as identities,
/// too. Otherwise as `client_psk_callback`.
using server_psk_callback =
    std::function<void(std::string_view identity, late_answer<std::vector<std::uint8_t>> done)>;

}  // namespace polytls
