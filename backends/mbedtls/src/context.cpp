#include "context.hpp"

#include "capabilities.hpp"
#include "engine.hpp"
#include "errors.hpp"
#include "memory.hpp"
#include "random.hpp"
#include "verify.hpp"

#include <polytls/mbedtls/backend.hpp>

#include <mbedtls/platform_util.h>

#include <algorithm>

namespace polytls::mbedtls {
namespace {

/// 112 bits of security, as with other backends.
constexpr std::size_t least_dh_bits = 2048;

constexpr version_range spoken{protocol_version::tls1_2, protocol_version::tls1_2};

}  // namespace

context::~context() {
    mbedtls_platform_zeroize(ticket_keys_.data(), ticket_keys_.size());
}

spi::config_error context::make(const spi::context_config& config,
                                spi::handle<spi::context>& made) noexcept {
    auto* own = mbedtls::make<context>();
    if (own == nullptr) {
        return {{.code = errc::no_memory}};
    }
    spi::handle<spi::context> holder(own);
    if (const spi::config_error bad = own->configure(config); bad.error) {
        return bad;
    }
    made = std::move(holder);
    return {};
}

status context::make_engine(const spi::engine_config& config,
                            spi::handshake_events& events,
                            spi::handle<spi::engine>& made) const noexcept {
    return engine::make(*this, config, events, made);
}

status context::examine_chain(std::span<const bytes> chain,
                              role peer,
                              spi::peer_judge& judge) const noexcept {
    return mbedtls::examine_chain(chain, peer, trust_, judge);
}

const spi::backend& context::owner() const noexcept {
    return the_backend();
}

void context::release() noexcept {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        unmake(this);
    }
}

spi::config_error context::configure(const spi::context_config& config) noexcept {
    const auto& [identity, trust, protocol, session] = config;
    if (const status bad = use_protocol(protocol)) {
        return {bad, spi::config_input::protocol};
    }
    if (const spi::config_error bad = identity_.read(identity); bad.error) {
        return bad;
    }
    if (const spi::config_error bad = trust_.read(trust); bad.error) {
        return bad;
    }
    return {use_sessions(session), spi::config_input::session};
}

status context::use_protocol(const spi::protocol_config& protocol) noexcept {
    const auto& [versions, cipher_suites, groups, signature_schemes, dh_parameters,
                 honor_cipher_order, next_protocols, renegotiation] = protocol;
    versions_ = versions;
    if (versions.min > versions.max) {
        return {.code = errc::bad_version_range};
    }
    // What mbedTLS 2.28 makes of versions that it does not know is a crash.
    if (!spoken.contains(versions.min) || !spoken.contains(versions.max) || next_protocols ||
        !signature_schemes.empty()) {
        return {.code = errc::unsupported_by_backend};
    }
    honors_cipher_order_ = honor_cipher_order;
    renegotiates_ = renegotiation;
    if (const status bad = use_cipher_suites(cipher_suites)) {
        return bad;
    }
    if (const status bad = use_dh_parameters(dh_parameters)) {
        return bad;
    }
    return use_groups(groups);
}

status context::use_cipher_suites(std::span<const cipher_suite_id> suites) noexcept {
    for (const cipher_suite_id suite : suites) {
        const auto known = mbedtls::cipher_suites();
        if (suite_count_ < suites_.size() &&
            std::find(known.begin(), known.end(), suite) != known.end()) {
            suites_[suite_count_++] = suite;
        }
    }
    return {.code = suite_count_ == 0 ? errc::no_cipher_match : errc::ok};
}

status context::use_groups(std::span<const named_group> groups) noexcept {
    const auto wanted = groups.empty() ? mbedtls::groups() : groups;
    for (const named_group group : wanted) {
        if (number_of(group) == MBEDTLS_ECP_DP_NONE || group_count_ == groups_.size()) {
            return {.code = errc::unknown_group};
        }
        groups_[group_count_++] = group;
    }
    return {};
}

status context::use_dh_parameters(bytes parameters) noexcept {
    if (parameters.empty()) {
        return {};
    }
    const int result = mbedtls_dhm_parse_dhm(dh_.get(), parameters.data(), parameters.size());
    if (result != 0 || compat::size_of(*dh_) < least_dh_bits) {
        const errc code = is_out_of_memory(result) ? errc::no_memory : errc::weak_key;
        return {.code = code, .native = result};
    }
    has_dh_ = true;
    return {};
}

status context::use_sessions(const spi::session_config& session) noexcept {
    const auto& [tickets, timeout, id_context, given_keys] = session;
    if (id_context.size() > id_context_.size()) {
        return {.code = errc::invalid_argument};
    }
    has_tickets_ = tickets;
    session_timeout_ = timeout;
    id_context_size_ = id_context.size();
    std::copy(id_context.begin(), id_context.end(), id_context_.begin());
    if (given_keys.empty()) {
        const int failed = fill_random(nullptr, ticket_keys_.data(), ticket_keys_.size());
        return failed == 0 ? status{} : status{.code = errc::no_entropy, .native = failed};
    }
    if (given_keys.size() != ticket_keys_.size()) {
        return {.code = errc::invalid_argument};
    }
    std::copy(given_keys.begin(), given_keys.end(), ticket_keys_.begin());
    return {};
}

}  // namespace polytls::mbedtls
