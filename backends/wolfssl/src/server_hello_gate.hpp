#pragma once

#include "blob.hpp"

#include <polytls/core/status.hpp>

namespace polytls::wolfssl {

/// Holds back a ServerHello of TLS 1.2 until it is known whether the server took the ticket it was
/// offered. wolfSSL takes any answer for a yes, and ends the handshake over the certificate that
/// comes instead; told in time, it goes on with a full handshake.
class server_hello_gate {
public:
    enum class finding : std::uint8_t { unknown, taken, refused };

    /// Takes more of what the server sent; `unknown` while it has to be held back.
    finding look(bytes input) noexcept;

    /// All that was held back.
    bytes held() const noexcept { return held_.view(); }

    bool ran_out_of_memory() const noexcept { return no_memory_; }

private:
    finding look_at_messages(bytes messages, bool more_may_come) const noexcept;

    blob held_;
    bool no_memory_ = false;
};

}  // namespace polytls::wolfssl
