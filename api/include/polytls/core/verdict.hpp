#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/moment.hpp>
#include <polytls/core/progress.hpp>
#include <polytls/core/verify_code.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace polytls {

/// What a library may find wrong with one certificate of a path. A set of bits.
enum class fault : std::uint32_t {
    none = 0,
    expired = 1U << 0U,
    not_yet_valid = 1U << 1U,
    issuer_unknown = 1U << 2U,  ///< The path ends here without reaching an anchor.
    bad_signature = 1U << 3U,
    revoked = 1U << 4U,
    crl_missing = 1U << 5U,
    crl_expired = 1U << 6U,
    crl_not_yet_valid = 1U << 7U,
    crl_bad_signature = 1U << 8U,
    not_a_ca = 1U << 9U,
    path_too_long = 1U << 10U,  ///< pathLenConstraint exceeded.
    wrong_purpose = 1U << 11U,
    weak_key = 1U << 12U,
    weak_digest = 1U << 13U,
    name_constraint = 1U << 14U,
    critical_extension = 1U << 15U,
    chain_too_long = 1U << 16U,  ///< Longer than the library's limit.
    other = 1U << 17U,           ///< Refused for a reason not in this list.
};

constexpr fault operator|(fault a, fault b) noexcept {
    return static_cast<fault>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

constexpr fault& operator|=(fault& a, fault b) noexcept {
    return a = a | b;
}

constexpr bool has(fault set, fault bit) noexcept {
    return (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(bit)) != 0;
}

/// One certificate of the path a library built, with what it found wrong with it.
struct path_element {
    bytes der{};
    fault faults = fault::none;
    bool anchor = false;  ///< It is one of the caller's trust anchors.
};

/// What a library found out about a peer's chain. Views live as long as the call they are given to.
struct peer_findings {
    std::span<const path_element> path{};  ///< Leaf first; the anchor last where one was reached.
    std::size_t sent = 0;                  ///< How many certificates the peer sent.
    bool accepted = false;                 ///< The library's own answer, before our verdict.
};

/// What a peer is judged by, besides the findings.
struct verdict_policy {
    role peer = role::server;           ///< Whose certificate it is: decides the purpose asked for.
    std::chrono::seconds unix_time{0};  ///< The certificates' dates are judged by it.
    bool allow_partial_chain = false;   ///< An anchor need not be self-issued.
};

/// Turns findings, and facts read from the DER, into one code by one order of priority, alike on
/// every backend.
///
/// May refuse what the library accepted; never accepts what the library refused (such findings
/// without a fault that has a name give `verify_code::unspecified`). No certificate at all gives
/// `verify_code::unable_to_get_issuer_cert`, as the manual's authorizationError does.
verify_code judge(const peer_findings& findings, const verdict_policy& policy) noexcept;

}  // namespace polytls
