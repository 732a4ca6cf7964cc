#pragma once

#include <polytls/endpoint.hpp>
#include <polytls/transport/detail/stream_io.hpp>
#include <polytls/transport/stream_base.hpp>

#include <asio/async_result.hpp>
#include <asio/detail/throw_error.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace polytls {

/// TLS over any Asio stream; meets AsyncReadStream, AsyncWriteStream, SyncReadStream and
/// SyncWriteStream, so that `asio::async_read`, `asio::write` and the rest work on it. Used like
/// `asio::ssl::stream`.
///
/// `NextLayer` is such a stream itself with a `lowest_layer()`: a socket, another TLS stream, or a
/// reference to one. Its blocking calls must be blocking ones (no `non_blocking(true)`) where
/// blocking calls of this stream are used.
///
/// **Threads.** As with a socket: one thread at a time, or one strand for all operations and their
/// handlers. At most one read and one write are outstanding at a time; both at once are fine, and
/// `async_shutdown` may join them.
///
/// **Completion.** Every `async_` member takes any completion token, uses the handler's associated
/// executor, allocator and cancellation slot, and never completes within the call.
///
/// **Cancellation.** A cancelled read (terminal, partial or total) loses nothing: the next read
/// goes on where it would have. Writes, handshakes and shutdowns heed terminal cancellation: after
/// a cancelled write its data may be lost or arrive in full, sent by the next operation that
/// writes, and later writes remain possible; a cancelled handshake leaves nothing to do but to
/// close.
///
/// **Errors** are `errc` values, Asio's own for the network, and `asio::error::eof` once the peer
/// has sent close_notify. An end of the network connection without one is `errc::truncated`.
///
/// **Lifetime.** Moving a stream, and destroying it while operations are outstanding, is allowed;
/// destroying closes the lowest layer (or cancels, when `NextLayer` is a reference) and the
/// operations end with `asio::error::operation_aborted`. A moved-from stream can be destroyed or
/// assigned to.
template <class NextLayer>
class stream : public stream_base {
public:
    using next_layer_type = std::remove_reference_t<NextLayer>;
    using lowest_layer_type = typename next_layer_type::lowest_layer_type;
    using executor_type = typename next_layer_type::executor_type;

    /// @name Making one
    /// `layer` is what `NextLayer` is made from: a connected socket to be moved in, an executor, ….
    /// What is wrong with settings shows at the handshake.
    /// @{

    /// A stream of either side; the setters and the handshake say the rest.
    template <class Arg>

    requires std::constructible_from<NextLayer, Arg> stream(Arg&& layer, secure_context context)
        : stream(std::forward<Arg>(layer),
                 detail::stream_settings{.client = {.context = context},
                                         .server = {.context = context}}) {}

    /// A client's stream.
    template <class Arg>

    requires std::constructible_from<NextLayer, Arg> stream(Arg&& layer, client_settings settings)
        : stream(std::forward<Arg>(layer),
                 detail::stream_settings{.client = std::move(settings), .side = client}) {}

    /// A server's stream.
    template <class Arg>

    requires std::constructible_from<NextLayer, Arg> stream(Arg&& layer, server_settings settings)
        : stream(std::forward<Arg>(layer),
                 detail::stream_settings{.server = std::move(settings), .side = server}) {}

    ~stream() { abandon(); }

    stream(stream&&) noexcept = default;

    stream& operator=(stream&& other) noexcept {
        if (this != &other) {
            abandon();
            state_ = std::move(other.state_);
        }
        return *this;
    }

    /// @}
    /// @name Settings
    /// Before the handshake; later they throw `polytls::error` with `errc::wrong_state`. They
    /// change what `client_settings` and `server_settings` document.
    /// @{

    /// Client: the name or address the server's certificate must be for; a DNS name is sent, too
    /// (SNI). Takes the place of `host_name_verification` and `SSL_set_tlsext_host_name`. Without
    /// it any name is accepted.
    void set_host_name(std::string host) { settings().client.host = std::move(host); }

    /// Client: sends another name than the host's.
    void set_servername(std::string name) { settings().client.servername = std::move(name); }

    /// Whether a peer that does not verify ends the handshake. Takes the place of
    /// `set_verify_mode(verify_peer)`. True for clients; false for servers, where it matters only
    /// with `set_request_certificate(true)`.
    void set_reject_unauthorized(bool reject) {
        settings().client.reject_unauthorized = reject;
        settings().server.reject_unauthorized = reject;
    }

    /// Server: asks the client for a certificate.
    void set_request_certificate(bool request) { settings().server.request_cert = request; }

    /// Protocols for ALPN, the favourite first.
    void set_alpn_protocols(std::vector<std::string> protocols) {
        settings().server.alpn_protocols = protocols;
        settings().client.alpn_protocols = std::move(protocols);
    }

    /// Client: a session to resume.
    void set_session(std::vector<std::uint8_t> session) {
        settings().client.session = std::move(session);
    }

    /// Client: the caller's own check of the certificate's name.
    void set_identity_check(identity_check check) {
        settings().client.check_server_identity = std::move(check);
    }

    /// Server: chooses the context by the name that the client asks for. May answer later, but then
    /// the handshake has to be an asynchronous one: a blocking one fails with `errc::wrong_state`.
    void set_sni_callback(sni_callback call) { settings().server.sni_callback = std::move(call); }

    /// Server: chooses the protocol; as above.
    void set_alpn_callback(alpn_callback call) {
        settings().server.alpn_callback = std::move(call);
    }

    /// Client: gives its pre-shared key; may answer later, as above.
    void set_psk_callback(client_psk_callback call) {
        settings().client.psk_callback = std::move(call);
    }

    /// Server: finds the pre-shared key of a client; may answer later, as above.
    void set_psk_callback(server_psk_callback call, std::string identity_hint = {}) {
        settings().server.psk_callback = std::move(call);
        settings().server.psk_identity_hint = std::move(identity_hint);
    }

    /// How long the handshake may take; 0: for ever. Two minutes unless it is changed.
    void set_handshake_timeout(std::chrono::milliseconds timeout) {
        settings().client.handshake_timeout = timeout;
        settings().server.handshake_timeout = timeout;
    }

    /// Whether a peer that hangs up without close_notify has ended in order: reads then give
    /// `asio::error::eof`, not `errc::truncated`. Only for protocols that tell by themselves where
    /// their data ends. False unless it is changed.
    void set_allow_truncation(bool allow) {
        settings().client.allow_truncation = allow;
        settings().server.allow_truncation = allow;
    }

    /// Client: hears of each session that a later connection may resume, from within handshakes and
    /// reads.
    void on_session(std::function<void(const std::vector<std::uint8_t>&)> call) {
        settings().session_listener = std::move(call);
    }

    /// @}
    /// @name Layers
    /// @{

    executor_type get_executor() noexcept { return next_layer().get_executor(); }

    next_layer_type& next_layer() noexcept { return state_->next_layer; }

    const next_layer_type& next_layer() const noexcept { return state_->next_layer; }

    lowest_layer_type& lowest_layer() noexcept { return next_layer().lowest_layer(); }

    const lowest_layer_type& lowest_layer() const noexcept { return next_layer().lowest_layer(); }

    /// @}
    /// @name What is known
    /// @{

    /// The connection: authorized, peer_certificate, cipher, alpn_protocol, session, …. Once the
    /// handshake has begun; before, it throws `polytls::error` with `errc::wrong_state`.
    const endpoint& details() const { return state_->core.endpoint(); }

    /// What the last error was about, in full; nothing while there was none.
    std::optional<polytls::failure> failure() const { return state_->core.last_failure(); }

    /// @}

    /// Bounds the plaintext of each record: 512 to 16384 bytes; false outside of that. Once the
    /// handshake has begun, as `details`.
    bool set_max_send_fragment(std::size_t size) {
        return state_->core.endpoint().set_max_send_fragment(size);
    }

    /// Gives the library's record buffers back until there is traffic again; for connections that
    /// fall idle. The stream's own are given back by themselves.
    void release_buffers() { state_->core.endpoint().release_buffers(); }

    /// @name Handshake
    /// Complete once the peer has proved who it is, as far as the settings ask. A failed one has
    /// sent its alert, where the next layer still works. `errc::handshake_timed_out` when its time
    /// is up: the asynchronous one ends then if the lowest layer has `cancel`; the blocking one
    /// notices only when the next layer returns. Signature: void(std::error_code).
    /// @{

    void handshake(handshake_type side) {
        std::error_code error;
        handshake(side, error);
        asio::detail::throw_error(error, "handshake");
    }

    void handshake(handshake_type side, std::error_code& error) {
        detail::handshake_operation operation(side);
        detail::run(*state_, operation);
        operation.deliver([&](std::error_code result) { error = result; });
    }

    template <class Token = asio::default_completion_token_t<executor_type>>
    auto async_handshake(handshake_type side, Token&& token = Token()) {
        return start<void(std::error_code)>(detail::handshake_operation(side), token);
    }

    /// @}
    /// @name Shutdown
    /// Sends close_notify and waits for the peer's; data that comes before it is discarded, so read
    /// to the end first if it matters. `errc::truncated` when the peer hangs up without one, as
    /// many do. Reads may be outstanding or follow; writes may not. Signature:
    /// void(std::error_code).
    /// @{

    void shutdown() {
        std::error_code error;
        shutdown(error);
        asio::detail::throw_error(error, "shutdown");
    }

    void shutdown(std::error_code& error) {
        detail::shutdown_operation operation;
        detail::run(*state_, operation);
        operation.deliver([&](std::error_code result) { error = result; });
    }

    template <class Token = asio::default_completion_token_t<executor_type>>
    auto async_shutdown(Token&& token = Token()) {
        return start<void(std::error_code)>(detail::shutdown_operation(), token);
    }

    /// @}
    /// @name Reading
    /// Decrypts straight into the buffers as much as has come, at least one byte; nothing, at once,
    /// when the buffers are empty. Signature: void(std::error_code, std::size_t).
    /// @{

    template <class MutableBuffers>
    std::size_t read_some(const MutableBuffers& buffers) {
        std::error_code error;
        const std::size_t size = read_some(buffers, error);
        asio::detail::throw_error(error, "read_some");
        return size;
    }

    template <class MutableBuffers>
    std::size_t read_some(const MutableBuffers& buffers, std::error_code& error) {
        return transfer(detail::read_operation<MutableBuffers>(buffers), error);
    }

    template <class MutableBuffers, class Token = asio::default_completion_token_t<executor_type>>
    auto async_read_some(const MutableBuffers& buffers, Token&& token = Token()) {
        return start<void(std::error_code, std::size_t)>(
            detail::read_operation<MutableBuffers>(buffers), token);
    }

    /// @}
    /// @name Writing
    /// Encrypts up to 64 KiB from the buffers, small ones put together to full records, and is
    /// complete when the next layer has taken it. Signature: void(std::error_code, std::size_t).
    /// @{

    template <class ConstBuffers>
    std::size_t write_some(const ConstBuffers& buffers) {
        std::error_code error;
        const std::size_t size = write_some(buffers, error);
        asio::detail::throw_error(error, "write_some");
        return size;
    }

    template <class ConstBuffers>
    std::size_t write_some(const ConstBuffers& buffers, std::error_code& error) {
        return transfer(detail::write_operation<ConstBuffers>(buffers), error);
    }

    template <class ConstBuffers, class Token = asio::default_completion_token_t<executor_type>>
    auto async_write_some(const ConstBuffers& buffers, Token&& token = Token()) {
        return start<void(std::error_code, std::size_t)>(
            detail::write_operation<ConstBuffers>(buffers), token);
    }

    /// @}

private:
    using state_type = detail::stream_state<NextLayer>;

    template <class Arg>
    stream(Arg&& layer, detail::stream_settings settings)
        : state_(std::make_shared<state_type>(std::forward<Arg>(layer), std::move(settings))) {}

    detail::stream_settings& settings() { return state_->core.settings(); }

    void abandon() noexcept {
        // Only operations share the state.
        if (state_ && state_.use_count() > 1) {
            state_->abandon();
        }
    }

    template <class Operation>
    std::size_t transfer(Operation operation, std::error_code& error) {
        detail::run(*state_, operation);
        std::size_t transferred = 0;
        operation.deliver([&](std::error_code result, std::size_t size) {
            error = result;
            transferred = size;
        });
        return transferred;
    }

    template <class Signature, class Operation, class Token>
    auto start(Operation operation, Token& token) {
        return asio::async_compose<Token, Signature>(
            detail::io_op<state_type, Operation>(state_, std::move(operation)), token,
            state_->next_layer);
    }

    std::shared_ptr<state_type> state_;
};

}  // namespace polytls
