#include "identity_text.hpp"
#include "input_text.hpp"
#include "native_text.hpp"

#include <polytls/certificate.hpp>
#include <polytls/core/server_identity.hpp>
#include <polytls/core/verdict.hpp>
#include <polytls/spi/backend.hpp>
#include <polytls/spi/context.hpp>
#include <polytls/verify_chain.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace polytls {
namespace {

/// Judges as `connection` does: the chain first, then whether the certificate is for the host.
class chain_judge final : public spi::peer_judge {
public:
    explicit chain_judge(const chain_settings& settings) noexcept : settings_(settings) {}

    moment now() const noexcept override { return {.unix_time = settings_.unix_time}; }

    spi::peer_judgement judge_peer(const peer_findings& findings) noexcept override {
        const spi::context& context = settings_.context.implementation();
        code_ = judge(findings, {.peer = settings_.peer,
                                 .unix_time = settings_.unix_time,
                                 .allow_partial_chain = context.allows_partial_chain()});
        if (code_ == verify_code::ok && !settings_.host.empty() &&
            !is_for_host(findings.path.front().der)) {
            code_ = verify_code::altname_invalid;
        }
        return {.accept = code_ == verify_code::ok, .alert = alert_for(code_)};
    }

    /// `unspecified` when nothing was put to it.
    verify_code code() const noexcept { return code_; }

private:
    bool is_for_host(bytes leaf) const noexcept {
        x509::certificate_view view;
        return !x509::parse_certificate(leaf, view) && !check_server_identity(settings_.host, view);
    }

    const chain_settings& settings_;
    verify_code code_ = verify_code::unspecified;
};

failure by_library(failure why, backend with) {
    why.backend = with.name();
    why.backend_version = with.version();
    return why;
}

/// Which of them the library could not read, as far as can be told.
std::string unreadable_one(const std::vector<bytes>& chain) {
    x509::certificate_view view;
    const auto found = std::ranges::find_if(
        chain, [&view](bytes der) { return bool(x509::parse_certificate(der, view)); });
    return found == chain.end() || chain.size() == 1
               ? "chain: "
               : "chain, certificate " + std::to_string(found - chain.begin() + 1) + ": ";
}

failure unreadable(const status& error, const std::vector<bytes>& chain, backend with) {
    failure why = by_library(make_failure(error.code), with);
    why.message.insert(0, unreadable_one(chain));
    why.input = "chain";
    why.native = error.native;
    why.native_text = detail::native_text(with.implementation(), error.native);
    return why;
}

failure refused(verify_code code, bytes leaf, const chain_settings& settings) {
    const backend with = settings.context.backend();
    const bool wrong_host = code == verify_code::altname_invalid;
    failure why =
        by_library(make_failure(wrong_host ? errc::altname_invalid : errc::not_authorized), with);
    why.verification = code;
    why.alert = alert_for(code);
    if (!wrong_host) {
        why.message = message_of(code);
    } else if (const auto shown = parse_certificate(leaf, with)) {
        why.message += ": " + detail::not_in_altnames(settings.host, *shown);
    }
    return why;
}

/// What cannot be judged at all.
result<void> check(const chain_settings& settings) {
    if (!settings.context) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument, "a secure context is needed", "context"));
    }
    if (settings.peer == role::client && !settings.host.empty()) {
        return tl::make_unexpected(make_failure(
            errc::invalid_argument, "host is only for the certificates of servers", "host"));
    }
    return {};
}

}  // namespace

result<void> verify_chain(const chain_settings& settings) {
    if (auto checked = check(settings); !checked) {
        return checked;
    }
    const auto chain = detail::certificates_in(settings.chain, errc::bad_certificate, "chain");
    if (!chain) {
        return tl::make_unexpected(chain.error());
    }
    const std::vector<bytes> views(chain->begin(), chain->end());
    chain_judge judge(settings);
    const status error =
        settings.context.implementation().examine_chain(views, settings.peer, judge);
    if (error) {
        return tl::make_unexpected(unreadable(error, views, settings.context.backend()));
    }
    if (judge.code() != verify_code::ok) {
        return tl::make_unexpected(refused(judge.code(), views.front(), settings));
    }
    return {};
}

}  // namespace polytls
