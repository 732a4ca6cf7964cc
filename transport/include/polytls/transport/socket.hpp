#pragma once

#include <polytls/endpoint.hpp>
#include <polytls/transport/duplex.hpp>

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls {

namespace detail {
class socket_state;
}

/// A TLS connection with the manual's events (manual: tls.TLSSocket). A cheap handle: copies are
/// the same socket, which lives while it is connected whether or not a handle is held.
///
/// All members are to be called on the socket's executor, which is one thread's (or a strand); all
/// listeners are called there, never from within the call that caused them. What a listener throws
/// passes through `io_context::run`; the socket stays usable, and goes on when `run` is called
/// again. All listeners are released after `close`: a listener may capture its socket.
///
/// Data comes as it is read while somebody listens for it. Before the first `on_data` or `resume`
/// the first of it is held back and the rest waits in the network, so nothing is lost; but once
/// `end` was called, data that nobody listens for is thrown away.
///
/// On an empty handle every member does nothing and answers as if it knew nothing.
class tls_socket {
public:
    /// An empty handle.
    tls_socket() = default;

    explicit operator bool() const noexcept { return state_ != nullptr; }

    friend bool operator==(const tls_socket&, const tls_socket&) noexcept = default;

    /// @name Events
    /// @{

    /// The handshake is done, whether or not the peer is authorized (manual: 'secureConnect').
    void on_secure_connect(std::function<void()> call);
    /// Plaintext from the peer. The view ends with the call.
    void on_data(std::function<void(bytes)> call);
    /// The peer has ended its side with close_notify; all its data was delivered.
    void on_end(std::function<void()> call);
    /// What was written has left, after a `write` that returned false.
    void on_drain(std::function<void()> call);
    /// Nothing was received or sent for the time given to `set_timeout`.
    void on_timeout(std::function<void()> call);
    /// A session that may be resumed later (client); under TLS 1.3 once per ticket.
    void on_session(std::function<void(const std::vector<std::uint8_t>&)> call);
    /// The OCSP response that the server stapled, DER, or nothing in it; before `secure_connect`,
    /// on a client with `request_ocsp`. The view ends with the call.
    void on_ocsp_response(std::function<void(bytes)> call);
    /// A line of the key log in NSS's format (SSLKEYLOGFILE), without its end, for tools that read
    /// the connection. Only for listeners that are there before the handshake. A secret; the view
    /// ends with the call. What it throws ends the connection.
    void on_keylog(std::function<void(std::string_view)> call);
    /// What went wrong; `close` follows, except after `errc::wrong_state`. A server's socket whose
    /// handshake fails has `server::on_client_error` told instead.
    void on_error(std::function<void(const failure&)> call);
    /// The connection is gone; the last event, and it comes exactly once.
    void on_close(std::function<void(bool had_error)> call);

    /// @}
    /// @name Data
    /// @{

    /// Queues plaintext, before the handshake is done too. What is queued in one turn of the event
    /// loop is sent at its end, in full records. False when more is queued than `high_water_mark`:
    /// go on after `drain`. Ignored after `end`, with one `errc::wrong_state` error event, and
    /// after `destroy`.
    bool write(bytes plaintext);

    bool write(std::string_view text) { return write(as_bytes(text)); }

    /// Asks the peer for a new handshake, with which data goes on both ways (manual: renegotiate).
    /// `done` is called once, without a failure when it is complete; with one when it cannot be
    /// (`errc::renegotiation_unavailable` under TLS 1.3; the connection lives on), or when the
    /// connection ends before, as it does when `handshake_timeout` is over.
    void renegotiate(const renegotiate_options& how = {},
                     std::function<void(const std::optional<failure>&)> done = {});

    /// Changes the keys of what is written after what is queued now, and asks the peer to do the
    /// same if `of_peer` (RFC 8446, section 4.6.3). False, and nothing happens, but on a connection
    /// that stands and is one of TLS 1.3, of a backend with `feature::key_update`.
    bool update_keys(bool of_peer = false);

    /// Sends what is queued, then close_notify. Reading goes on until the peer ends.
    void end();
    void end(std::string_view text);

    /// Closes at once; what is queued is lost. With a failure, `error` comes before `close`.
    void destroy();
    void destroy(failure why);

    /// Holds back what is written until `uncork` or `end`, so that it leaves in full records. What
    /// is written in one turn of the event loop leaves so by itself.
    void cork();
    void uncork();

    /// Stops and restarts the flow of `data`; what the peer sends meanwhile waits in the network.
    void pause();
    void resume();

    /// Writes everything that is read into `target`, pausing when that is full, and ends it at the
    /// end.
    void pipe(tls_socket target);

    /// Emits `timeout` when nothing moves for so long, and again only after something has moved; 0
    /// switches it off. The connection goes on.
    void set_timeout(std::chrono::milliseconds idle);

    /// Has the clock looked at soon instead of when a timer runs out: for a `clock` that was moved.
    void check_deadlines();

    /// 512 to 16384 bytes of plaintext in each record; false outside of that.
    bool set_max_send_fragment(std::size_t size);

    /// Bytes of plaintext queued and not yet taken by the network.
    std::size_t writable_length() const noexcept;

    /// Above this many bytes queued `write` returns false.
    static constexpr std::size_t high_water_mark = 65536;

    /// @}
    /// @name What is known
    /// @{

    /// Always true; tells TLS sockets from others.
    static constexpr bool encrypted = true;

    bool authorized() const noexcept;
    /// Why the peer is not authorized, as "CERT_HAS_EXPIRED"; empty when it is.
    std::string_view authorization_error() const noexcept;
    certificate get_peer_certificate(bool detailed = false) const;
    /// Null before the handshake is done.
    const cipher_suite* get_cipher() const noexcept;
    /// "TLSv1.3"; empty before the handshake is done.
    std::string_view get_protocol() const noexcept;
    std::string_view alpn_protocol() const noexcept;
    std::string_view npn_protocol() const noexcept;
    std::string_view servername() const noexcept;
    /// As `endpoint`'s: the key exchange's key (client), keying material derived from the
    /// connection, and the Finished messages.
    ephemeral_key_info get_ephemeral_key_info() const noexcept;
    /// As `endpoint::shared_sigalgs` and `endpoint::shared_groups`.
    std::vector<std::string_view> get_shared_sigalgs() const;
    std::vector<std::string_view> get_shared_groups() const;
    /// The identity of the pre-shared key that both ends have; empty when none was used.
    std::string_view psk_identity() const noexcept;
    result<std::vector<std::uint8_t>> export_keying_material(
        std::size_t length, std::string_view label, std::optional<bytes> context = {}) const;
    std::vector<std::uint8_t> get_finished() const;
    std::vector<std::uint8_t> get_peer_finished() const;
    /// The latest session that may be resumed; empty when there is none (client).
    std::vector<std::uint8_t> get_session() const;
    bool is_session_reused() const noexcept;
    /// The latest session ticket (client); empty when there is none.
    std::vector<std::uint8_t> get_tls_ticket() const;
    /// Plaintext bytes.
    std::uint64_t bytes_read() const noexcept;
    std::uint64_t bytes_written() const noexcept;
    /// Closed, or being closed.
    bool destroyed() const noexcept;

    /// Readable after the peer has left, too.
    socket_address address() const;
    std::string remote_address() const;
    std::string remote_family() const;
    std::uint16_t remote_port() const;
    std::string local_address() const;
    std::uint16_t local_port() const;

    asio::any_io_executor get_executor() const;
    polytls::backend backend() const noexcept;

    /// @}

    /// Made by `connect`, `server` and the library's own code.
    explicit tls_socket(std::shared_ptr<detail::socket_state> state) noexcept;

private:
    std::shared_ptr<detail::socket_state> state_;
};

}  // namespace polytls
