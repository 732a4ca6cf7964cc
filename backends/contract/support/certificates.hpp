#pragma once

#include "pki.hpp"

#include <string>
#include <vector>

namespace polytls::contract {

using testkit::certificate_request;
using testkit::credential;
using testkit::key_derivation;
using testkit::key_kind;
using testkit::pkcs12_form;
using testkit::root;
using testkit::self_signed;

/// "leaf", issued by `root()`; one for all tests.
inline const credential& leaf() {
    static const credential made = root().issue({.common_name = "leaf"});
    return made;
}

/// As `leaf()`, with an RSA key.
inline const credential& rsa_leaf() {
    static const credential made = root().issue({.common_name = "leaf", .key = key_kind::rsa_2048});
    return made;
}

/// A chain of so many certificates beneath `root()`, leaf first.
inline std::vector<credential> chain_of(std::size_t length) {
    std::vector<credential> chain;
    while (chain.size() + 1 < length) {
        const std::string name = "ca " + std::to_string(chain.size());
        const credential& above = chain.empty() ? root() : chain.front();
        chain.insert(chain.begin(), above.issue({.common_name = name, .ca = true}));
    }
    chain.insert(chain.begin(), (chain.empty() ? root() : chain.front()).issue({}));
    return chain;
}

}  // namespace polytls::contract
