#pragma once

#include <polytls/context_options.hpp>
#include <polytls/endpoint_settings.hpp>
#include <polytls/secure_context.hpp>
#include <polytls/system_moment.hpp>
#include <polytls/transport/socket.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace polytls {

/// Where to connect to, and how (manual: tls.connect).
struct connect_options {
    std::uint16_t port = 0;
    /// Where to connect to, and whom the certificate must be for.
    std::string host = "localhost";
    /// A unix socket to connect to, instead of `port` at `host`.
    std::string path{};

    /// What a context is made from, unless `secure_context` is given.
    context_options credentials{};
    polytls::secure_context secure_context{};

    /// The name sent (SNI); not set: `host`, when that is a DNS name.
    std::optional<std::string> servername{};
    bool reject_unauthorized = true;
    std::vector<std::string> alpn_protocols{};
    /// As `client_settings::npn_protocols`; credentials given here speak NPN then.
    npn_list npn_protocols{};
    /// As `client_settings::psk_callback`.
    client_psk_callback psk_callback{};
    /// What `get_session` gave for an earlier connection.
    std::vector<std::uint8_t> session{};
    /// Ask the server for an OCSP response: `tls_socket::on_ocsp_response`.
    bool request_ocsp = false;
    identity_check check_server_identity{};
    /// Our side stays open for writing when the peer ends.
    bool allow_half_open = false;
    /// A server that hangs up without close_notify has ended in order (`client_settings`).
    bool allow_truncation = false;
    /// From the moment the network connection stands; 0: for ever.
    std::chrono::milliseconds handshake_timeout{120'000};
    std::function<moment()> clock = system_moment;
};

/// Connects to a server. Events come from the executor's thread, never from within this call; the
/// callback becomes the first listener of `secure_connect`.
///
/// Options that cannot work (credentials, servername, protocols, neither path nor port) are the
/// result's failure; what the network and the peer do comes as one `error` event, then `close`.
result<tls_socket> connect(asio::any_io_executor executor,
                           connect_options options,
                           std::function<void()> secure_connect_listener = {});
result<tls_socket> connect(asio::io_context& context,
                           connect_options options,
                           std::function<void()> secure_connect_listener = {});

/// The same with port and host apart, as the manual's second form.
result<tls_socket> connect(asio::io_context& context,
                           std::uint16_t port,
                           std::string host,
                           connect_options options,
                           std::function<void()> secure_connect_listener = {});

/// TLS over a stream that is open, or still connecting (manual: `socket`): `make_duplex` gives one
/// for TCP, unix and TLS sockets; others are the caller's own. `port` and `path` are not used. On
/// `stream`'s executor. An empty one is `errc::invalid_argument`.
result<tls_socket> connect_over(std::unique_ptr<duplex> stream,
                                connect_options options,
                                std::function<void()> secure_connect_listener = {});

}  // namespace polytls
