// What an engine is made from: mbedTLS's configuration of one connection.
#include "capabilities.hpp"
#include "context.hpp"
#include "engine.hpp"
#include "errors.hpp"

#include <algorithm>
#include <new>

namespace polytls::mbedtls {
namespace {

constexpr std::size_t longest_server_name = 255;
constexpr unsigned least_dh_bits = 2048;

/// What TLS 1.2 signs with in mbedTLS, and with digests that are strong enough.
constexpr signature_scheme known_schemes[] = {
    signature_scheme::ecdsa_secp521r1_sha512, signature_scheme::rsa_pkcs1_sha512,
    signature_scheme::ecdsa_secp384r1_sha384, signature_scheme::rsa_pkcs1_sha384,
    signature_scheme::ecdsa_secp256r1_sha256, signature_scheme::rsa_pkcs1_sha256};

/// Calls `take` with each of the numbers that a hello lists, two bytes each.
template <class Take>
void for_each_number(bytes list, Take take) noexcept {
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        take(static_cast<std::uint16_t>(list[i] << 8U | list[i + 1]));
    }
}

/// mbedTLS takes a name that ends with a NUL.
status send_server_name(mbedtls_ssl_context* ssl, std::string_view name) noexcept {
    char text[longest_server_name + 1] = {};
    if (name.size() > longest_server_name || name.find('\0') != name.npos) {
        return {.code = errc::bad_server_name};
    }
    std::copy(name.begin(), name.end(), text);
    const int failed = mbedtls_ssl_set_hostname(ssl, text);
    return failed == 0 ? status{} : status_of(failed, errc::bad_server_name);
}

}  // namespace

status engine::prepare(const spi::engine_config& config) noexcept {
    if (!config.protocols.well_formed() || !config.next_protocols.well_formed()) {
        return {.code = errc::bad_protocol_list};
    }
    const bytes keys = config.ticket_keys.empty() ? context_->ticket_keys() : config.ticket_keys;
    if (keys.size() != ticket_keys_.size()) {
        return {.code = errc::invalid_argument};
    }
    std::copy(keys.begin(), keys.end(), ticket_keys_.begin());
    if (!config.next_protocols.empty()) {
        return {.code = errc::unsupported_by_backend};
    }
    server_ = config.side == role::server;
    logs_keys_ = config.log_keys;
    if (const status failed = configure()) {
        return failed;
    }
    if (const status bad = use_protocols(config.protocols)) {
        return bad;
    }
    if (const status failed = server_ ? prepare_server(config) : prepare_client(config)) {
        return failed;
    }
    mbedtls_ssl_conf_ciphersuites(config_.get(), suites_.data());
    compat::use_groups(*config_, curves_.data());
    if (const int failed = mbedtls_ssl_setup(ssl_.get(), config_.get())) {
        return status_of(failed, errc::internal);
    }
    mbedtls_ssl_set_bio(
        ssl_.get(), this,
        [](void* self, const unsigned char* data, std::size_t size) {
            engine& by = *static_cast<engine*>(self);
            return by.wire_.send(*by.ssl_, data, size);
        },
        [](void* self, unsigned char* data, std::size_t size) {
            engine& by = *static_cast<engine*>(self);
            return by.receive_wire(data, size);
        },
        nullptr);
    if (!server_ && !config.server_name.empty()) {
        if (const status bad = send_server_name(ssl_.get(), config.server_name)) {
            return bad;
        }
    }
    return server_ || config.session.empty() ? status{} : offer_session(config.session);
}

/// What both roles have in common.
status engine::configure() noexcept {
    mbedtls_ssl_config* config = config_.get();
    if (const int failed = mbedtls_ssl_config_defaults(
            config, server_ ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
            MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT)) {
        return status_of(failed, errc::internal);
    }
    compat::use_tls1_2(*config);
    compat::use_strong_digests(*config);
    mbedtls_ssl_conf_rng(config, draw, this);
    mbedtls_ssl_conf_verify(config, chain_record::note, &record_);
    mbedtls_ssl_conf_cert_profile(config, &profile());
    mbedtls_ssl_conf_ca_chain(config, context_->peers().anchors(), nullptr);
    mbedtls_ssl_conf_cert_req_ca_list(config, context_->peers().may_be_named()
                                                  ? MBEDTLS_SSL_CERT_REQ_CA_LIST_ENABLED
                                                  : MBEDTLS_SSL_CERT_REQ_CA_LIST_DISABLED);
    mbedtls_ssl_conf_renegotiation(config, context_->renegotiates()
                                               ? MBEDTLS_SSL_RENEGOTIATION_ENABLED
                                               : MBEDTLS_SSL_RENEGOTIATION_DISABLED);
    // How long an answer may take is for deadlines to say, not for the number of records before it.
    mbedtls_ssl_conf_renegotiation_enforced(config, MBEDTLS_SSL_RENEGOTIATION_NOT_ENFORCED);
    compat::use_key_export(*config, take_keys, this);
    for (const shown_certificate* one = context_->own().first(); one != nullptr; one = one->next) {
        // mbedTLS reads certificates and keys, and locks what it changes in them.
        auto& shown = const_cast<shown_certificate&>(*one);
        if (const int failed =
                mbedtls_ssl_conf_own_cert(config, shown.chain.get(), shown.key.get())) {
            return status_of(failed, errc::internal);
        }
    }
    return {};
}

status engine::prepare_client(const spi::engine_config& config) noexcept {
    // Every member is dealt with here, in `prepare` or in `prepare_server`.
    const auto& [side, peer, server_name, protocols, next_protocols, hello, session, keeps_sessions,
                 ticket_keys, request_ocsp, staple, psk_hint, pre_shared_keys, log_keys,
                 tell_sessions] = config;
    if (request_ocsp || pre_shared_keys) {
        return {.code = errc::unsupported_by_backend};
    }
    tells_sessions_ = tell_sessions;
    mbedtls_ssl_conf_authmode(config_.get(), MBEDTLS_SSL_VERIFY_OPTIONAL);
    mbedtls_ssl_conf_dhm_min_bitlen(config_.get(), least_dh_bits);
    order_suites(config);
    order_groups(nullptr);
    return {};
}

status engine::prepare_server(const spi::engine_config& config) noexcept {
    if (!config.staple.response.empty() || config.pre_shared_keys) {
        return {.code = errc::unsupported_by_backend};
    }
    if (const mbedtls_dhm_context* dh = context_->dh_parameters()) {
        // They are copied from, though mbedTLS does not say so.
        if (const int failed = mbedtls_ssl_conf_dh_param_ctx(
                config_.get(), const_cast<mbedtls_dhm_context*>(dh))) {
            return status_of(failed, errc::internal);
        }
    }
    keeps_sessions_ = config.keeps_sessions;
    if (keeps_sessions_) {
        mbedtls_ssl_conf_session_cache(config_.get(), this, find_session, keep_session);
        if (!config.session.empty()) {
            kept_.reset(mbedtls::make<scratch>(config.session.size()));
            if (!kept_ || kept_->data() == nullptr) {
                return {.code = errc::no_memory};
            }
            std::copy(config.session.begin(), config.session.end(), kept_->data());
        }
    } else {
        mbedtls_ssl_conf_session_tickets_cb(config_.get(), write_ticket, parse_ticket, this);
    }
    ask_for_certificate(config.peer);
    order_groups(config.hello);
    order_suites(config);
    if (config.hello != nullptr) {
        note_shared_schemes(*config.hello);
    }
    return {};
}

void engine::ask_for_certificate(spi::peer_certificate peer) noexcept {
    asked_ = peer;
    // Whether one that is missing or wrong is let in, is not for mbedTLS to say.
    mbedtls_ssl_conf_authmode(config_.get(), peer == spi::peer_certificate::not_requested
                                                 ? MBEDTLS_SSL_VERIFY_NONE
                                                 : MBEDTLS_SSL_VERIFY_OPTIONAL);
}

status engine::use_protocols(protocol_list protocols) noexcept {
    if (protocols.empty()) {
        return {};
    }
    const bytes wire = protocols.wire();
    if (std::find(wire.begin(), wire.end(), std::uint8_t{0}) != wire.end()) {
        return {.code = errc::unsupported_by_backend};
    }
    const auto count = static_cast<std::size_t>(std::distance(protocols.begin(), protocols.end()));
    const std::size_t pointers = (count + 1) * sizeof(const char*);
    protocols_.reset(mbedtls::make<scratch>(pointers + wire.size() + 1));
    if (!protocols_ || protocols_->data() == nullptr) {
        return {.code = errc::no_memory};
    }
    auto* names = new (protocols_->data()) const char*[count + 1];
    std::uint8_t* text = protocols_->data() + pointers;
    for (const bytes name : protocols) {
        *names++ = reinterpret_cast<const char*>(text);
        text = std::copy(name.begin(), name.end(), text);
        *text++ = 0;
    }
    *names = nullptr;
    const int failed = mbedtls_ssl_conf_alpn_protocols(
        config_.get(), reinterpret_cast<const char**>(protocols_->data()));
    return failed == 0 ? status{} : status_of(failed, errc::bad_protocol_list);
}

/// mbedTLS 2.28 goes by the server's order always: whoever's order is to count, it is the one that
/// the list is put into.
void engine::order_suites(const spi::engine_config& config) noexcept {
    int* end = suites_.data();
    const auto add = [&](cipher_suite_id suite) {
        const int number = static_cast<int>(suite);
        const auto exchange = compat::key_exchange_of(number);
        // Without parameters of its own a server would offer DHE with mbedTLS's, and it would
        // choose ECDHE also without a group in common.
        const bool possible =
            !server_ || !((exchange == compat::key_exchange::dhe && !context_->dh_parameters()) ||
                          (exchange == compat::key_exchange::ecdhe && config.hello != nullptr &&
                           shared_group_count_ == 0));
        if (possible && std::find(suites_.data(), end, number) == end) {
            *end++ = number;
        }
    };
    const auto ours = context_->suites();
    if (server_) {
        // A session is resumed only if its suite is the one that would be chosen anyway.
        const auto resumed = static_cast<cipher_suite_id>(suite_asked_for(config));
        if (std::find(ours.begin(), ours.end(), resumed) != ours.end()) {
            add(resumed);
        }
    }
    if (server_ && config.hello != nullptr && !context_->honors_cipher_order()) {
        for_each_number(config.hello->cipher_suites, [&](std::uint16_t number) {
            const auto suite = static_cast<cipher_suite_id>(number);
            if (std::find(ours.begin(), ours.end(), suite) != ours.end()) {
                add(suite);
            }
        });
    } else {
        std::for_each(ours.begin(), ours.end(), add);
    }
    *end = 0;
}

void engine::order_groups(const client_hello* hello) noexcept {
    const auto ours = context_->groups();
    if (hello == nullptr) {
        std::transform(ours.begin(), ours.end(), curves_.begin(), number_of);
        return;
    }
    const auto share = [this](named_group group) {
        const auto end = shared_groups_.begin() + shared_group_count_;
        if (shared_group_count_ < shared_groups_.size() &&
            std::find(shared_groups_.begin(), end, group) == end) {
            curves_[shared_group_count_] = number_of(group);
            shared_groups_[shared_group_count_++] = group;
        }
    };
    if (context_->honors_cipher_order()) {
        for (const named_group group : ours) {
            for_each_number(hello->supported_groups, [&](std::uint16_t number) {
                if (number == static_cast<std::uint16_t>(group)) {
                    share(group);
                }
            });
        }
    } else {
        for_each_number(hello->supported_groups, [&](std::uint16_t number) {
            const auto group = static_cast<named_group>(number);
            if (std::find(ours.begin(), ours.end(), group) != ours.end()) {
                share(group);
            }
        });
    }
}

void engine::note_shared_schemes(const client_hello& hello) noexcept {
    for_each_number(hello.signature_algorithms, [this](std::uint16_t number) {
        const auto scheme = static_cast<signature_scheme>(number);
        const auto end = shared_schemes_.begin() + shared_scheme_count_;
        if (std::find(std::begin(known_schemes), std::end(known_schemes), scheme) !=
                std::end(known_schemes) &&
            std::find(shared_schemes_.begin(), end, scheme) == end) {
            shared_schemes_[shared_scheme_count_++] = scheme;
        }
    });
}

}  // namespace polytls::mbedtls
