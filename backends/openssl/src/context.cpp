#include "context.hpp"

#include "capabilities.hpp"
#include "client_certificate.hpp"
#include "engine.hpp"
#include "errors.hpp"
#include "key_material.hpp"
#include "memory.hpp"
#include "name_list.hpp"
#include "next_protocol.hpp"
#include "session.hpp"
#include "staple.hpp"
#include "trust.hpp"
#include "verify.hpp"

#include <polytls/openssl/backend.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>

namespace polytls::openssl {
namespace {

/// Without a callback OpenSSL takes a client's server name, but does not say so (RFC 6066, section
/// 3). Which name it is has been dealt with before the engine was made.
int acknowledge_name(SSL* /*ssl*/, int* /*alert*/, void* /*unused*/) noexcept {
    return SSL_TLSEXT_ERR_OK;
}

/// 112 bits of security: RSA keys of 2048 bits, no SHA-1 in signatures.
constexpr int security_level = 2;
constexpr std::size_t most_groups = 16;

}  // namespace

context::~context() {
    OPENSSL_cleanse(ticket_keys_.data(), ticket_keys_.size());
}

spi::config_error context::make(const spi::context_config& config,
                                spi::handle<spi::context>& made) noexcept {
    auto* own = openssl::make<context>();
    if (own == nullptr) {
        return {{.code = errc::no_memory}};
    }
    spi::handle<spi::context> holder(own);
    ERR_clear_error();
    if (const spi::config_error bad = own->configure(config); bad.error) {
        return bad;
    }
    made = std::move(holder);
    return {};
}

status context::make_engine(const spi::engine_config& config,
                            spi::handshake_events& events,
                            spi::handle<spi::engine>& made) const noexcept {
    return engine::make(ctx_.get(), {.ticket_keys = ticket_keys_, .external_keys = external_keys_},
                        config, events, made);
}

status context::examine_chain(std::span<const bytes> chain,
                              role peer,
                              spi::peer_judge& judge) const noexcept {
    return openssl::examine_chain(ctx_.get(), chain, peer, judge);
}

const spi::backend& context::owner() const noexcept {
    return the_backend();
}

void context::release() noexcept {
    unmake(this);
}

spi::config_error context::configure(const spi::context_config& config) noexcept {
    const auto& [identity, trust, protocol, session] = config;
    ctx_.reset(SSL_CTX_new(TLS_method()));
    if (!ctx_) {
        return {take_error(errc::no_memory)};
    }
    SSL_CTX_set_security_level(ctx_.get(), security_level);
    SSL_CTX_set_mode(ctx_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                     // Else a leaf given alone is sent with what the trust anchors
                                     // add to it, looked up and verified anew in each handshake.
                                     SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_options(ctx_.get(),
                        SSL_OP_NO_COMPRESSION | SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
    SSL_CTX_set_alpn_select_cb(ctx_.get(), choose_protocol, nullptr);
    SSL_CTX_set_tlsext_servername_callback(ctx_.get(), acknowledge_name);
    staple_responses(ctx_.get());
    choose_client_certificates(ctx_.get());
    judge_peers(ctx_.get());

    if (const status bad = use_protocol(protocol)) {
        return {bad, spi::config_input::protocol};
    }
    if (const spi::config_error bad = use_identity(ctx_.get(), identity); bad.error) {
        return bad;
    }
    if (const spi::config_error bad = use_trust(ctx_.get(), trust); bad.error) {
        return bad;
    }
    if (session.id_context.size() > id_context_.size()) {
        return {{.code = errc::invalid_argument}, spi::config_input::session};
    }
    if (const status bad = use_ticket_keys(session.ticket_keys)) {
        return {bad, spi::config_input::session};
    }
    if (const status bad = use_sessions(ctx_.get(), session)) {
        return {bad, spi::config_input::session};
    }
    external_keys_ = std::any_of(identity.chains.begin(), identity.chains.end(),
                                 [](const auto& chain) { return chain.external_key; });
    allows_partial_chain_ = trust.allow_partial_chain;
    session_timeout_ = session.timeout;
    id_context_size_ = session.id_context.size();
    std::copy(session.id_context.begin(), session.id_context.end(), id_context_.begin());
    return {};
}

status context::use_protocol(const spi::protocol_config& protocol) noexcept {
    const auto& [versions, cipher_suites, groups, signature_schemes, dh_parameters,
                 honor_cipher_order, next_protocols, renegotiation] = protocol;
    versions_ = versions;
    if (versions.min > versions.max) {
        return {.code = errc::bad_version_range};
    }
    // OpenSSL takes older ones here, and then fails in the handshake for want of a digest.
    if (versions.min < protocol_version::tls1_2 || versions.max > protocol_version::tls1_3) {
        return {.code = errc::unsupported_by_backend};
    }
    if (const status bad = use_cipher_suites(cipher_suites)) {
        return bad;
    }
    if (SSL_CTX_set_min_proto_version(ctx_.get(), static_cast<int>(versions_.min)) != 1 ||
        SSL_CTX_set_max_proto_version(ctx_.get(), static_cast<int>(versions_.max)) != 1) {
        return take_error(errc::unsupported_protocol);
    }
    if (honor_cipher_order) {
        SSL_CTX_set_options(ctx_.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
    }
    SSL_CTX_set_options(ctx_.get(), renegotiation ? SSL_OP_ALLOW_CLIENT_RENEGOTIATION
                                                  : SSL_OP_NO_RENEGOTIATION);
    if (next_protocols) {
        use_next_protocols(ctx_.get());
    }
    if (const status bad = use_signature_schemes(signature_schemes)) {
        return bad;
    }
    if (const status bad = use_dh_parameters(dh_parameters)) {
        return bad;
    }
    return use_groups(groups);
}

status context::use_cipher_suites(std::span<const cipher_suite_id> suites) noexcept {
    const ssl_handle scratch_ssl(SSL_new(ctx_.get()));
    name_list tls1_2(suites.size());
    name_list tls1_3(suites.size());
    if (!scratch_ssl || !tls1_2.usable() || !tls1_3.usable()) {
        return take_error(errc::no_memory);
    }
    for (const cipher_suite_id suite : suites) {
        const auto number = static_cast<std::uint16_t>(suite);
        const unsigned char wire[] = {static_cast<unsigned char>(number >> 8U),
                                      static_cast<unsigned char>(number & 0xffU)};
        if (const SSL_CIPHER* cipher = SSL_CIPHER_find(scratch_ssl.get(), wire)) {
            (is_tls1_3(suite) ? tls1_3 : tls1_2).add(SSL_CIPHER_get_name(cipher));
        }
    }
    // A version without a suite cannot be spoken, and OpenSSL would offer it all the same.
    if (tls1_3.empty()) {
        versions_.max = std::min(versions_.max, protocol_version::tls1_2);
    }
    if (tls1_2.empty()) {
        versions_.min = std::max(versions_.min, protocol_version::tls1_3);
    }
    if (versions_.min > versions_.max) {
        return {.code = errc::no_cipher_match};
    }
    if ((!tls1_2.empty() && SSL_CTX_set_cipher_list(ctx_.get(), tls1_2.text()) != 1) ||
        (!tls1_3.empty() && SSL_CTX_set_ciphersuites(ctx_.get(), tls1_3.text()) != 1)) {
        return take_error(errc::no_cipher_match);
    }
    return {};
}

status context::use_signature_schemes(std::span<const signature_scheme> schemes) noexcept {
    if (schemes.empty()) {
        return {};
    }
    name_list names(schemes.size());
    if (!names.usable()) {
        return {.code = errc::no_memory};
    }
    for (const signature_scheme scheme : schemes) {
        // Names are literals, ended by a NUL.
        names.add(name_of(scheme).data());
    }
    return SSL_CTX_set1_sigalgs_list(ctx_.get(), names.text()) == 1
               ? status{}
               : take_error(errc::unknown_signature_scheme);
}

status context::use_dh_parameters(bytes parameters) noexcept {
    if (parameters.empty()) {
        return {};
    }
    const std::uint8_t* at = parameters.data();
    pkey_handle key(d2i_KeyParams(EVP_PKEY_DH, nullptr, &at, static_cast<long>(parameters.size())));
    if (!key || SSL_CTX_set0_tmp_dh_pkey(ctx_.get(), key.get()) != 1) {
        status why = take_error(errc::weak_key);
        why.code = why.code == errc::no_memory ? why.code : errc::weak_key;
        return why;
    }
    // The SSL_CTX owns it now.
    static_cast<void>(key.release());
    return {};
}

status context::use_ticket_keys(bytes given) noexcept {
    if (given.empty()) {
        return RAND_priv_bytes(ticket_keys_.data(), static_cast<int>(ticket_keys_.size())) == 1
                   ? status{}
                   : take_error(errc::no_entropy);
    }
    if (given.size() != ticket_keys_.size()) {
        return {.code = errc::invalid_argument};
    }
    std::copy(given.begin(), given.end(), ticket_keys_.begin());
    return {};
}

status context::use_groups(std::span<const named_group> groups) noexcept {
    std::array<int, most_groups> numbers{};
    std::size_t count = 0;
    for (const named_group group : groups) {
        const int number = nid_of(group);
        if (number == 0 || count == numbers.size()) {
            return {.code = errc::unknown_group};
        }
        numbers[count++] = number;
    }
    if (count != 0 &&
        SSL_CTX_set1_groups(ctx_.get(), numbers.data(), static_cast<int>(count)) != 1) {
        return take_error(errc::unknown_group);
    }
    return {};
}

}  // namespace polytls::openssl
