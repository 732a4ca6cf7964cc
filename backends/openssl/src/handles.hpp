#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace polytls::openssl {

/// Frees with one of OpenSSL's functions.
template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

inline void free_certificates(STACK_OF(X509) * certificates) noexcept {
    sk_X509_pop_free(certificates, X509_free);
}

using bio_handle = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using pkey_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using ssl_handle = std::unique_ptr<SSL, freed_by<SSL_free>>;
using ssl_ctx_handle = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using ssl_session_handle = std::unique_ptr<SSL_SESSION, freed_by<SSL_SESSION_free>>;
using x509_handle = std::unique_ptr<X509, freed_by<X509_free>>;
using x509_stack_handle = std::unique_ptr<STACK_OF(X509), freed_by<free_certificates>>;
using x509_store_ctx_handle = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;
using x509_store_handle = std::unique_ptr<X509_STORE, freed_by<X509_STORE_free>>;
using x509_crl_handle = std::unique_ptr<X509_CRL, freed_by<X509_CRL_free>>;

}  // namespace polytls::openssl
