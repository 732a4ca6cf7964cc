#include "context.hpp"

#include "capabilities.hpp"
#include "engine.hpp"
#include "errors.hpp"
#include "memory.hpp"
#include "session.hpp"
#include "ticket_keys.hpp"
#include "verify.hpp"

#include <polytls/wolfssl/backend.hpp>

#include <algorithm>
#include <cstring>

namespace polytls::wolfssl {
namespace {

constexpr std::size_t least_dh_bits = 2048;
constexpr std::uint8_t tag_sequence = 0x30;
constexpr std::uint8_t tag_integer = 0x02;

bool is_wide_enough(bytes parameters) noexcept {
    x509::der_element whole;
    x509::der_element prime;
    x509::der_element generator;
    x509::der_reader outer(parameters);
    if (!outer.next(tag_sequence, whole) || !outer.finished()) {
        return false;
    }
    x509::der_reader reader(whole.content);
    if (!reader.next(tag_integer, prime) || !reader.next(tag_integer, generator)) {
        return false;
    }
    bytes number = prime.content;
    while (!number.empty() && number[0] == 0) {
        number = number.subspan(1);
    }
    return x509::bit_length(number) >= least_dh_bits;
}

/// A scheme's name as wolfSSL reads it; null for one that it does not have.
const char* scheme_name(signature_scheme scheme) noexcept {
    switch (scheme) {
    case signature_scheme::rsa_pkcs1_sha256:
        return "RSA+SHA256";
    case signature_scheme::rsa_pkcs1_sha384:
        return "RSA+SHA384";
    case signature_scheme::rsa_pkcs1_sha512:
        return "RSA+SHA512";
    case signature_scheme::ecdsa_secp256r1_sha256:
        return "ECDSA+SHA256";
    case signature_scheme::ecdsa_secp384r1_sha384:
        return "ECDSA+SHA384";
    case signature_scheme::ecdsa_secp521r1_sha512:
        return "ECDSA+SHA512";
    case signature_scheme::rsa_pss_rsae_sha256:
        return "RSA-PSS+SHA256";
    case signature_scheme::rsa_pss_rsae_sha384:
        return "RSA-PSS+SHA384";
    case signature_scheme::rsa_pss_rsae_sha512:
        return "RSA-PSS+SHA512";
    case signature_scheme::ed25519:
        return "ED25519";
    case signature_scheme::ed448:
        return "ED448";
    default:
        return nullptr;
    }
}

}  // namespace

context::~context() {
    blob::wipe(ticket_keys_.data(), ticket_keys_.size());
}

spi::config_error context::make(const spi::context_config& config,
                                spi::handle<spi::context>& made) noexcept {
    auto* own = wolfssl::make<context>();
    if (own == nullptr) {
        return {{.code = errc::no_memory}};
    }
    spi::handle<spi::context> holder(own);
    const spi::config_error bad = own->configure(config);
    wolfSSL_ERR_clear_error();
    if (!bad.error) {
        made = std::move(holder);
    }
    return bad;
}

status context::make_engine(const spi::engine_config& config,
                            spi::handshake_events& events,
                            spi::handle<spi::engine>& made) const noexcept {
    return engine::make(*this, config, events, made);
}

status context::examine_chain(std::span<const bytes> chain,
                              role peer,
                              spi::peer_judge& judge) const noexcept {
    return wolfssl::examine_chain(trust_, chain, peer, judge);
}

const spi::backend& context::owner() const noexcept {
    return the_backend();
}

void context::drop() const noexcept {
    if (--owners_ == 0) {
        unmake(const_cast<context*>(this));
    }
}

spi::config_error context::configure(const spi::context_config& config) noexcept {
    const auto& [identity, trust, protocol, session] = config;
    if (const status bad = use_protocol(protocol)) {
        return {bad, spi::config_input::protocol};
    }
    if (session.id_context.size() > id_context_.size()) {
        return {{.code = errc::invalid_argument}, spi::config_input::session};
    }
    tickets_ = session.tickets;
    session_timeout_ = session.timeout;
    id_context_size_ = session.id_context.size();
    std::ranges::copy(session.id_context, id_context_.begin());
    if (const status bad = use_ticket_keys(session.ticket_keys)) {
        return {bad, spi::config_input::session};
    }
    if (const spi::config_error bad = check_chains(identity.chains); bad.error) {
        return bad;
    }
    if (const spi::config_error bad = trust_.configure(trust); bad.error) {
        return bad;
    }
    session_ = &session;
    const spi::config_error bad = use_identity(identity);
    session_ = nullptr;
    return bad;
}

status context::use_protocol(const spi::protocol_config& protocol) noexcept {
    const auto& [versions, cipher_suites, groups, signature_schemes, dh_parameters,
                 honor_cipher_order, next_protocols, renegotiation] = protocol;
    // There is no renegotiation to be switched off.
    static_cast<void>(renegotiation);
    versions_ = versions;
    honor_cipher_order_ = honor_cipher_order;
    if (versions.min > versions.max) {
        return {.code = errc::bad_version_range};
    }
    if (versions.min < protocol_version::tls1_2 || versions.max > protocol_version::tls1_3 ||
        next_protocols) {
        return {.code = errc::unsupported_by_backend};
    }
    if (const status bad = use_cipher_suites(cipher_suites)) {
        return bad;
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
    const auto known = cipher_suites();
    bool tls1_2 = false;
    bool recent = false;
    for (const cipher_suite_id suite : suites) {
        const bool spoken = is_tls1_3(suite) ? versions_.max >= protocol_version::tls1_3
                                             : versions_.min <= protocol_version::tls1_2;
        if (std::ranges::find(known, suite) == known.end() || !spoken ||
            suite_count_ == suites_.size()) {
            continue;
        }
        (is_tls1_3(suite) ? recent : tls1_2) = true;
        suites_[suite_count_++] = suite;
    }
    // A version without a suite cannot be spoken, and wolfSSL would offer it all the same.
    if (!recent) {
        versions_.max = std::min(versions_.max, protocol_version::tls1_2);
    }
    if (!tls1_2) {
        versions_.min = std::max(versions_.min, protocol_version::tls1_3);
    }
    return {.code = versions_.min > versions_.max ? errc::no_cipher_match : errc::ok};
}

status context::use_signature_schemes(std::span<const signature_scheme> schemes) noexcept {
    for (const signature_scheme scheme : schemes) {
        if (scheme_name(scheme) == nullptr || scheme_count_ == schemes_.size()) {
            return {.code = errc::unknown_signature_scheme};
        }
        schemes_[scheme_count_++] = scheme;
    }
    return {};
}

status context::use_groups(std::span<const named_group> groups) noexcept {
    const auto known = wolfssl::groups();
    for (const named_group group : groups) {
        if (std::ranges::find(known, group) == known.end() || group_count_ == groups_.size()) {
            return {.code = errc::unknown_group};
        }
        groups_[group_count_++] = group;
    }
    return {};
}

status context::use_dh_parameters(bytes parameters) noexcept {
    if (!parameters.empty() && !is_wide_enough(parameters)) {
        return {.code = errc::weak_key};
    }
    return dh_parameters_.assign(parameters) ? status{} : status{.code = errc::no_memory};
}

status context::use_ticket_keys(bytes given) noexcept {
    if (given.empty()) {
        return wolfSSL_RAND_bytes(ticket_keys_.data(), static_cast<int>(ticket_keys_.size())) ==
                       WOLFSSL_SUCCESS
                   ? status{}
                   : status{.code = errc::no_entropy};
    }
    if (given.size() != ticket_keys_.size()) {
        return {.code = errc::invalid_argument};
    }
    std::ranges::copy(given, ticket_keys_.begin());
    return {};
}

spi::config_error context::use_identity(const spi::identity_config& config) noexcept {
    const auto& [chains, keys] = config;
    for (std::size_t i = 0; i < chains.size(); ++i) {
        if (chains[i].external_key) {
            return {{.code = errc::unsupported_by_backend}, spi::config_input::certificate, i};
        }
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (const spi::config_error bad = use_key(config, i); bad.error) {
            return bad;
        }
    }
    return {identity_count_ == 0 ? add_identity(nullptr, {}) : status{}};
}

spi::config_error context::use_key(const spi::identity_config& config, std::size_t index) noexcept {
    blob key;
    if (const status bad = read_key(config.keys[index], key)) {
        return {bad, spi::config_input::key, index};
    }
    for (std::size_t i = 0; i < config.chains.size(); ++i) {
        const status bad = add_identity(&config.chains[i], key.view());
        if (bad.code != errc::key_mismatch) {
            return bad ? spi::config_error{bad, spi::config_input::certificate, i}
                       : spi::config_error{};
        }
    }
    return {{.code = errc::key_mismatch}, spi::config_input::key, index};
}

status context::add_identity(const spi::certificate_chain* chain, bytes key) noexcept {
    identity made;
    if (identity_count_ == identities_.size()) {
        return {.code = errc::invalid_argument};
    }
    for (ctx_handle* ctx : {&made.issuing, &made.keeping, &made.ticketless}) {
        ctx->reset(wolfSSL_CTX_new(wolfSSLv23_method()));
        if (!*ctx) {
            return {.code = errc::no_memory};
        }
        if (chain != nullptr) {
            if (const status bad = use_pair(ctx->get(), *chain, key)) {
                return bad;
            }
        }
        if (const status bad = prepare(ctx->get())) {
            return bad;
        }
        use_sessions(ctx->get(), *session_, ctx == &made.keeping);
    }
    wolfSSL_CTX_set_TicketEncCb(made.ticketless.get(), nullptr);
    if (chain != nullptr) {
        x509::certificate_view leaf;
        static_cast<void>(x509::parse_certificate(chain->certificates.front(), leaf));
        made.type = key_type_of(leaf);
    }
    identities_[identity_count_++] = std::move(made);
    return {};
}

status context::prepare(WOLFSSL_CTX* ctx) noexcept {
    std::array<unsigned char, 2 * most_suites> list{};
    for (std::size_t i = 0; i < suite_count_; ++i) {
        const auto number = static_cast<std::uint16_t>(suites_[i]);
        list[2 * i] = static_cast<unsigned char>(number >> 8U);
        list[2 * i + 1] = static_cast<unsigned char>(number & 0xffU);
    }
    if (wolfSSL_CTX_set_min_proto_version(ctx, static_cast<int>(versions_.min)) !=
            WOLFSSL_SUCCESS ||
        wolfSSL_CTX_set_max_proto_version(ctx, static_cast<int>(versions_.max)) !=
            WOLFSSL_SUCCESS ||
        wolfSSL_CTX_set_cipher_list_bytes(ctx, list.data(), static_cast<int>(2 * suite_count_)) !=
            WOLFSSL_SUCCESS) {
        return {.code = errc::no_cipher_match};
    }
    if (!honor_cipher_order_) {
        wolfSSL_CTX_UseClientSuites(ctx);
    }
    if (group_count_ != 0) {
        std::array<int, most_groups> numbers{};
        std::ranges::transform(groups(), numbers.begin(),
                               [](named_group group) { return static_cast<int>(group); });
        if (!use_group_list(ctx, groups()) ||
            wolfSSL_CTX_set_groups(ctx, numbers.data(), static_cast<int>(group_count_)) !=
                WOLFSSL_SUCCESS) {
            return {.code = errc::unknown_group};
        }
    }
    if (scheme_count_ != 0) {
        std::array<char, most_schemes * 16> names{};
        std::size_t size = 0;
        for (const signature_scheme scheme : schemes()) {
            const char* name = scheme_name(scheme);
            if (size != 0) {
                names[size++] = ':';
            }
            const std::size_t length = std::strlen(name);
            std::copy_n(name, length, names.begin() + static_cast<std::ptrdiff_t>(size));
            size += length;
        }
        if (wolfSSL_CTX_set1_sigalgs_list(ctx, names.data()) != WOLFSSL_SUCCESS) {
            return {.code = errc::unknown_signature_scheme};
        }
    }
    if (!dh_parameters_.empty() &&
        wolfSSL_CTX_SetTmpDH_buffer(ctx, dh_parameters_.view().data(),
                                    static_cast<long>(dh_parameters_.size()),
                                    SSL_FILETYPE_ASN1) != WOLFSSL_SUCCESS) {
        return {.code = errc::weak_key};
    }
    wolfSSL_CTX_SetMinDhKey_Sz(ctx, static_cast<word16>(least_dh_bits));
    if (!trust_.use(ctx)) {
        return {.code = errc::no_memory};
    }
    engine::use_callbacks(ctx);
    wolfssl::use_ticket_keys(ctx);
    return {};
}

}  // namespace polytls::wolfssl
