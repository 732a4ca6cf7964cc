#pragma once

#include <polytls/core/x509.hpp>

namespace polytls::detail {

/// Whether `issuer` may have issued `subject`: the names are the same, and the key identifiers, of
/// which many certificates have none, are not of different keys. That the signature is its own, the
/// library has found, or has said why not.
bool may_have_issued(const x509::certificate_view& issuer,
                     const x509::certificate_view& subject) noexcept;

/// Whether a certificate may have issued itself. A CA that changes keys issues certificates to its
/// own name which are no roots (RFC 5280, section 3.2): their key identifiers tell.
bool is_root(const x509::certificate_view& certificate) noexcept;

}  // namespace polytls::detail
