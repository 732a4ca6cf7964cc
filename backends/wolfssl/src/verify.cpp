// The path is ours to find: wolfSSL ends one at any certificate among the anchors, a leaf included,
// keeps every CA that it once verified, and tells of one fault. What a certificate is and who
// signed it, wolfSSL says.
#include "verify.hpp"

#include "certificate.hpp"
#include "crl.hpp"

#include <algorithm>
#include <array>

namespace polytls::wolfssl {
namespace {

/// Longer paths are refused.
constexpr std::size_t longest_path = 32;

constexpr std::uint16_t key_cert_sign = 1U << 5U;

bool same(bytes a, bytes b) noexcept {
    return std::ranges::equal(a, b);
}

/// A path as it grows from the leaf.
class path_builder {
public:
    path_builder(const trust& by, std::span<const bytes> sent) noexcept : trust_(by), sent_(sent) {}

    void build() noexcept;
    void judge_each(role peer, std::chrono::seconds now) noexcept;

    std::span<path_element> path() noexcept { return std::span(path_).first(size_); }

    bool flawless() noexcept {
        return path_[size_ - 1].anchor && std::ranges::all_of(path(), [](const auto& one) {
                   return one.faults == fault::none;
               });
    }

private:
    bool extend() noexcept;
    bool find_issuer(const x509::certificate_view& of, bytes& found, bool& signed_by) noexcept;
    void judge_links() noexcept;
    void judge_revocation(std::chrono::seconds now) noexcept;

    bool is_anchor(bytes der) const noexcept {
        return trust_.any_anchor([der](bytes one) { return same(one, der); });
    }

    bool is_in_path(bytes der) noexcept {
        return std::ranges::any_of(path(), [der](const auto& one) { return same(one.der, der); });
    }

    const trust& trust_;
    std::span<const bytes> sent_;
    std::array<path_element, longest_path> path_{};
    std::array<x509::certificate_view, longest_path> views_{};
    std::size_t size_ = 0;
};

void path_builder::build() noexcept {
    path_[size_++].der = sent_.front();
    while (extend()) {
    }
    path_element& last = path_[size_ - 1];
    if (!last.anchor) {
        last.faults |= fault::issuer_unknown;
    }
}

/// Adds the issuer of the last certificate; false where the path ends.
bool path_builder::extend() noexcept {
    path_element& last = path_[size_ - 1];
    x509::certificate_view& view = views_[size_ - 1];
    if (x509::parse_certificate(last.der, view)) {
        last.faults |= fault::other;
        return false;
    }
    last.anchor = is_anchor(last.der);
    if (last.anchor && (view.self_issued() || trust_.allows_partial_chain())) {
        return false;
    }
    if (view.self_issued() && is_signed_by(last.der, last.der)) {
        return false;
    }
    bytes issuer;
    bool signed_by = false;
    if (!find_issuer(view, issuer, signed_by)) {
        return false;
    }
    if (size_ == longest_path) {
        last.faults |= fault::chain_too_long;
        return false;
    }
    if (!signed_by) {
        last.faults |= fault::bad_signature;
    }
    last.anchor = false;
    path_[size_++].der = issuer;
    return true;
}

/// An anchor before any other, and one whose key fits before any that has only the right name.
bool path_builder::find_issuer(const x509::certificate_view& of,
                               bytes& found,
                               bool& signed_by) noexcept {
    const auto try_one = [&](bytes der) {
        x509::certificate_view candidate;
        if (x509::parse_certificate(der, candidate) || !same(candidate.subject, of.issuer) ||
            (!of.authority_key_id.empty() && !candidate.subject_key_id.empty() &&
             !same(of.authority_key_id, candidate.subject_key_id)) ||
            is_in_path(der)) {
            return false;
        }
        signed_by = is_signed_by(of.der, der);
        if (signed_by || found.empty()) {
            found = der;
        }
        return signed_by;
    };
    if (!trust_.any_anchor(try_one)) {
        static_cast<void>(std::any_of(sent_.begin() + 1, sent_.end(), try_one));
    }
    return !found.empty();
}

void path_builder::judge_each(role peer, std::chrono::seconds now) noexcept {
    std::size_t issuers_below = 0;
    const bytes purpose =
        peer == role::server ? x509::purpose_server_auth() : x509::purpose_client_auth();
    for (std::size_t depth = 0; depth < size_; ++depth) {
        fault& faults = path_[depth].faults;
        const x509::certificate_view& view = views_[depth];
        if (has(faults, fault::other)) {
            continue;
        }
        const auto add = [&faults](bool found, fault which) {
            faults |= found ? which : fault::none;
        };
        const certificate_traits traits = traits_of(view.der);
        add(!traits.readable, fault::other);
        add(traits.unknown_critical_extension, fault::critical_extension);
        add(now > view.not_after, fault::expired);
        add(now < view.not_before, fault::not_yet_valid);
        add(!x509::allows_purpose(view.ext_key_usage, purpose), fault::wrong_purpose);
        add(has_weak_key(view), fault::weak_key);
        // An anchor is not believed for its signature.
        add(!path_[depth].anchor && !view.self_issued() && has_weak_digest(view.der),
            fault::weak_digest);
        if (depth != 0) {
            const bool old_root = view.version == 1 && view.self_issued();
            add((!view.is_ca && !old_root) || (view.key_usage & key_cert_sign) == 0,
                fault::not_a_ca);
            add(view.path_length >= 0 && issuers_below > static_cast<std::size_t>(view.path_length),
                fault::path_too_long);
            issuers_below += view.self_issued() ? 0U : 1U;
        }
    }
    judge_links();
    if (trust_.has_crls()) {
        judge_revocation(now);
    }
}

void path_builder::judge_links() noexcept {
    for (std::size_t depth = 1; depth < size_; ++depth) {
        if (!traits_of(path_[depth].der).constrains_names) {
            continue;
        }
        if (!names_are_permitted(path_[depth - 1].der, path_[depth].der)) {
            path_[depth - 1].faults |= fault::name_constraint;
        }
        // wolfSSL holds constraints against what an issuer has signed itself, no further down.
        if (depth > 1) {
            path_[0].faults |= fault::name_constraint;
        }
    }
}

void path_builder::judge_revocation(std::chrono::seconds now) noexcept {
    for (std::size_t depth = 0; depth < size_; ++depth) {
        const bool last = depth + 1 == size_;
        if (last && !views_[depth].self_issued()) {
            break;
        }
        path_[depth].faults |=
            revocation_fault(views_[depth], views_[last ? depth : depth + 1], trust_.crls(), now);
    }
}

}  // namespace

spi::peer_judgement examine(const trust& by,
                            std::span<const bytes> sent,
                            role peer,
                            bool refused,
                            spi::peer_judge& judge) noexcept {
    path_builder found(by, sent);
    found.build();
    found.judge_each(peer, judge.now().unix_time);
    if (refused && found.flawless()) {
        found.path().front().faults |= fault::other;
    }
    return judge.judge_peer(
        {.path = found.path(), .sent = sent.size(), .accepted = found.flawless()});
}

status examine_chain(const trust& by,
                     std::span<const bytes> chain,
                     role peer,
                     spi::peer_judge& judge) noexcept {
    if (chain.empty()) {
        return {.code = errc::invalid_argument};
    }
    for (const bytes der : chain) {
        x509::certificate_view view;
        if (x509::parse_certificate(der, view) || !traits_of(der).readable) {
            return {.code = errc::bad_certificate};
        }
    }
    examine(by, chain, peer, false, judge);
    return {};
}

}  // namespace polytls::wolfssl
