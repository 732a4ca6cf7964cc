#include "dh_input.hpp"
#include "external_key_input.hpp"
#include "identity_input.hpp"
#include "input_text.hpp"
#include "native_text.hpp"
#include "protocol_input.hpp"
#include "secure_context_state.hpp"
#include "ticket_keys_input.hpp"
#include "trust_input.hpp"

#include <polytls/cipher_list.hpp>
#include <polytls/core/bytes.hpp>
#include <polytls/secure_context.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace polytls {
namespace {

/// The views an adapter takes of chains that the hosted ring owns.
class chain_views {
public:
    chain_views(const std::vector<std::vector<std::vector<std::uint8_t>>>& chains,
                bool external_keys) {
        certificates_.reserve(chains.size());
        for (const auto& chain : chains) {
            certificates_.emplace_back(chain.begin(), chain.end());
            chains_.push_back(
                {.certificates = certificates_.back(), .external_key = external_keys});
        }
    }

    chain_views(const chain_views&) = delete;
    chain_views& operator=(const chain_views&) = delete;

    std::span<const spi::certificate_chain> view() const { return chains_; }

private:
    std::vector<std::vector<bytes>> certificates_;
    std::vector<spi::certificate_chain> chains_;
};

result<void> check_session(std::chrono::seconds timeout,
                           std::string_view id_context,
                           const std::vector<std::uint8_t>& ticket_keys) {
    constexpr std::size_t longest_id_context = 32;
    if (timeout.count() < 0) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument, "session_timeout is negative", "session_timeout"));
    }
    if (id_context.size() > longest_id_context) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument,
                         "session_id_context has " + std::to_string(id_context.size()) +
                             " bytes; at most " + std::to_string(longest_id_context) + " are taken",
                         "session_id_context"));
    }
    if (auto checked = detail::check_ticket_keys(ticket_keys); !checked && !ticket_keys.empty()) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    return {};
}

/// Refuses an option whose feature the backend lacks.
result<void> check_feature(bool wanted, feature needed, std::string option, backend with) {
    if (!wanted || with.supports(needed)) {
        return {};
    }
    failure refused = with.refusal(needed);
    refused.input = std::move(option);
    refused.message.insert(0, refused.input + ": ");
    return tl::make_unexpected(std::move(refused));
}

/// The options as an adapter takes them. Views point into the options.
struct read_context_options {
    detail::identity_input identity{};
    detail::trust_input trust{};
    std::vector<cipher_suite_id> cipher_suites{};
    std::vector<named_group> groups{};
    std::vector<signature_scheme> signature_schemes{};
    std::vector<std::uint8_t> dh_parameters{};
    bool allow_partial_chain = false;
    bool external_keys = false;
    spi::protocol_config protocol{};  ///< Without its lists.
    spi::session_config session{};
};

result<read_context_options> read_options(const context_options& options) {
    // A new option does not compile until it is dealt with here.
    const auto& [backend, key, cert, sign_callback, pfx, passphrase, ca, crl,
                 allow_partial_trust_chain, ciphers, ecdh_curve, sigalgs, dhparam,
                 honor_cipher_order, min_version, max_version, secure_protocol, secure_options, npn,
                 tickets, session_timeout, session_id_context, ticket_keys] = options;

    if (!pfx.empty() && (!key.empty() || !cert.empty() || ca)) {
        return tl::make_unexpected(make_failure(
            errc::invalid_argument, "pfx cannot be combined with key, cert and ca", "pfx"));
    }
    if (sign_callback && (!key.empty() || !pfx.empty())) {
        return tl::make_unexpected(make_failure(errc::invalid_argument,
                                                "sign_callback cannot be combined with key and pfx",
                                                "sign_callback"));
    }
    const bool external_keys = static_cast<bool>(sign_callback);
    auto identity = !pfx.empty()    ? detail::read_pfx(pfx, passphrase, backend)
                    : external_keys ? detail::read_external_identity(cert, backend)
                                    : detail::read_identity(key, cert, passphrase, backend);
    if (!identity) {
        return tl::make_unexpected(std::move(identity.error()));
    }
    auto trust = detail::read_trust(ca, crl, backend);
    if (!trust) {
        return tl::make_unexpected(std::move(trust.error()));
    }
    if (auto checked = check_feature(allow_partial_trust_chain, feature::partial_chain,
                                     "allow_partial_trust_chain", backend);
        !checked) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    if (auto checked = check_feature(npn, feature::npn, "npn", backend); !checked) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    auto versions = detail::read_versions({.min = min_version,
                                           .max = max_version,
                                           .secure_protocol = secure_protocol,
                                           .secure_options = secure_options},
                                          backend);
    if (!versions) {
        return tl::make_unexpected(std::move(versions.error()));
    }
    auto suites = parse_cipher_list(ciphers, backend.implementation().cipher_suites(), *versions);
    if (!suites) {
        return tl::make_unexpected(std::move(suites.error()));
    }
    if (external_keys) {
        suites = detail::without_rsa_exchange(*std::move(suites), *identity);
        if (!suites) {
            return tl::make_unexpected(std::move(suites.error()));
        }
    }
    auto groups = detail::read_groups(ecdh_curve, backend);
    if (!groups) {
        return tl::make_unexpected(std::move(groups.error()));
    }
    auto schemes = detail::read_signature_schemes(sigalgs);
    if (!schemes) {
        return tl::make_unexpected(std::move(schemes.error()));
    }
    auto dh_parameters = detail::read_dh_parameters(dhparam, backend);
    if (!dh_parameters) {
        return tl::make_unexpected(std::move(dh_parameters.error()));
    }
    if (auto checked = check_session(session_timeout, session_id_context, ticket_keys); !checked) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    return read_context_options{
        .identity = *std::move(identity),
        .trust = *std::move(trust),
        .cipher_suites = *std::move(suites),
        .groups = *std::move(groups),
        .signature_schemes = *std::move(schemes),
        .dh_parameters = *std::move(dh_parameters),
        .allow_partial_chain = allow_partial_trust_chain,
        .external_keys = external_keys,
        .protocol = {.versions = *versions,
                     .honor_cipher_order =
                         honor_cipher_order ||
                         has(secure_options, polytls::secure_options::cipher_server_preference),
                     .next_protocols = npn,
                     .renegotiation =
                         !has(secure_options, polytls::secure_options::no_renegotiation)},
        .session = {.tickets = tickets && !has(secure_options, polytls::secure_options::no_ticket),
                    .timeout = session_timeout,
                    .id_context = as_bytes(session_id_context),
                    .ticket_keys = ticket_keys}};
}

spi::config_error
make_by_adapter(const read_context_options& read, backend by, spi::handle<spi::context>& made) {
    const chain_views chains(read.identity.certificates, read.external_keys);
    std::vector<bytes> anchors;
    if (read.trust.shared == nullptr) {
        anchors.assign(read.trust.anchors->begin(), read.trust.anchors->end());
    }
    anchors.insert(anchors.end(), read.identity.extra_anchors.begin(),
                   read.identity.extra_anchors.end());
    const std::vector<bytes> crls(read.trust.crls.begin(), read.trust.crls.end());
    spi::context_config config{.identity = {.chains = chains.view(), .keys = read.identity.keys},
                               .trust = {.anchors = anchors,
                                         .shared = read.trust.shared,
                                         .crls = crls,
                                         .allow_partial_chain = read.allow_partial_chain},
                               .protocol = read.protocol,
                               .session = read.session};
    config.protocol.cipher_suites = read.cipher_suites;
    config.protocol.groups = read.groups;
    config.protocol.signature_schemes = read.signature_schemes;
    config.protocol.dh_parameters = read.dh_parameters;
    return by.implementation().make_context(config, made);
}

/// The option that an adapter's error is about.
std::string input_of(const spi::config_error& error,
                     const detail::identity_input& identity,
                     const detail::trust_input& trust) {
    switch (error.input) {
    case spi::config_input::none:
        break;
    case spi::config_input::certificate:
        return detail::input_name("cert", error.index);
    case spi::config_input::key:
        return error.index < identity.key_names.size() ? identity.key_names[error.index] : "key";
    case spi::config_input::anchor:
        return error.index < trust.names.size() ? trust.names[error.index] : "ca";
    case spi::config_input::crl:
        return error.index < trust.crl_names.size() ? trust.crl_names[error.index] : "crl";
    case spi::config_input::session:
        return error.error.code == errc::invalid_argument ? "session_id_context"
                                                          : "session_timeout";
    case spi::config_input::protocol:
        switch (error.error.code) {
        case errc::unknown_group:
            return "ecdh_curve";
        case errc::unknown_signature_scheme:
            return "sigalgs";
        case errc::weak_key:
            return "dhparam";
        case errc::bad_version_range:
        case errc::unknown_version:
        case errc::unsupported_protocol:
            return "min_version";
        default:
            return "ciphers";
        }
    }
    return {};
}

failure refused_by_adapter(const status& error, std::string input, backend by) {
    failure refused = make_failure(error.code);
    refused.input = std::move(input);
    refused.backend = by.name();
    refused.backend_version = by.version();
    refused.native = error.native;
    refused.native_text = detail::native_text(by.implementation(), error.native);
    if (!refused.input.empty()) {
        refused.message.insert(0, refused.input + ": ");
    }
    refused.message += " (" + refused.backend + " " + refused.backend_version;
    refused.message += refused.native_text.empty() ? ")" : ": " + refused.native_text + ")";
    return refused;
}

}  // namespace

namespace detail {

result<polytls::ticket_keys> check_ticket_keys(bytes given) {
    polytls::ticket_keys keys{};
    if (given.size() != keys.size()) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument,
                         "ticket_keys has " + std::to_string(given.size()) + " bytes instead of 48",
                         "ticket_keys"));
    }
    std::ranges::copy(given, keys.begin());
    return keys;
}

}  // namespace detail

ticket_keys secure_context::ticket_keys() const noexcept {
    polytls::ticket_keys keys{};
    std::ranges::copy(state_->made->ticket_keys(), keys.begin());
    return keys;
}

backend secure_context::backend() const noexcept {
    return state_->backend;
}

const spi::context& secure_context::implementation() const noexcept {
    return *state_->made;
}

result<secure_context> create_secure_context(const context_options& options) {
    const auto read = read_options(options);
    if (!read) {
        return tl::make_unexpected(read.error());
    }
    const auto made = std::make_shared<secure_context::state>(
        secure_context::state{.backend = options.backend,
                              .trusted = read->trust.anchors,
                              .npn = options.npn,
                              .sign = options.sign_callback});
    made->shown = detail::shown_certificates(read->identity.certificates, made->anchors());
    const spi::config_error error = make_by_adapter(*read, options.backend, made->made);
    if (error.error) {
        return tl::make_unexpected(refused_by_adapter(
            error.error, input_of(error, read->identity, read->trust), options.backend));
    }
    return secure_context(made);
}

}  // namespace polytls
