#pragma once

#include <polytls/endpoint_settings.hpp>
#include <polytls/result.hpp>
#include <polytls/system_moment.hpp>
#include <polytls/transport/duplex.hpp>
#include <polytls/transport/socket.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace polytls {

/// What a TLS socket over a standing stream needs to know besides its side's settings.
struct wrap_options {
    /// Bytes of the peer's that were read from the stream before, as by one who looked whether it
    /// is TLS that comes.
    std::vector<std::uint8_t> head{};
    /// Our side stays open for writing when the peer ends.
    bool allow_half_open = false;
    std::function<moment()> clock = system_moment;
};

/// A TLS socket over a stream that stands already (manual: new tls.TLSSocket(socket, options)), as
/// a client or as a server, by the settings it is given. It stands alone: `server::take_connection`
/// is for one that shall count as a server's.
///
/// The handshake begins in the next turn of `stream`'s executor. A server whose handshake fails has
/// `error` told, too. Settings that cannot work are the result's failure; an empty stream is
/// `errc::invalid_argument`.
result<tls_socket>
wrap(std::unique_ptr<duplex> stream, client_settings settings, wrap_options options = {});
result<tls_socket>
wrap(std::unique_ptr<duplex> stream, server_settings settings, wrap_options options = {});

}  // namespace polytls
