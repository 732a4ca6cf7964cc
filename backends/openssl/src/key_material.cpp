#include "key_material.hpp"

#include "errors.hpp"
#include "external_key.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>

namespace polytls::openssl {
namespace {

/// What security level 2 asks for.
constexpr int least_security_bits = 112;

/// What the passphrase callback is given, and what it learnt.
struct passphrase_request {
    const spi::private_key_source& source;
    bool asked = false;
};

int give_passphrase(char* buffer, int size, int /*writing*/, void* user) noexcept {
    auto& request = *static_cast<passphrase_request*>(user);
    request.asked = true;
    const std::string_view text = request.source.passphrase;
    if (!request.source.has_passphrase || text.size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    std::copy(text.begin(), text.end(), buffer);
    return static_cast<int>(text.size());
}

/// Null for what OpenSSL cannot take: it counts in int, where a negative number means a C string.
bio_handle view_of(bytes data) noexcept {
    if (data.size() > std::numeric_limits<int>::max()) {
        return nullptr;
    }
    return bio_handle(BIO_new_mem_buf(data.data(), static_cast<int>(data.size())));
}

pkey_handle read_der(bytes data, passphrase_request& request) noexcept {
    const std::uint8_t* at = data.data();
    pkey_handle key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(data.size())));
    if (!key) {
        // It may be an EncryptedPrivateKeyInfo, which only this function takes.
        if (const bio_handle bio = view_of(data)) {
            key.reset(d2i_PKCS8PrivateKey_bio(bio.get(), nullptr, give_passphrase, &request));
        }
    }
    return key;
}

status read_key(const spi::private_key_source& source, pkey_handle& key) noexcept {
    passphrase_request request{source};
    if (source.encoding == spi::key_encoding::der) {
        key = read_der(source.data, request);
    } else if (const bio_handle bio = view_of(source.data)) {
        key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &request));
    }
    if (key) {
        ERR_clear_error();
        return {};
    }
    status why = take_error(errc::bad_private_key);
    if (request.asked && why.code != errc::no_memory) {
        why.code = source.has_passphrase ? errc::wrong_passphrase : errc::passphrase_required;
    }
    return why;
}

/// The certificates of a chain after its leaf.
x509_stack_handle read_issuers(std::span<const bytes> certificates) noexcept {
    x509_stack_handle issuers(sk_X509_new_null());
    for (const bytes der : certificates.subspan(1)) {
        x509_handle certificate = read_certificate(der);
        if (!issuers || !certificate || sk_X509_push(issuers.get(), certificate.get()) == 0) {
            return nullptr;
        }
        // The stack owns it now.
        static_cast<void>(certificate.release());
    }
    return issuers;
}

/// Nothing where the key is that of the chain's leaf, else `errc::key_mismatch` or a want of
/// memory.
status check_fit(const spi::certificate_chain& chain, EVP_PKEY* key) noexcept {
    const x509_handle leaf = read_certificate(chain.certificates.front());
    if (leaf && X509_check_private_key(leaf.get(), key) == 1) {
        ERR_clear_error();
        return {};
    }
    return take_error(errc::key_mismatch);
}

/// The chain that a key belongs to.
status find_chain(std::span<const spi::certificate_chain> chains,
                  EVP_PKEY* key,
                  std::size_t& place) noexcept {
    for (place = 0; place < chains.size(); ++place) {
        if (chains[place].external_key) {
            continue;
        }
        const status bad = check_fit(chains[place], key);
        if (bad.code != errc::key_mismatch) {
            return bad;
        }
    }
    return {.code = errc::key_mismatch};
}

spi::config_error check_chains(std::span<const spi::certificate_chain> chains) noexcept {
    for (std::size_t i = 0; i < chains.size(); ++i) {
        const auto certificates = chains[i].certificates;
        if (certificates.empty() || !read_certificate(certificates.front()) ||
            !read_issuers(certificates)) {
            return {take_error(errc::bad_certificate), spi::config_input::certificate, i};
        }
    }
    return {};
}

bool weakly_signed(X509* certificate) noexcept {
    int security_bits = 0;
    // A self-signed certificate is not believed for its signature.
    return (X509_get_extension_flags(certificate) & EXFLAG_SS) == 0 &&
           X509_get_signature_info(certificate, nullptr, nullptr, &security_bits, nullptr) == 1 &&
           security_bits < least_security_bits;
}

/// OpenSSL did this itself until its releases of 2026, which show weakly signed certificates and
/// leave it to the peer to refuse them. Here every release tells beforehand.
status check_signatures(X509* leaf, const STACK_OF(X509) * issuers) noexcept {
    bool weak = weakly_signed(leaf);
    for (int i = 0; i < sk_X509_num(issuers); ++i) {
        weak = weak || weakly_signed(sk_X509_value(issuers, i));
    }
    if (weak) {
        ERR_raise(ERR_LIB_SSL, SSL_R_CA_MD_TOO_WEAK);
        return take_error(errc::weak_key);
    }
    return {};
}

/// Shows a certificate with a key; with a null one, that is elsewhere.
status use_pair(SSL_CTX* ctx, const spi::certificate_chain& chain, EVP_PKEY* key) noexcept {
    const x509_handle leaf = read_certificate(chain.certificates.front());
    pkey_handle external;
    const x509_stack_handle issuers = read_issuers(chain.certificates);
    if (!leaf || !issuers) {
        return take_error(errc::no_memory);
    }
    if (const status weak = check_signatures(leaf.get(), issuers.get())) {
        return weak;
    }
    if (key == nullptr) {
        external = make_external_key(leaf.get());
        key = external.get();
    }
    if (key == nullptr || SSL_CTX_use_cert_and_key(ctx, leaf.get(), key, issuers.get(), 1) != 1) {
        return take_error(errc::bad_certificate);
    }
    return {};
}

}  // namespace

x509_handle read_certificate(bytes der) noexcept {
    const std::uint8_t* at = der.data();
    x509_handle certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    return at == der.data() + der.size() ? std::move(certificate) : nullptr;
}

spi::config_error use_identity(SSL_CTX* ctx, const spi::identity_config& identity) noexcept {
    const auto& [chains, keys] = identity;
    if (const spi::config_error bad = check_chains(chains); bad.error) {
        return bad;
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        pkey_handle key;
        if (const status bad = read_key(keys[i], key)) {
            return {bad, spi::config_input::key, i};
        }
        std::size_t chain = 0;
        if (const status bad = find_chain(chains, key.get(), chain)) {
            return {bad, spi::config_input::key, i};
        }
        if (const status bad = use_pair(ctx, chains[chain], key.get())) {
            return {bad, spi::config_input::certificate, chain};
        }
    }
    for (std::size_t i = 0; i < chains.size(); ++i) {
        if (!chains[i].external_key) {
            continue;
        }
        if (const status bad = use_pair(ctx, chains[i], nullptr)) {
            return {bad, spi::config_input::certificate, i};
        }
    }
    return {};
}

}  // namespace polytls::openssl
