#pragma once

namespace polytls {

/// What every `stream` has in common, whatever it stands on.
class stream_base {
public:
    /// Which end of the handshake a stream takes.
    enum handshake_type {
        client,  ///< Speaks first, and judges the server.
        server,
    };

protected:
    ~stream_base() = default;
};

}  // namespace polytls
