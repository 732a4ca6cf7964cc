#include "staple.hpp"

#include "engine.hpp"
#include "memory.hpp"

#include <openssl/err.h>

#include <algorithm>

namespace polytls::openssl {
namespace {

/// Called on a server once the certificate is chosen, and on a client once the response has come,
/// which it may do without.
int answer_request(SSL* ssl, void* /*unused*/) noexcept {
    if (SSL_is_server(ssl) == 0) {
        return 1;
    }
    const X509* stapled_to = engine::of(ssl).stapled_to();
    return stapled_to != nullptr && stapled_to == SSL_get_certificate(ssl) ? SSL_TLSEXT_ERR_OK
                                                                           : SSL_TLSEXT_ERR_NOACK;
}

bool same(X509* certificate, bytes der) noexcept {
    const int size = i2d_X509(certificate, nullptr);
    if (size < 0 || static_cast<std::size_t>(size) != der.size()) {
        return false;
    }
    const scratch room(der.size());
    std::uint8_t* at = room.data();
    return at != nullptr && i2d_X509(certificate, &at) == size &&
           std::equal(der.begin(), der.end(), room.data());
}

/// The SSL's own certificate with these bytes.
const X509* find_certificate(SSL* ssl, bytes der) noexcept {
    const X509* found = nullptr;
    for (long more = SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST); more == 1 && found == nullptr;
         more = SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT)) {
        X509* certificate = SSL_get_certificate(ssl);
        found = same(certificate, der) ? certificate : nullptr;
    }
    SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST);
    return found;
}

}  // namespace

void staple_responses(SSL_CTX* ctx) noexcept {
    SSL_CTX_set_tlsext_status_cb(ctx, answer_request);
}

const X509* hold_staple(SSL* ssl, const spi::stapled_response& staple) noexcept {
    if (staple.response.empty()) {
        return nullptr;
    }
    const X509* certificate = find_certificate(ssl, staple.certificate);
    void* copy = OPENSSL_memdup(staple.response.data(), staple.response.size());
    if (certificate == nullptr || copy == nullptr) {
        OPENSSL_free(copy);
        ERR_clear_error();
        return nullptr;
    }
    // The SSL owns the copy from here on.
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(staple.response.size()));
    return certificate;
}

bytes received_staple(SSL* ssl) noexcept {
    const unsigned char* response = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &response);
    return size > 0 ? bytes(response, static_cast<std::size_t>(size)) : bytes{};
}

}  // namespace polytls::openssl
