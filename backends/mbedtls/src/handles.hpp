#pragma once

#include "compat.hpp"

#include <mbedtls/dhm.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

namespace polytls::mbedtls {

/// Holds one of mbedTLS's structures, which are initialised and freed in place.
template <class T, auto Init, auto Free>
class holder {
public:
    holder() noexcept { Init(&object_); }

    ~holder() { Free(&object_); }

    holder(const holder&) = delete;
    holder& operator=(const holder&) = delete;

    T* get() noexcept { return &object_; }

    const T* get() const noexcept { return &object_; }

    T* operator->() noexcept { return &object_; }

    const T* operator->() const noexcept { return &object_; }

    T& operator*() noexcept { return object_; }

    const T& operator*() const noexcept { return object_; }

private:
    T object_;
};

using certificate_holder = holder<mbedtls_x509_crt, mbedtls_x509_crt_init, mbedtls_x509_crt_free>;
using config_holder = holder<mbedtls_ssl_config, mbedtls_ssl_config_init, mbedtls_ssl_config_free>;
using crl_holder = holder<mbedtls_x509_crl, mbedtls_x509_crl_init, mbedtls_x509_crl_free>;
using dh_holder = holder<mbedtls_dhm_context, mbedtls_dhm_init, mbedtls_dhm_free>;
using key_holder = holder<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free>;
using session_holder =
    holder<mbedtls_ssl_session, mbedtls_ssl_session_init, mbedtls_ssl_session_free>;
using ssl_holder = holder<mbedtls_ssl_context, mbedtls_ssl_init, mbedtls_ssl_free>;

inline bytes view_of(const mbedtls_asn1_buf& buffer) noexcept {
    return {buffer.p, buffer.len};
}

}  // namespace polytls::mbedtls
