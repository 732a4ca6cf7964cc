#pragma once

#include "certificate.hpp"
#include "trust.hpp"

#include <polytls/core/verdict.hpp>

#include <chrono>

namespace polytls::wolfssl {

/// Whether some DER is a revocation list (RFC 5280, section 5.1), as far as it is read here.
bool is_revocation_list(bytes der) noexcept;

/// What is wrong with a certificate by the revocation lists of `by`, at a time. wolfSSL takes a
/// list only from an issuer that it trusts already, and none that is out of date, so that lists are
/// read here; their signatures are wolfSSL's to judge.
fault revocation_fault(const x509::certificate_view& certificate,
                       const x509::certificate_view& issuer,
                       const certificate_list& lists,
                       std::chrono::seconds now) noexcept;

}  // namespace polytls::wolfssl
