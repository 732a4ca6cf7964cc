#pragma once

#include "identity_input.hpp"

#include <polytls/backends.hpp>
#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/one_or_many.hpp>
#include <polytls/result.hpp>

#include <vector>

namespace polytls::detail {

/// The option `cert` for a context with `sign_callback`, if the backend can do with certificates
/// whose keys are elsewhere.
result<identity_input> read_external_identity(const one_or_many& certificates, backend with);

/// The suites without those for which an RSA key would have to decrypt, if there is such a key; an
/// error when that leaves none.
result<std::vector<cipher_suite_id>> without_rsa_exchange(std::vector<cipher_suite_id> suites,
                                                          const identity_input& identity);

}  // namespace polytls::detail
