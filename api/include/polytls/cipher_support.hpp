#pragma once

#include <polytls/backends.hpp>
#include <polytls/cipher_suite.hpp>
#include <polytls/core/capability.hpp>

#include <string>
#include <vector>

namespace polytls {

/// A suite of a backend's, and what it takes to negotiate it.
struct cipher_support {
    const cipher_suite* suite = nullptr;  ///< Never null.

    /// `support::yes`: a certificate of its kind is enough. `support::limited`: the reason says
    /// what it takes besides. `support::no`: it is never negotiated, for that reason.
    polytls::support support = polytls::support::yes;

    /// "a server needs dhparam", "both ends need a pre-shared key", …; several are separated by
    /// "; ". Empty for `support::yes`.
    std::string reason{};
};

/// The suites that a backend can do, by the names that the option `ciphers` takes, those that are
/// fast on it first (manual: tls.getCiphers()).
std::vector<cipher_support> get_ciphers(backend of = default_backend());

}  // namespace polytls
