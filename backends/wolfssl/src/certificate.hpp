#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/public_key.hpp>
#include <polytls/core/status.hpp>
#include <polytls/core/x509.hpp>

namespace polytls::wolfssl {

/// What wolfSSL finds of one certificate, looked at by itself.
struct certificate_traits {
    bool readable = false;
    bool unknown_critical_extension = false;
    bool constrains_names = false;
};

certificate_traits traits_of(bytes certificate) noexcept;

/// Whether wolfSSL finds that the key in `issuer` signed `certificate`. DER both.
bool is_signed_by(bytes certificate, bytes issuer) noexcept;

/// Whether wolfSSL finds that the key in `issuer` signed `signed_part`, by the algorithm whose OID
/// this is (its content). False for algorithms that are not known, too.
bool is_signed_by(bytes signed_part, bytes algorithm, bytes signature, bytes issuer) noexcept;

/// Whether wolfSSL finds that the names in `certificate` are such as its issuer may certify. Asked
/// for certificates that are signed by `issuer`, and within its dates.
bool names_are_permitted(bytes certificate, bytes issuer) noexcept;

/// Whether a certificate's key has less than 112 bits of security, as OpenSSL's level 2 counts.
bool has_weak_key(const x509::certificate_view& certificate) noexcept;

/// Whether a certificate is signed with a digest of less than 112 bits of security.
bool has_weak_digest(bytes certificate) noexcept;

/// The kinds of keys that certificates are chosen by.
enum class key_type : std::uint8_t { rsa, ecdsa, ed25519, ed448, other };

key_type key_type_of(const x509::certificate_view& certificate) noexcept;

}  // namespace polytls::wolfssl
