#include "issuing.hpp"

#include <algorithm>

namespace polytls::detail {

bool may_have_issued(const x509::certificate_view& issuer,
                     const x509::certificate_view& subject) noexcept {
    const bool keys_differ = !issuer.subject_key_id.empty() && !subject.authority_key_id.empty() &&
                             !std::ranges::equal(issuer.subject_key_id, subject.authority_key_id);
    return std::ranges::equal(issuer.subject, subject.issuer) && !keys_differ;
}

bool is_root(const x509::certificate_view& certificate) noexcept {
    return may_have_issued(certificate, certificate);
}

}  // namespace polytls::detail
