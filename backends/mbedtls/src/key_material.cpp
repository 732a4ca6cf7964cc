#include "key_material.hpp"

#include "errors.hpp"
#include "memory.hpp"
#include "private_key.hpp"
#include "verify.hpp"

#include <polytls/core/x509.hpp>

#include <mbedtls/platform_util.h>

#include <algorithm>

namespace polytls::mbedtls {
namespace {

/// Whether some bytes are one element of DER and no more, which mbedTLS does not look at.
bool is_whole(bytes der) noexcept {
    x509::der_reader reader(der);
    x509::der_element element;
    return reader.next(element) && reader.finished();
}

status read_chain(std::span<const bytes> certificates, mbedtls_x509_crt& chain) noexcept {
    for (const bytes der : certificates) {
        if (const status bad = add_certificate(der, chain)) {
            return bad;
        }
    }
    return {.code = certificates.empty() ? errc::bad_certificate : errc::ok};
}

/// A key of ours that peers may refuse, or a chain that is weakly signed, is told beforehand.
status check_strength(const mbedtls_x509_crt& chain) noexcept {
    bool weak = has_weak_key(chain);
    for (const mbedtls_x509_crt* one = &chain; one != nullptr; one = one->next) {
        // A self-signed certificate is not believed for its signature.
        weak = weak || (!is_self_issued(*one) && is_weakly_signed(*one));
    }
    return {.code = weak ? errc::weak_key : errc::ok};
}

}  // namespace

status add_certificate(bytes der, mbedtls_x509_crt& list) noexcept {
    if (!is_whole(der)) {
        return {.code = errc::bad_certificate};
    }
    const int result = mbedtls_x509_crt_parse_der(&list, der.data(), der.size());
    if (result == 0) {
        return {};
    }
    status why{.code = errc::bad_certificate, .native = result};
    x509::certificate_view readable;
    if (is_out_of_memory(result)) {
        why.code = errc::no_memory;
    } else if (!x509::parse_certificate(der, readable)) {
        why.code = errc::unsupported_by_backend;
    }
    return why;
}

identity::~identity() {
    while (first_ != nullptr) {
        shown_certificate* gone = first_;
        first_ = gone->next;
        unmake(gone);
    }
}

spi::config_error identity::read(const spi::identity_config& config) noexcept {
    const auto& [chains, keys] = config;
    for (std::size_t i = 0; i < chains.size(); ++i) {
        certificate_holder chain;
        if (const status bad = read_chain(chains[i].certificates, *chain)) {
            return {bad, spi::config_input::certificate, i};
        }
        if (chains[i].external_key) {
            return {{.code = errc::unsupported_by_backend}, spi::config_input::certificate, i};
        }
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto* shown = make<shown_certificate>();
        if (shown == nullptr) {
            return {{.code = errc::no_memory}};
        }
        *end_ = shown;
        end_ = &shown->next;
        if (const status bad = read_key(keys[i], *shown->key)) {
            return {bad, spi::config_input::key, i};
        }
        const auto chain = std::find_if(chains.begin(), chains.end(), [shown](const auto& one) {
            certificate_holder leaf;
            return !add_certificate(one.certificates.front(), *leaf) &&
                   compat::check_pair(leaf->pk, *shown->key) == 0;
        });
        if (chain == chains.end()) {
            return {{.code = errc::key_mismatch}, spi::config_input::key, i};
        }
        status bad = read_chain(chain->certificates, *shown->chain);
        if (!bad) {
            bad = check_strength(*shown->chain);
        }
        if (bad) {
            return {bad, spi::config_input::certificate,
                    static_cast<std::size_t>(chain - chains.begin())};
        }
        compat::forget_usage(*shown->chain);
    }
    return {};
}

}  // namespace polytls::mbedtls
