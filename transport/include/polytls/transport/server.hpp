#pragma once

#include <polytls/context_options.hpp>
#include <polytls/server_core.hpp>
#include <polytls/system_moment.hpp>
#include <polytls/transport/socket.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace polytls {

namespace detail {
class server_state;
}

/// How a server is to be (manual: tls.createServer).
struct server_options {
    /// What the default context is made from, unless `secure_context` is given.
    context_options credentials{};
    polytls::secure_context secure_context{};

    /// Ask clients for a certificate.
    bool request_cert = false;
    /// Refuse those whose certificate is missing or does not verify. Only with `request_cert`.
    bool reject_unauthorized = false;
    std::vector<std::string> alpn_protocols{};
    polytls::alpn_callback alpn_callback{};
    /// As `server_settings::npn_protocols`; credentials given here speak NPN then.
    npn_list npn_protocols{};
    /// As `server_settings`'; credentials given here need no certificate then.
    server_psk_callback psk_callback{};
    std::string psk_identity_hint{};
    std::uint32_t client_reneg_limit = 3;
    std::chrono::seconds client_reneg_window{600};
    /// Asked instead of the contexts added by `add_context`.
    polytls::sni_callback sni_callback{};
    /// Keeps the sessions, unless somebody listens for `on_new_session` or `on_resume_session`:
    /// `std::make_shared<memory_session_store>()`, one for several servers, or your own.
    std::shared_ptr<polytls::session_store> session_store{};
    std::chrono::milliseconds handshake_timeout{120'000};
    /// Our side of a connection stays open for writing when the peer ends.
    bool allow_half_open = false;
    /// A peer that hangs up without close_notify has ended in order (`server_settings`).
    bool allow_truncation = false;
    std::function<moment()> clock = system_moment;
};

/// A TLS server (manual: tls.Server). A cheap handle: copies are the same server, which lives while
/// it listens or has connections. All members on the server's executor; listeners are called there.
/// All listeners are released after `close`. On an empty handle every member does nothing and
/// answers as if it knew nothing.
class server {
public:
    server() = default;

    explicit operator bool() const noexcept { return state_ != nullptr; }

    /// @name Events
    /// @{

    /// A connection whose handshake is done; never before.
    void on_secure_connection(std::function<void(tls_socket)> call);
    /// A connection that failed before its handshake was done; exactly once for each. The socket is
    /// closed by the time the next event comes.
    void on_client_error(std::function<void(const failure&, tls_socket)> call);
    /// Every connection that was accepted, before its handshake.
    void on_connection(std::function<void(tls_socket)> call);
    /// Stores a new session under its id, so that `on_resume_session` finds it, in this process or
    /// another; `done` says that it is stored, and holds back all data of the connection until then
    /// (manual: 'newSession'). With a listener of either event no session travels in a ticket. As
    /// `new_session_callback` and `resume_session_callback`, and for connections from now on.
    void on_new_session(std::function<void(bytes id, bytes data, std::function<void()> done)> call);
    void on_resume_session(
        std::function<void(bytes id, late_answer<std::vector<std::uint8_t>> done)> call);
    /// A client asks for an OCSP response (manual: 'OCSPRequest'), as `ocsp_callback`. For
    /// connections from now on.
    void on_ocsp_request(
        std::function<void(
            bytes certificate, bytes issuer, late_answer<std::vector<std::uint8_t>> done)> call);
    /// A line of the key log of one of the connections, as `tls_socket::on_keylog`. For
    /// connections from now on.
    void on_keylog(std::function<void(std::string_view line, tls_socket)> call);
    void on_listening(std::function<void()> call);
    /// A connection above `max_connections` was closed at once; its peer's address.
    void on_drop(std::function<void(const socket_address&)> call);
    /// Listening failed, as when the port is in use.
    void on_error(std::function<void(const failure&)> call);
    /// Closed, and the last connection has ended.
    void on_close(std::function<void()> call);

    /// @}

    /// Begins to listen: on all IPv4 addresses without a host, on a port of the system's choice
    /// for 0. `host` is an address, or a name whose first address that works is taken. Not
    /// blocking; `listening` or `error` follows. `address` can be asked at once, unless `host` is a
    /// name.
    void
    listen(std::uint16_t port, const std::string& host = {}, std::function<void()> listening = {});

    /// The same on the path of a unix socket, which is removed again by `close`.
    void listen_path(const std::string& path, std::function<void()> listening = {});

    /// Serves a connection that somebody else has accepted, over whatever it comes; whether or not
    /// the server listens. `head` is what was received on it before. On this server's executor. An
    /// empty stream is `errc::invalid_argument`.
    result<void> take_connection(std::unique_ptr<duplex> stream, bytes head = {});

    /// Takes no new connections; standing ones go on. `closed` is a listener of `close`.
    void close(std::function<void()> closed = {});

    bool listening() const noexcept;

    /// Where it listens; port 0 when it does not.
    socket_address address() const;

    /// As `server_core`'s.
    void set_secure_context(polytls::secure_context context);
    result<void> add_context(std::string_view hostname, polytls::secure_context context);
    result<void> add_context(std::string_view hostname, const context_options& options);
    bool remove_context(std::string_view hostname);

    polytls::ticket_keys get_ticket_keys() const;
    result<void> set_ticket_keys(bytes keys);

    /// Connections above this number are closed at once.
    void set_max_connections(std::size_t limit);

    /// How many connections stand, those in their handshake included.
    std::size_t connections() const noexcept;

private:
    friend result<server>
        create_server(asio::any_io_executor, server_options, std::function<void(tls_socket)>);

    explicit server(std::shared_ptr<detail::server_state> state) noexcept;

    std::shared_ptr<detail::server_state> state_;
};

/// Makes a server that does not listen yet. The callback becomes the first listener of
/// `secure_connection`. Options that cannot work are the result's failure.
result<server> create_server(asio::any_io_executor executor,
                             server_options options,
                             std::function<void(tls_socket)> secure_connection_listener = {});
result<server> create_server(asio::io_context& context,
                             server_options options,
                             std::function<void(tls_socket)> secure_connection_listener = {});

}  // namespace polytls
