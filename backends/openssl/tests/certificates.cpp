#include "certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace polytls::openssl {
namespace {

void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(what);
    }
}

std::string text_of(const bio_handle& memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    require(extension != nullptr, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

credential sign(const request& wanted, const credential* issuer) {
    static long serial = 0;
    credential made{
        .certificate = {X509_new(), X509_free},
        .key = {wanted.rsa ? EVP_RSA_gen(wanted.rsa_bits) : EVP_EC_gen("P-256"), EVP_PKEY_free}};
    X509* certificate = made.certificate.get();
    require(made.key != nullptr && X509_set_version(certificate, X509_VERSION_3) == 1, "X509_new");
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(certificate), wanted.not_before);
    ASN1_TIME_set(X509_getm_notAfter(certificate), wanted.not_after);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(wanted.name.c_str()), -1, -1,
                               0);
    X509* signer = issuer == nullptr ? certificate : issuer->certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(signer));
    X509_set_pubkey(certificate, made.key.get());
    const std::string by_role = wanted.ca ? "critical,CA:TRUE" : "critical,CA:FALSE";
    extend(certificate, signer, NID_basic_constraints,
           wanted.constraints.empty() ? by_role : wanted.constraints);
    extend(certificate, signer, NID_subject_key_identifier, "hash");
    extend(certificate, signer, NID_authority_key_identifier, "keyid:always");
    if (!wanted.purpose.empty()) {
        extend(certificate, signer, NID_ext_key_usage, wanted.purpose);
    }
    if (!wanted.name_constraints.empty()) {
        extend(certificate, signer, NID_name_constraints, wanted.name_constraints);
    }
    if (!wanted.alternative_name.empty()) {
        extend(certificate, signer, NID_subject_alt_name, wanted.alternative_name);
    }
    EVP_PKEY* key = issuer == nullptr ? made.key.get() : issuer->key.get();
    require(X509_sign(certificate, key, wanted.sha1 ? EVP_sha1() : EVP_sha256()) > 0, "X509_sign");
    return made;
}

}  // namespace

buffer credential::der() const {
    buffer data(static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)));
    std::uint8_t* at = data.data();
    i2d_X509(certificate.get(), &at);
    return data;
}

std::string credential::key_pem(const std::string& passphrase) const {
    const bio_handle memory(BIO_new(BIO_s_mem()));
    const EVP_CIPHER* cipher = passphrase.empty() ? nullptr : EVP_aes_256_cbc();
    require(PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), cipher, passphrase.data(),
                                          static_cast<int>(passphrase.size()), nullptr,
                                          nullptr) == 1,
            "PEM_write_bio_PKCS8PrivateKey");
    return text_of(memory);
}

std::string credential::dek_info_pem(const std::string& passphrase) const {
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_PrivateKey_traditional(
                memory.get(), key.get(), EVP_aes_128_cbc(),
                reinterpret_cast<const unsigned char*>(passphrase.data()),
                static_cast<int>(passphrase.size()), nullptr, nullptr) == 1,
            "PEM_write_bio_PrivateKey_traditional");
    return text_of(memory);
}

buffer credential::key_der() const {
    buffer data(static_cast<std::size_t>(i2d_PrivateKey(key.get(), nullptr)));
    std::uint8_t* at = data.data();
    i2d_PrivateKey(key.get(), &at);
    return data;
}

buffer credential::encrypted_key_der(const std::string& passphrase) const {
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(i2d_PKCS8PrivateKey_bio(memory.get(), key.get(), EVP_aes_256_cbc(), passphrase.data(),
                                    static_cast<int>(passphrase.size()), nullptr, nullptr) == 1,
            "i2d_PKCS8PrivateKey_bio");
    const std::string text = text_of(memory);
    return {text.begin(), text.end()};
}

credential credential::issue(const request& wanted) const {
    return sign(wanted, this);
}

credential self_signed(const request& wanted) {
    return sign(wanted, nullptr);
}

const credential& root() {
    static const credential made = self_signed({.name = "root", .ca = true});
    return made;
}

const credential& leaf() {
    static const credential made = root().issue({});
    return made;
}

const credential& rsa_leaf() {
    static const credential made = root().issue({.rsa = true});
    return made;
}

}  // namespace polytls::openssl
