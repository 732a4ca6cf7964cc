#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/status.hpp>

#include <cstdint>

namespace polytls::x509 {

/// What kind of key a certificate holds.
enum class key_kind : std::uint8_t {
    other,     ///< Ed25519, Ed448, DSA, …: nothing but `public_key_view::algorithm` is read.
    rsa,       ///< rsaEncryption (RFC 8017, appendix A.1).
    rsa_pss,   ///< id-RSASSA-PSS (RFC 8017, appendix A.2.3).
    elliptic,  ///< id-ecPublicKey (RFC 5480).
};

/// The parts of a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7). Views point into the DER it was
/// parsed from; those that are not of its kind are empty.
///
/// This reads; whether the numbers make a good key is the backend's to judge.
struct public_key_view {
    key_kind kind = key_kind::other;
    bytes algorithm{};  ///< Content of the algorithm's OID.
    bytes modulus{};    ///< RSA: the number, without leading zeros; empty is zero.
    bytes exponent{};   ///< RSA: the number, without leading zeros; empty is zero.
    bytes curve{};      ///< Elliptic: content of the curve's OID; empty when it is spelled out.
    bytes order{};      ///< Elliptic: the order of a curve that is spelled out, as `modulus`.
    bytes point{};      ///< Elliptic: the ECPoint, in the form in which it stands.
};

/// Finds the parts of a public key. `errc::bad_certificate` when the DER, header included, is no
/// SubjectPublicKeyInfo, or the key is not of its algorithm's form. `der` must outlive the view.
status parse_public_key(bytes der, public_key_view& key) noexcept;

/// How many bits a number has, the view being as `public_key_view` gives numbers.
std::size_t bit_length(bytes number) noexcept;

}  // namespace polytls::x509
