#pragma once

#include "shown_certificate.hpp"

#include <polytls/core/connection.hpp>
#include <polytls/endpoint.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace polytls {

/// A session on its way to whoever keeps a server's sessions.
struct stored_session {
    std::vector<std::uint8_t> id;
    std::vector<std::uint8_t> data;
};

/// What an endpoint owns: its settings as the connection wants them, the callbacks, and what they
/// said. Late answers hold it weakly.
struct endpoint::state final : connection_observer, std::enable_shared_from_this<endpoint::state> {
    secure_context context;  // The default one.
    secure_context chosen;   // The one an SNI callback chose; kept alive for the connection.
    std::string host;
    std::string server_name;
    std::vector<std::uint8_t> protocols;
    std::vector<std::uint8_t> next_protocols;
    std::vector<std::uint8_t> offered_session;
    identity_check own_check;
    sni_callback ask_context;
    alpn_callback ask_protocol;
    new_session_callback store_session;
    resume_session_callback find_session;
    ocsp_callback ask_staple;
    client_psk_callback ask_psk;
    server_psk_callback find_psk;
    std::string psk_hint;
    key_log_callback key_log_listener;
    polytls::ticket_keys ticket_keys{};
    connection_settings settings;
    std::optional<connection> tls;

    std::function<void()> answered;
    std::function<void(const std::vector<std::uint8_t>&)> session_listener;
    std::vector<std::uint8_t> latest_session;
    std::vector<std::vector<std::uint8_t>> new_sessions;  // Told at the end of the step.
    std::vector<stored_session> sessions_to_store;        // Told in the same way (server).
    std::vector<std::uint8_t> found_session;              // The views of answers lead here.
    std::vector<std::uint8_t> staple;
    std::vector<std::uint8_t> signature;
    psk_credentials psk;
    std::optional<failure> callback_failure;
    std::string mismatch;             // Why the certificate was not for the host.
    std::exception_ptr thrown;        // By a callback, on its way out of a noexcept call.
    question asked = question::none;  // Put to a callback that has not answered yet.
    bool asking = false;              // Within the call of that callback.
    moment now{};                     // Of the latest step by which sessions come.

    ~state();

    const secure_context& context_in_use() const noexcept { return chosen ? chosen : context; }

    /// Copies what the connection refers to into `settings`, and makes it.
    void open();

    /// Takes a server's callbacks for sessions, or those of its store; a callback alone gets a
    /// partner that does nothing.
    void keep_sessions(server_settings& how);

    /// Puts the connection's question to its callback; true once it is answered.
    bool ask();

    /// What every step ends with: listeners called outside of the connection, exceptions let
    /// through.
    void tell();

    void session(bytes envelope) noexcept override;
    void new_session(bytes id, bytes envelope) noexcept override;
    void key_log(std::string_view line) noexcept override;
    status check_identity(std::string_view host,
                          const x509::certificate_view& leaf) noexcept override;
    void answer_now() noexcept override;

private:
    void choose_context(result<secure_context> answer);
    void choose_protocol(result<std::string> answer);
    void choose_session(result<std::vector<std::uint8_t>> answer);
    void choose_staple(result<std::vector<std::uint8_t>> answer);
    void choose_signature(result<std::vector<std::uint8_t>> answer);
    void choose_psk(result<psk_credentials> answer);
    void choose_psk_of_client(result<std::vector<std::uint8_t>> answer);
    void put(question open);
    const detail::shown_certificate* certificate_shown() const;
    void store_sessions();
    void refuse(failure why, alert_description alert);
    void after_answer();
    template <class T>
    late_answer<T> make_answer(question to, void (state::*choose_by)(result<T>));
    status check_identity_or_throw(const x509::certificate_view& leaf);
};

}  // namespace polytls
