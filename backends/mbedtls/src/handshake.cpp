// How handshakes go: step by step, so that the peer is judged, and alerts are ours, at the right
// moment.
#include "capabilities.hpp"
#include "context.hpp"
#include "engine.hpp"
#include "random.hpp"

#include <array>

namespace polytls::mbedtls {
namespace {

/// Stops mbedTLS for a reason of ours, which is kept in the engine.
constexpr int stopped = MBEDTLS_ERR_SSL_PEER_VERIFY_FAILED;

}  // namespace

int engine::shake_hands() noexcept {
    while (!compat::handshake_over(*ssl_)) {
        const int before = compat::state_of(*ssl_);
        const bool ticket_expected = compat::expects_ticket(*ssl_);
        const int result = mbedtls_ssl_handshake_step(ssl_.get());
        if (fault_) {
            return stopped;
        }
        if (result != 0) {
            return result;
        }
        if (const int refused = after_step(before, ticket_expected)) {
            return refused;
        }
    }
    handshake_ends();
    return 0;
}

int engine::after_step(int before, bool ticket_expected) noexcept {
    const int now = compat::state_of(*ssl_);
    if (before == MBEDTLS_SSL_CLIENT_HELLO) {
        full_handshake_ = false;
        new_ticket_ = false;
        group_ = named_group::none;
        dh_size_ = 0;
    }
    full_handshake_ = full_handshake_ || now == MBEDTLS_SSL_SERVER_CERTIFICATE;
    new_ticket_ = new_ticket_ || (ticket_expected && !compat::expects_ticket(*ssl_));
    if (now == MBEDTLS_SSL_CLIENT_KEY_EXCHANGE || now == MBEDTLS_SSL_SERVER_HELLO_DONE) {
        note_exchange();
    }
    const int shown = server_ ? MBEDTLS_SSL_CLIENT_CERTIFICATE : MBEDTLS_SSL_SERVER_CERTIFICATE;
    const bool asked = asked_ != spi::peer_certificate::not_requested;
    return before == shown && now != shown && asked ? judge() : 0;
}

void engine::note_exchange() noexcept {
    const int suite = compat::suite_of(*compat::session_of(*ssl_));
    switch (compat::key_exchange_of(suite)) {
    case compat::key_exchange::ecdhe:
        group_ = group_of(compat::group_of(*ssl_));
        break;
    case compat::key_exchange::dhe:
        dh_size_ =
            server_ ? std::uint16_t{0} : static_cast<std::uint16_t>(compat::dh_size_of(*ssl_));
        break;
    default:
        break;
    }
}

int engine::judge() noexcept {
    const mbedtls_ssl_session* session = compat::session_of(*ssl_);
    const mbedtls_x509_crt* sent = compat::peer_chain_of(*session);
    if (sent == nullptr) {
        // RFC 5246, section 7.4.6.
        const status absent{.code = errc::certificate_required,
                            .alert = alert_description::handshake_failure};
        const bool may_be = asked_ == spi::peer_certificate::requested;
        return may_be && events_->judge_peer({}).accept ? 0 : refuse(absent);
    }
    const spi::peer_judgement judgement =
        judge_chain(record_, compat::verify_flags_of(*session), *sent, context_->peers(), *events_);
    record_.clear();
    return judgement.accept ? 0 : refuse({.code = errc::not_authorized, .alert = judgement.alert});
}

int engine::refuse(status why) noexcept {
    fault_ = why;
    fault_.native = stopped;
    return stopped;
}

void engine::handshake_ends() noexcept {
    if (complete_ && renegotiation_ == renegotiation_state::none) {
        return;
    }
    complete_ = true;
    if (!server_) {
        tell_session();
    }
    if (renegotiation_ == renegotiation_state::under_way) {
        renegotiation_ = renegotiation_state::none;
        events_->renegotiated();
    }
}

/// mbedTLS says nowhere that a new handshake begins on a standing connection, but it needs a random
/// number for it before it says anything.
int engine::draw(void* self, unsigned char* output, std::size_t size) {
    engine& by = *static_cast<engine*>(self);
    if (by.complete_ && !compat::handshake_over(*by.ssl_) &&
        by.renegotiation_ != renegotiation_state::under_way) {
        if (!by.events_->renegotiating(by.renegotiation_ != renegotiation_state::requested)) {
            return by.refuse({.code = errc::renegotiation_attack});
        }
        by.renegotiation_ = renegotiation_state::under_way;
    }
    return fill_random(nullptr, output, size);
}

int engine::take_keys(void* self,
                      const unsigned char* master,
                      const unsigned char* /*keys*/,
                      std::size_t /*mac_size*/,
                      std::size_t /*key_size*/,
                      std::size_t /*iv_size*/,
                      const unsigned char* client_random,
                      const unsigned char* server_random,
                      mbedtls_tls_prf_types prf) {
    engine& by = *static_cast<engine*>(self);
    by.secrets_.take({master, 48}, {client_random, 32}, {server_random, 32}, prf);
    if (by.logs_keys_) {
        std::array<std::uint8_t, secrets::line_size> room{};
        by.events_->key_log(by.secrets_.key_log_line(room));
        mbedtls_platform_zeroize(room.data(), room.size());
    }
    return 0;
}

}  // namespace polytls::mbedtls
