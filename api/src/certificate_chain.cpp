#include "issuing.hpp"

#include <polytls/certificate.hpp>
#include <polytls/core/x509.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace polytls {
namespace {

using der_list = std::span<const std::vector<std::uint8_t>>;
using view_list = std::vector<x509::certificate_view>;

/// As deep as OpenSSL's verification goes: the peer chooses how much it sends.
constexpr std::size_t longest_path = 100;

view_list readable(der_list list) {
    view_list views;
    for (const auto& der : list) {
        x509::certificate_view view;
        if (!x509::parse_certificate(der, view)) {
            views.push_back(view);
        }
    }
    return views;
}

bool contains(const view_list& path, bytes der) {
    return std::ranges::any_of(
        path, [der](const auto& step) { return std::ranges::equal(step.der, der); });
}

/// The first of the candidates that may have issued the last of the path, and is not on it:
/// cross-certificates would lead round in a circle. Null when there is none.
const x509::certificate_view* find_issuer(const view_list& candidates, const view_list& path) {
    const auto found = std::ranges::find_if(candidates, [&path](const auto& candidate) {
        return detail::may_have_issued(candidate, path.back()) && !contains(path, candidate.der);
    });
    return found == candidates.end() ? nullptr : &*found;
}

view_list find_path(const x509::certificate_view& leaf, der_list sent, der_list anchors) {
    const view_list from_peer = readable(sent);
    view_list trusted;
    view_list path{leaf};
    while (!detail::is_root(path.back()) && path.size() < longest_path) {
        const auto* issuer = find_issuer(from_peer, path);
        if (issuer == nullptr) {
            // Most chains need a system's hundreds of anchors once, at their end.
            if (trusted.empty()) {
                trusted = readable(anchors);
            }
            issuer = find_issuer(trusted, path);
        }
        if (issuer == nullptr) {
            break;
        }
        path.push_back(*issuer);
    }
    return path;
}

}  // namespace

result<certificate> link_chain(der_list sent, der_list anchors, backend with) {
    x509::certificate_view leaf;
    if (sent.empty() || x509::parse_certificate(sent.front(), leaf)) {
        return tl::make_unexpected(make_failure(errc::bad_certificate));
    }
    const view_list path = find_path(leaf, sent, anchors);
    std::shared_ptr<const certificate> above;
    for (auto step = path.rbegin(); step + 1 != path.rend(); ++step) {
        auto parsed = parse_certificate(step->der, with);
        if (!parsed) {
            // The chain is shown as far as it can be read.
            above.reset();
            continue;
        }
        parsed->issuer_certificate = std::move(above);
        above = std::make_shared<const certificate>(*std::move(parsed));
    }
    auto linked = parse_certificate(leaf.der, with);
    if (linked) {
        linked->issuer_certificate = std::move(above);
    }
    return linked;
}

}  // namespace polytls
