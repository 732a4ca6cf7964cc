#include "endpoint_state.hpp"
#include "native_text.hpp"
#include "protocol_names.hpp"
#include "secure_context_state.hpp"

#include <polytls/byte_buffer.hpp>
#include <polytls/core/server_identity.hpp>
#include <polytls/endpoint.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace polytls {
namespace {

failure empty_context() {
    return make_failure(errc::invalid_argument, "a secure context is needed", "context");
}

/// The name to send for a client's settings.
result<std::string> name_to_send(const client_settings& settings) {
    const bool by_host = !settings.servername.has_value();
    std::string name = by_host ? settings.host : *settings.servername;
    if (name.ends_with('.')) {
        name.pop_back();
    }
    if (name.empty() || is_dns_name(name)) {
        return name;
    }
    if (by_host) {
        return std::string();
    }
    const char* what = parse_ip_address(name) ? "' is an IP address, which RFC 6066 does not permit"
                                              : "' is not a host name";
    return tl::make_unexpected(
        make_failure(errc::bad_server_name, "servername '" + name + what, "servername"));
}

/// What is wrong with the settings for pre-shared keys.
std::optional<failure>
check_psk(bool wanted, std::string_view hint, const secure_context& context) {
    if (hint.size() > connection::max_psk_identity || hint.find('\0') != hint.npos) {
        return make_failure(errc::invalid_argument,
                            "psk_identity_hint is longer than 128 bytes or has a NUL in it",
                            "psk_identity_hint");
    }
    if (wanted && !context.backend().supports(feature::psk)) {
        failure refused = context.backend().refusal(feature::psk);
        refused.input = "psk_callback";
        refused.message.insert(0, "psk_callback: ");
        return refused;
    }
    return std::nullopt;
}

}  // namespace

result<std::unique_ptr<endpoint>> endpoint::make(client_settings settings) {
    if (!settings.context) {
        return tl::make_unexpected(empty_context());
    }
    auto name = name_to_send(settings);
    if (!name) {
        return tl::make_unexpected(std::move(name.error()));
    }
    auto protocols = detail::to_wire(settings.alpn_protocols);
    if (!protocols) {
        return tl::make_unexpected(std::move(protocols.error()));
    }
    auto next_protocols = detail::to_wire(settings.npn_protocols, settings.context);
    if (!next_protocols) {
        return tl::make_unexpected(std::move(next_protocols.error()));
    }
    if (auto refused = check_psk(settings.psk_callback != nullptr, {}, settings.context)) {
        return tl::make_unexpected(*std::move(refused));
    }
    auto made = std::make_shared<state>();
    made->ask_psk = std::move(settings.psk_callback);
    made->next_protocols = *std::move(next_protocols);
    made->context = std::move(settings.context);
    made->host = std::move(settings.host);
    made->server_name = *std::move(name);
    made->protocols = *std::move(protocols);
    made->offered_session = std::move(settings.session);
    made->own_check = std::move(settings.check_server_identity);
    made->key_log_listener = std::move(settings.key_log);
    made->settings.request_ocsp = settings.request_ocsp;
    made->settings.side = role::client;
    made->settings.reject_unauthorized = settings.reject_unauthorized;
    made->settings.handshake_timeout = settings.handshake_timeout;
    made->settings.allow_truncation = settings.allow_truncation;
    made->open();
    return std::unique_ptr<endpoint>(new endpoint(std::move(made)));
}

result<std::unique_ptr<endpoint>> endpoint::make(server_settings settings) {
    if (!settings.context) {
        return tl::make_unexpected(empty_context());
    }
    auto protocols = detail::to_wire(settings.alpn_protocols);
    if (!protocols) {
        return tl::make_unexpected(std::move(protocols.error()));
    }
    auto next_protocols = detail::to_wire(settings.npn_protocols, settings.context);
    if (!next_protocols) {
        return tl::make_unexpected(std::move(next_protocols.error()));
    }
    if (auto refused = check_psk(settings.psk_callback != nullptr, settings.psk_identity_hint,
                                 settings.context)) {
        return tl::make_unexpected(*std::move(refused));
    }
    auto made = std::make_shared<state>();
    made->find_psk = std::move(settings.psk_callback);
    made->psk_hint = std::move(settings.psk_identity_hint);
    made->next_protocols = *std::move(next_protocols);
    made->context = std::move(settings.context);
    made->protocols = *std::move(protocols);
    made->ask_context = std::move(settings.sni_callback);
    made->ask_protocol = std::move(settings.alpn_callback);
    made->keep_sessions(settings);
    made->ask_staple = std::move(settings.ocsp_callback);
    made->key_log_listener = std::move(settings.key_log);
    made->ticket_keys = settings.ticket_keys ? *settings.ticket_keys : made->context.ticket_keys();
    made->settings.side = role::server;
    made->settings.client_renegotiation = {.count = settings.client_reneg_limit,
                                           .window = settings.client_reneg_window};
    made->settings.request_certificate = settings.request_cert;
    made->settings.reject_unauthorized = settings.request_cert && settings.reject_unauthorized;
    made->settings.handshake_timeout = settings.handshake_timeout;
    made->settings.allow_truncation = settings.allow_truncation;
    made->open();
    return std::unique_ptr<endpoint>(new endpoint(std::move(made)));
}

endpoint::endpoint(std::shared_ptr<state> made) noexcept : state_(std::move(made)) {}

endpoint::~endpoint() = default;

progress endpoint::handshake(bytes input, byte_sink& output, moment now) {
    state_->now = now;
    progress sum = state_->tls->handshake(input, output, now);
    while (sum.next == want::decision && state_->ask()) {
        const progress step = state_->tls->handshake(input.subspan(sum.consumed), output, now);
        sum.consumed += step.consumed;
        sum.next = step.next;
        sum.error = step.error;
    }
    state_->tell();
    return sum;
}

progress endpoint::read(bytes input, mutable_bytes plaintext, byte_sink& output, moment now) {
    state_->now = now;
    progress sum = state_->tls->read(input, plaintext, output, now);
    while (sum.next == want::decision && state_->ask()) {
        const progress step = state_->tls->read(input.subspan(sum.consumed),
                                                plaintext.subspan(sum.produced), output, now);
        sum.consumed += step.consumed;
        sum.produced += step.produced;
        sum.next = step.next;
        sum.error = step.error;
    }
    state_->tell();
    return sum;
}

progress endpoint::write(bytes plaintext, byte_sink& output, moment now) {
    const progress step = state_->tls->write(plaintext, output, now);
    state_->tell();
    return step;
}

progress endpoint::renegotiate(const renegotiate_options& how, byte_sink& output, moment now) {
    const bool request = how.request_cert.value_or(state_->settings.request_certificate);
    const bool reject = how.reject_unauthorized.value_or(state_->settings.reject_unauthorized);
    const progress step = state_->tls->renegotiate(
        {.request_certificate = request, .reject_unauthorized = reject}, output, now);
    state_->tell();
    return step;
}

progress endpoint::update_keys(bool of_peer, byte_sink& output, moment now) {
    return state_->tls->update_keys(of_peer, output, now);
}

bool endpoint::renegotiating() const noexcept {
    return state_->tls->renegotiating();
}

progress endpoint::close(byte_sink& output, moment now) {
    return state_->tls->close(output, now);
}

void endpoint::end_of_input() noexcept {
    state_->tls->end_of_input();
}

std::optional<std::chrono::milliseconds> endpoint::deadline() const noexcept {
    if (!state_->tls->has_deadline()) {
        return std::nullopt;
    }
    return state_->tls->deadline();
}

void endpoint::expire(moment now) noexcept {
    state_->tls->expire(now);
}

void endpoint::on_answer(std::function<void()> call) {
    state_->answered = std::move(call);
}

void endpoint::on_session(std::function<void(const std::vector<std::uint8_t>&)> call) {
    state_->session_listener = std::move(call);
}

void endpoint::on_key_log(key_log_callback call) {
    state_->key_log_listener = std::move(call);
    state_->settings.log_keys = true;
}

role endpoint::side() const noexcept {
    return state_->tls->side();
}

bool endpoint::handshake_complete() const noexcept {
    return state_->tls->handshake_complete();
}

bool endpoint::peer_closed() const noexcept {
    return state_->tls->peer_closed();
}

std::optional<failure> endpoint::last_failure() const {
    const status error = state_->tls->error();
    if (!error) {
        return std::nullopt;
    }
    return describe(error);
}

failure endpoint::describe(const status& outcome) const {
    const bool by_callback =
        outcome.code == errc::refused_by_callback || outcome.code == errc::identity_check_rejected;
    failure why = by_callback && state_->callback_failure ? *state_->callback_failure
                                                          : make_failure(outcome.code);
    why.alert = outcome.alert;
    why.verification = state_->tls->verification();
    why.native = outcome.native;
    why.backend = backend().name();
    why.backend_version = backend().version();
    why.native_text = detail::native_text(backend().implementation(), outcome.native);
    if (outcome.code == errc::not_authorized) {
        why.message = message_of(why.verification);
    } else if (outcome.code == errc::altname_invalid) {
        why.message += ": " + state_->mismatch;
    } else if (outcome.code == errc::alert_received) {
        why.message += ": " + std::string(name_of(outcome.alert));
    }
    return why;
}

backend endpoint::backend() const noexcept {
    return state_->context_in_use().backend();
}

std::string_view endpoint::protocol() const noexcept {
    return handshake_complete() ? name_of(state_->tls->facts().version) : std::string_view{};
}

const cipher_suite* endpoint::cipher() const noexcept {
    return handshake_complete() ? find_cipher_suite(state_->tls->facts().cipher_suite) : nullptr;
}

std::string_view endpoint::group() const noexcept {
    const named_group used = state_->tls->facts().group;
    return used == named_group::none ? std::string_view{} : name_of(used);
}

ephemeral_key_info endpoint::ephemeral_key() const noexcept {
    const auto [version, suite, used, dh_size, resumed, by_psk] = state_->tls->facts();
    if (state_->tls->side() == role::server) {
        return {};
    }
    if (used == named_group::none) {
        return dh_size == 0 ? ephemeral_key_info{}
                            : ephemeral_key_info{.type = "DH", .size = dh_size};
    }
    const bool finite_field = static_cast<std::uint16_t>(used) >= 256;
    return {.type = finite_field ? "DH" : "ECDH", .name = name_of(used), .size = size_of(used)};
}

result<std::vector<std::uint8_t>> endpoint::export_keying_material(
    std::size_t length, std::string_view label, std::optional<bytes> context) const {
    // More than any hash can be stretched to (RFC 5869), and no reason to ask for so much memory.
    constexpr std::size_t most = std::size_t{255} * 64;
    if (length == 0 || length > most) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument, "length must be from 1 to 16320 bytes", "length"));
    }
    std::vector<std::uint8_t> material(length);
    if (const status refused = state_->tls->export_keying_material(label, context, material)) {
        return tl::make_unexpected(describe(refused));
    }
    return material;
}

std::vector<std::string_view> endpoint::shared_sigalgs() const {
    std::array<signature_scheme, 64> schemes{};
    const std::size_t count = state_->tls->shared_signature_schemes(schemes);
    std::vector<std::string_view> names;
    for (const signature_scheme scheme :
         std::span(schemes).first(std::min(count, schemes.size()))) {
        if (const std::string_view name = name_of(scheme); name != "unknown") {
            names.push_back(name);
        }
    }
    return names;
}

std::vector<std::string_view> endpoint::shared_groups() const {
    std::array<named_group, 64> groups{};
    const std::size_t count = state_->tls->shared_groups(groups);
    std::vector<std::string_view> names;
    for (const named_group group : std::span(groups).first(std::min(count, groups.size()))) {
        if (group != named_group::none) {
            names.push_back(name_of(group));
        }
    }
    return names;
}

std::vector<std::uint8_t> endpoint::ocsp_response() const {
    const bytes response = state_->tls->ocsp_response();
    return {response.begin(), response.end()};
}

bool endpoint::requested_ocsp() const noexcept {
    return state_->settings.request_ocsp;
}

std::vector<std::uint8_t> endpoint::tls_ticket() const {
    const bytes ticket = state_->tls->session_ticket();
    return {ticket.begin(), ticket.end()};
}

std::vector<std::uint8_t> endpoint::finished() const {
    std::vector<std::uint8_t> data(64);
    data.resize(state_->tls->finished(spi::finished_by::us, data));
    return data;
}

std::vector<std::uint8_t> endpoint::peer_finished() const {
    std::vector<std::uint8_t> data(64);
    data.resize(state_->tls->finished(spi::finished_by::peer, data));
    return data;
}

std::string_view endpoint::alpn_protocol() const noexcept {
    return as_text(state_->tls->application_protocol());
}

std::string_view endpoint::npn_protocol() const noexcept {
    return as_text(state_->tls->next_protocol());
}

std::string_view endpoint::servername() const noexcept {
    return state_->tls->server_name();
}

std::string_view endpoint::psk_identity() const noexcept {
    return state_->tls->by_psk() ? std::string_view(state_->psk.identity) : std::string_view{};
}

bool endpoint::authorized() const noexcept {
    return state_->tls->authorized();
}

std::string_view endpoint::authorization_error() const noexcept {
    const verify_code code = state_->tls->verification();
    return code == verify_code::ok ? std::string_view{} : name_of(code);
}

certificate endpoint::peer_certificate(bool detailed) const {
    byte_buffer chain;
    if (state_->tls->peer_certificates(chain) || chain.empty()) {
        return {};
    }
    const auto sent = split_der(chain.data());
    if (sent.empty()) {
        return {};
    }
    auto parsed =
        detailed ? link_chain(sent, state_->context_in_use().shared_state()->anchors(), backend())
                 : parse_certificate(sent.front(), backend());
    return parsed ? *std::move(parsed) : certificate{};
}

const std::vector<std::uint8_t>& endpoint::session() const noexcept {
    return state_->latest_session;
}

bool endpoint::session_reused() const noexcept {
    return state_->tls->facts().resumed;
}

bool endpoint::set_max_send_fragment(std::size_t size) noexcept {
    return state_->tls->set_max_send_fragment(size);
}

void endpoint::release_buffers() noexcept {
    state_->tls->release_buffers();
}

}  // namespace polytls
