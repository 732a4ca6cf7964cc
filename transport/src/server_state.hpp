#pragma once

#include "listener.hpp"
#include "socket_state.hpp"

#include <polytls/event.hpp>
#include <polytls/server_core.hpp>
#include <polytls/transport/server.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace polytls::detail {

/// The events of a server.
struct server_events {
    event<tls_socket> secure_connection;
    event<const failure&, tls_socket> client_error;
    event<tls_socket> connection;
    event<bytes, bytes, std::function<void()>> new_session;
    event<bytes, late_answer<std::vector<std::uint8_t>>> resume_session;
    event<bytes, bytes, late_answer<std::vector<std::uint8_t>>> ocsp_request;
    event<std::string_view, tls_socket> keylog;
    event<> listening;
    event<const socket_address&> drop;
    event<const failure&> error;
    event<> close;
};

/// What all handles of a server share: a `server_core`, and the socket that listens. Kept alive by
/// the wait for connections and by each connection.
class server_state final : public socket_owner, public std::enable_shared_from_this<server_state> {
public:
    struct settings {
        std::function<moment()> clock;
        bool allow_half_open = false;
    };

    server_state(asio::any_io_executor executor, server_settings core, settings how);

    void listen(std::uint16_t port, const std::string& host);
    void listen(const std::string& path);
    void close();

    bool listening() const noexcept { return listener_ != nullptr; }

    socket_address address() const { return listener_ ? listener_->address() : socket_address{}; }

    /// Serves a connection, wherever it comes from. `head` is what it brought before.
    void take(std::unique_ptr<duplex> stream, bytes head);

    /// Has new connections put their questions to the listeners of these events.
    void answer_new_session();
    void answer_resume_session();
    void answer_ocsp_request();

    void secured(tls_socket socket) override;
    void failed_before_secure(const failure& why, tls_socket socket) override;
    void closed() override;

    server_core core;
    server_events events;

    /// The event loop is gone: lets everything go without a word.
    void abandon() noexcept;

private:
    void resolve_and_listen(std::uint16_t port, const std::string& host);
    void listen_on_first_of(const std::vector<asio::ip::tcp::endpoint>& candidates);
    bool may_listen();
    void began_listening();
    void listening_failed(failure why);

    void accept();
    void accepted(std::error_code error, std::unique_ptr<duplex> incoming);
    void accept_after_a_while();
    void close_when_empty();
    void tell_close();
    void release_listeners() noexcept;

    asio::any_io_executor executor_;
    std::function<moment()> clock_;
    std::unique_ptr<listener> listener_;
    std::optional<asio::ip::tcp::resolver> resolver_;
    std::optional<asio::steady_timer> back_off_;
    bool allow_half_open_;
    std::uint64_t round_ = 0;  // Of listening; what an earlier one accepted is dropped.
    bool resolving_ = false;
    bool closing_ = false;
    bool close_due_ = false;
};

}  // namespace polytls::detail
