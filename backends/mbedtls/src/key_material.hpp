#pragma once

#include "handles.hpp"

#include <polytls/spi/configuration.hpp>

namespace polytls::mbedtls {

/// A certificate that we show, with the chain after it and its key.
struct shown_certificate {
    certificate_holder chain;
    key_holder key;
    shown_certificate* next = nullptr;
};

/// Who we are. Owns what it lists.
class identity {
public:
    identity() = default;
    ~identity();
    identity(const identity&) = delete;
    identity& operator=(const identity&) = delete;

    /// Reads certificates and keys, and matches each key with the chain whose leaf it fits.
    spi::config_error read(const spi::identity_config& config) noexcept;

    const shown_certificate* first() const noexcept { return first_; }

private:
    shown_certificate** end_ = &first_;
    shown_certificate* first_ = nullptr;
};

/// Adds a certificate to the end of a list; `errc::bad_certificate` when the DER is none, or has
/// something behind it, `errc::unsupported_by_backend` when mbedTLS does not know what is in it.
status add_certificate(bytes der, mbedtls_x509_crt& list) noexcept;

}  // namespace polytls::mbedtls
