#pragma once

#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/result.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace polytls {

/// Turns the option `ciphers` into suites in order: names of suites, separated by ':', ',', ';' or
/// ' ', and "DEFAULT" for the safe part of `available` (forward secret AEAD, in that order).
///
/// `available` is what the backend can negotiate; only suites that one of `versions` can use are
/// chosen. A list without any TLS 1.3 suite keeps the safe ones that `available` has, as OpenSSL
/// keeps its own list for them. Where `versions` reach below TLS 1.2, which brought AEAD, "DEFAULT"
/// ends with the forward secret AES suites of before.
///
/// `errc::unknown_cipher` names a word that is no suite; suites the backend lacks are passed over;
/// `errc::no_cipher_match` when nothing is left.
result<std::vector<cipher_suite_id>> parse_cipher_list(std::string_view list,
                                                       std::span<const cipher_suite_id> available,
                                                       version_range versions = {});

}  // namespace polytls
