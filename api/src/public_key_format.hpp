#pragma once

#include <polytls/certificate.hpp>
#include <polytls/core/bytes.hpp>

namespace polytls::detail {

/// Fills in what a certificate tells of its key, from the SubjectPublicKeyInfo. A key that cannot
/// be read leaves all of it empty but `certificate::pubkey`, as one of an unknown kind does:
/// whether the key is any good, the library finds out.
void describe_key(bytes subject_public_key_info, certificate& shown);

}  // namespace polytls::detail
