#include "trust.hpp"

#include "errors.hpp"
#include "key_material.hpp"
#include "memory.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

namespace polytls::openssl {
namespace {

class shared_anchors final : public spi::anchor_set {
public:
    explicit shared_anchors(x509_store_handle store) noexcept : store_(std::move(store)) {}

    X509_STORE* store() const noexcept { return store_.get(); }

    void release() noexcept override { unmake(this); }

private:
    x509_store_handle store_;
};

/// Adds to `store` what stands in `shared`, without parsing it again.
bool add_shared(X509_STORE* store, const shared_anchors& shared) noexcept {
    STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(shared.store());
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
        X509* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (certificate != nullptr && X509_STORE_add_cert(store, certificate) != 1) {
            return false;
        }
    }
    return true;
}

spi::config_error
add_own(SSL_CTX* ctx, X509_STORE* store, std::span<const bytes> anchors) noexcept {
    for (std::size_t i = 0; i < anchors.size(); ++i) {
        const x509_handle certificate = read_certificate(anchors[i]);
        if (!certificate || X509_STORE_add_cert(store, certificate.get()) != 1 ||
            SSL_CTX_add_client_CA(ctx, certificate.get()) != 1) {
            return {take_error(errc::bad_ca), spi::config_input::anchor, i};
        }
    }
    return {};
}

/// Looking for revocation lists is asked of the context, not of the store, which may be shared.
spi::config_error use_crls(SSL_CTX* ctx, X509_STORE* store, std::span<const bytes> crls) noexcept {
    for (std::size_t i = 0; i < crls.size(); ++i) {
        const std::uint8_t* at = crls[i].data();
        const x509_crl_handle crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(crls[i].size())));
        if (!crl || at != crls[i].data() + crls[i].size() ||
            X509_STORE_add_crl(store, crl.get()) != 1) {
            return {take_error(errc::bad_crl), spi::config_input::crl, i};
        }
    }
    if (!crls.empty()) {
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx),
                                    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    }
    return {};
}

}  // namespace

spi::config_error use_trust(SSL_CTX* ctx, const spi::trust_config& trust) noexcept {
    const auto& [anchors, shared, crls, allow_partial_chain] = trust;
    const auto* roots = static_cast<const shared_anchors*>(shared);
    if (allow_partial_chain) {
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
    }
    if (roots != nullptr && anchors.empty() && crls.empty()) {
        SSL_CTX_set1_cert_store(ctx, roots->store());
        return {};
    }
    const x509_store_handle store(X509_STORE_new());
    if (!store || (roots != nullptr && !add_shared(store.get(), *roots))) {
        return {take_error(errc::no_memory)};
    }
    SSL_CTX_set1_cert_store(ctx, store.get());
    if (const spi::config_error bad = use_crls(ctx, store.get(), crls); bad.error) {
        return bad;
    }
    return add_own(ctx, store.get(), anchors);
}

status make_anchor_set(std::span<const bytes> anchors,
                       spi::handle<spi::anchor_set>& made) noexcept {
    x509_store_handle store(X509_STORE_new());
    if (!store) {
        return take_error(errc::no_memory);
    }
    std::size_t usable = 0;
    for (const bytes der : anchors) {
        const x509_handle certificate = read_certificate(der);
        if (certificate && X509_STORE_add_cert(store.get(), certificate.get()) == 1) {
            ++usable;
        } else if (const status bad = take_error(errc::bad_ca); bad.code == errc::no_memory) {
            return bad;
        }
    }
    ERR_clear_error();
    if (usable == 0) {
        return {.code = errc::no_root_certificates};
    }
    made.reset(make<shared_anchors>(std::move(store)));
    return made ? status{} : status{.code = errc::no_memory};
}

}  // namespace polytls::openssl
