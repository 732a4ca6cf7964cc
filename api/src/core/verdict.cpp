#include <polytls/core/verdict.hpp>
#include <polytls/core/x509.hpp>

#include <array>

namespace polytls {
namespace {

constexpr std::uint16_t key_cert_sign = 1U << 5U;

/// Everything that may be wrong with a path, in the order in which it is reported when several
/// things are: dates before everything, then whether the path holds at all, then what its
/// certificates may be used for. So OpenSSL reports, which goes on after each fault and keeps the
/// last one it met: extensions, trust, revocation, and at the end signatures and dates.
enum class finding : std::uint8_t {
    expired,
    not_yet_valid,
    bad_signature,
    revoked,
    crl_bad_signature,
    crl_expired,
    crl_not_yet_valid,
    crl_missing,
    chain_too_long,
    self_signed_leaf,
    self_signed_root,
    leaf_without_issuer,
    no_issuer,
    partial_chain,
    weak_leaf_key,
    weak_ca_key,
    weak_digest,
    not_a_ca,
    path_length,
    purpose,
    name_constraint,
    critical_extension,
    other,
    none,
};

constexpr std::array<verify_code, 24> codes = {
    verify_code::cert_has_expired,
    verify_code::cert_not_yet_valid,
    verify_code::cert_signature_failure,
    verify_code::cert_revoked,
    verify_code::crl_signature_failure,
    verify_code::crl_has_expired,
    verify_code::crl_not_yet_valid,
    verify_code::unable_to_get_crl,
    verify_code::cert_chain_too_long,
    verify_code::depth_zero_self_signed_cert,
    verify_code::self_signed_cert_in_chain,
    verify_code::unable_to_verify_leaf_signature,
    verify_code::unable_to_get_issuer_cert_locally,
    verify_code::unable_to_get_issuer_cert,
    verify_code::ee_key_too_small,
    verify_code::ca_key_too_small,
    verify_code::ca_md_too_weak,
    verify_code::invalid_ca,
    verify_code::path_length_exceeded,
    verify_code::invalid_purpose,
    verify_code::name_constraint_violation,
    verify_code::unhandled_critical_extension,
    verify_code::unspecified,
    verify_code::ok,
};

/// Keeps the finding that comes first in the order.
class worst_finding {
public:
    void add(bool found, finding what) noexcept {
        if (found && what < worst_) {
            worst_ = what;
        }
    }

    verify_code code() const noexcept { return codes[static_cast<std::size_t>(worst_)]; }

    bool any() const noexcept { return worst_ != finding::none; }

private:
    finding worst_ = finding::none;
};

/// What the library said of one certificate, but for whether its issuer is known: that is read off
/// the path.
void add_library_findings(const path_element& element, bool leaf, worst_finding& worst) noexcept {
    const fault found = element.faults;
    worst.add(has(found, fault::expired), finding::expired);
    worst.add(has(found, fault::not_yet_valid), finding::not_yet_valid);
    worst.add(has(found, fault::bad_signature), finding::bad_signature);
    worst.add(has(found, fault::revoked), finding::revoked);
    worst.add(has(found, fault::crl_bad_signature), finding::crl_bad_signature);
    worst.add(has(found, fault::crl_expired), finding::crl_expired);
    worst.add(has(found, fault::crl_not_yet_valid), finding::crl_not_yet_valid);
    worst.add(has(found, fault::crl_missing), finding::crl_missing);
    worst.add(has(found, fault::chain_too_long), finding::chain_too_long);
    worst.add(has(found, fault::weak_key), leaf ? finding::weak_leaf_key : finding::weak_ca_key);
    worst.add(has(found, fault::weak_digest), finding::weak_digest);
    worst.add(has(found, fault::not_a_ca), finding::not_a_ca);
    worst.add(has(found, fault::path_too_long), finding::path_length);
    worst.add(has(found, fault::wrong_purpose), finding::purpose);
    worst.add(has(found, fault::name_constraint), finding::name_constraint);
    worst.add(has(found, fault::critical_extension), finding::critical_extension);
    worst.add(has(found, fault::other), finding::other);
}

/// What the certificate itself says, which not every library looks at.
void add_own_findings(const x509::certificate_view& certificate,
                      std::size_t depth,
                      std::size_t issuers_below,
                      const verdict_policy& policy,
                      worst_finding& worst) noexcept {
    worst.add(policy.unix_time > certificate.not_after, finding::expired);
    worst.add(policy.unix_time < certificate.not_before, finding::not_yet_valid);
    const bytes purpose =
        policy.peer == role::server ? x509::purpose_server_auth() : x509::purpose_client_auth();
    worst.add(!x509::allows_purpose(certificate.ext_key_usage, purpose), finding::purpose);
    if (depth == 0) {
        return;
    }
    // Roots of version 1 say nothing of being a CA; that they are anchors says enough.
    const bool old_root = certificate.version == 1 && certificate.self_issued();
    worst.add(!certificate.is_ca && !old_root, finding::not_a_ca);
    worst.add((certificate.key_usage & key_cert_sign) == 0, finding::not_a_ca);
    worst.add(certificate.path_length >= 0 &&
                  issuers_below > static_cast<std::size_t>(certificate.path_length),
              finding::path_length);
}

/// How the path ends: at an anchor, or in one of the ways not to reach one.
void add_end(const peer_findings& findings,
             const x509::certificate_view& last,
             const verdict_policy& policy,
             worst_finding& worst) noexcept {
    const path_element& end = findings.path.back();
    const bool alone = findings.path.size() == 1;
    if (end.anchor && !has(end.faults, fault::issuer_unknown)) {
        worst.add(!last.self_issued() && !policy.allow_partial_chain, finding::partial_chain);
        return;
    }
    if (end.anchor) {
        worst.add(true, finding::partial_chain);
    } else if (last.self_issued()) {
        worst.add(true, alone ? finding::self_signed_leaf : finding::self_signed_root);
    } else {
        worst.add(true, alone ? finding::leaf_without_issuer : finding::no_issuer);
    }
}

}  // namespace

verify_code judge(const peer_findings& findings, const verdict_policy& policy) noexcept {
    if (findings.path.empty()) {
        return verify_code::unable_to_get_issuer_cert;
    }
    worst_finding worst;
    x509::certificate_view certificate;
    std::size_t issuers_below =
        0;  // Not counting the leaf, nor the self-issued: RFC 5280, 4.2.1.9.
    for (std::size_t depth = 0; depth < findings.path.size(); ++depth) {
        const path_element& element = findings.path[depth];
        add_library_findings(element, depth == 0, worst);
        const bool last = depth + 1 == findings.path.size();
        worst.add(!last && has(element.faults, fault::issuer_unknown), finding::no_issuer);
        if (x509::parse_certificate(element.der, certificate)) {
            worst.add(true, finding::other);
            continue;
        }
        add_own_findings(certificate, depth, issuers_below, policy, worst);
        if (depth != 0 && !certificate.self_issued()) {
            ++issuers_below;
        }
    }
    add_end(findings, certificate, policy, worst);
    // A refusal without a reason that has a name here is still a refusal.
    worst.add(!findings.accepted && !worst.any(), finding::other);
    return worst.code();
}

}  // namespace polytls
