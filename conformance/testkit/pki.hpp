#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace polytls::testkit {

/// Kinds of keys that tests ask for. `rsa_1024` is for tests of weak keys; `rsa_pss` signs in no
/// other way than PSS (RFC 4055).
enum class key_kind : std::uint8_t { ec_p256, ec_p384, rsa_2048, rsa_1024, rsa_pss, ed25519 };

/// What a certificate is to say. Made with libcrypto: nothing here is stored in the repository.
struct certificate_request {
    std::string common_name = "localhost";
    std::vector<std::string> dns_names{};
    std::vector<std::string> ip_addresses{};
    std::string info_access{};  ///< In OpenSSL's words, as "OCSP;URI:http://a"; empty: none.
    std::chrono::seconds not_before{1'577'836'800};  ///< 2020-01-01.
    std::chrono::seconds not_after{2'493'072'000};   ///< 2049-01-01.
    bool ca = false;
    std::optional<int> path_length{};
    std::string
        extended_key_usage{};  ///< In OpenSSL's words, as "serverAuth"; empty leaves it out.
    key_kind key = key_kind::ec_p256;
    bool sha1 = false;                        ///< Signed with SHA-1.
    std::string name_constraints{};           ///< In OpenSSL's words; empty leaves them out.
    bool unknown_critical_extension = false;  ///< With a critical extension nobody knows.
    /// Without the key identifier by which an issuer of the same name is told from another.
    bool without_authority_key = false;
};

/// How a PKCS#12 file is protected: AES-256 with an HMAC of SHA-256; as before 2010 with 3DES and
/// SHA-1; or as long before with RC2 of 40 bits.
enum class pkcs12_form : std::uint8_t { modern, legacy, rc2_40 };

/// How a key is encrypted in PKCS#8 (RFC 8018): the function that turns the passphrase into a key.
enum class key_derivation : std::uint8_t { pbkdf2, scrypt };

/// A certificate with its key.
class credential {
public:
    std::string certificate_pem() const;
    std::vector<std::uint8_t> certificate_der() const;
    std::string key_pem() const;
    /// The key as PKCS#8, DER.
    std::vector<std::uint8_t> key_der() const;
    /// The key in the form of its kind, as RSAPrivateKey and ECPrivateKey, DER.
    std::vector<std::uint8_t> traditional_key_der() const;
    /// The key as PKCS#8, encrypted with AES-256.
    std::string encrypted_key_pem(const std::string& passphrase,
                                  key_derivation derivation = key_derivation::pbkdf2) const;
    /// The same as DER (EncryptedPrivateKeyInfo).
    std::vector<std::uint8_t> encrypted_key_der(const std::string& passphrase) const;
    /// The key in its traditional form with a DEK-Info header.
    std::string traditional_key_pem(const std::string& passphrase) const;
    /// The certificate and its key with `others` beside them, as PKCS#12.
    std::string pkcs12(const std::string& passphrase,
                       const std::vector<credential>& others = {},
                       pkcs12_form form = pkcs12_form::modern) const;

    /// A revocation list of this CA's, as PEM.
    std::string
    crl_pem(const std::vector<credential>& revoked,
            std::chrono::seconds this_update = std::chrono::seconds(1'577'836'800),
            std::chrono::seconds next_update = std::chrono::seconds(2'493'072'000)) const;

    /// The same as DER.
    std::vector<std::uint8_t>
    crl_der(const std::vector<credential>& revoked,
            std::chrono::seconds this_update = std::chrono::seconds(1'577'836'800),
            std::chrono::seconds next_update = std::chrono::seconds(2'493'072'000)) const;

    /// Issues a certificate signed by this one, with a new key.
    credential issue(const certificate_request& request) const;

private:
    friend credential self_signed(const certificate_request&);

    struct state;

    explicit credential(std::shared_ptr<const state> made) : state_(std::move(made)) {}

    std::shared_ptr<const state> state_;
};

/// Makes a certificate signed by its own key.
credential self_signed(const certificate_request& request);

/// A self-signed CA; the same object for the whole process, so that contexts can be shared.
const credential& root();

/// A server's certificate for localhost, 127.0.0.1 and ::1, issued by `root()`.
const credential& localhost();

/// A client's certificate issued by `root()`.
const credential& alice();

/// Parameters for DHE as PEM: the group ffdhe2048 (RFC 7919), or 512 bits made anew.
std::string dh_parameters_2048();
std::string dh_parameters_512();

/// The group ffdhe2048 (RFC 7919) as PKCS #3, DER.
std::vector<std::uint8_t> dh_parameters_der();

/// The bytes of the first block of a PEM text.
std::vector<std::uint8_t> der_of(const std::string& pem);

}  // namespace polytls::testkit
