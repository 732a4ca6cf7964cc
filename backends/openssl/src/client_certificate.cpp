#include "client_certificate.hpp"

#include "errors.hpp"

namespace polytls::openssl {
namespace {

/// Makes the first certificate current of which `SSL_check_chain` says all of `fitness`.
bool choose_one_with(SSL* ssl, int fitness) noexcept {
    long found = SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST);
    while (found == 1) {
        STACK_OF(X509)* chain = nullptr;
        SSL_get0_chain_certs(ssl, &chain);
        const int found_fit =
            SSL_check_chain(ssl, SSL_get_certificate(ssl), SSL_get_privatekey(ssl), chain);
        if ((found_fit & fitness) == fitness) {
            return true;
        }
        found = SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT);
    }
    return false;
}

int choose_certificate(SSL* ssl, void* /*unused*/) noexcept {
    if (SSL_is_server(ssl) == 1 || SSL_version(ssl) >= TLS1_3_VERSION) {
        return 1;
    }
    const error_scope scope;
    // One with all that the server asks for, else one whose key can sign as it wants.
    if (!choose_one_with(ssl, CERT_PKEY_SIGN | CERT_PKEY_VALID) &&
        !choose_one_with(ssl, CERT_PKEY_SIGN)) {
        SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST);
    }
    return 1;
}

}  // namespace

void choose_client_certificates(SSL_CTX* ctx) noexcept {
    SSL_CTX_set_cert_cb(ctx, choose_certificate, nullptr);
}

}  // namespace polytls::openssl
