#include "pki.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace polytls::testkit {
namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

void sk_X509_free_all(STACK_OF(X509) * certificates) noexcept {
    sk_X509_pop_free(certificates, X509_free);
}

using pkey_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using x509_handle = std::unique_ptr<X509, freed_by<X509_free>>;
using crl_handle = std::unique_ptr<X509_CRL, freed_by<X509_CRL_free>>;
using pkey_context_handle = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using pkcs12_handle = std::unique_ptr<PKCS12, freed_by<PKCS12_free>>;
using x509_stack_handle = std::unique_ptr<STACK_OF(X509), freed_by<sk_X509_free_all>>;
using time_handle = std::unique_ptr<ASN1_TIME, freed_by<ASN1_STRING_free>>;
using bio_handle = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("libcrypto failed: ") + what);
    }
}

pkey_handle make_key(key_kind kind) {
    switch (kind) {
    case key_kind::ec_p256:
        return pkey_handle(EVP_EC_gen("P-256"));
    case key_kind::ec_p384:
        return pkey_handle(EVP_EC_gen("P-384"));
    case key_kind::rsa_2048:
        return pkey_handle(EVP_RSA_gen(2048));
    case key_kind::rsa_1024:
        return pkey_handle(EVP_RSA_gen(1024));
    }
    return nullptr;
}

std::string text_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

/// What `set` says of the parameters to make, as PEM.
template <class Set>
std::string dh_parameters(Set set) {
    const pkey_context_handle context(EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr));
    require(context && EVP_PKEY_paramgen_init(context.get()) == 1 && set(context.get()) == 1,
            "EVP_PKEY_paramgen_init");
    EVP_PKEY* made = nullptr;
    require(EVP_PKEY_paramgen(context.get(), &made) == 1, "EVP_PKEY_paramgen");
    const pkey_handle parameters(made);
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_Parameters(memory.get(), made) == 1, "PEM_write_bio_Parameters");
    return text_of(memory.get());
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    require(extension != nullptr, value.c_str());
    require(X509_add_ext(certificate, extension, -1) == 1, "X509_add_ext");
    X509_EXTENSION_free(extension);
}

std::string alternative_names(const certificate_request& request) {
    std::string names;
    for (const std::string& name : request.dns_names) {
        names += (names.empty() ? "DNS:" : ",DNS:") + name;
    }
    for (const std::string& address : request.ip_addresses) {
        names += (names.empty() ? "IP:" : ",IP:") + address;
    }
    return names;
}

void set_time(ASN1_TIME* field, std::chrono::seconds time) {
    require(ASN1_TIME_set(field, static_cast<time_t>(time.count())) != nullptr, "ASN1_TIME_set");
}

void set_serial(X509* certificate) {
    std::uint64_t serial = 0;
    require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1,
            "RAND_bytes");
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1U);
}

void add_extensions(X509* certificate, X509* issuer, const certificate_request& request) {
    std::string constraints = request.ca ? "critical,CA:TRUE" : "critical,CA:FALSE";
    if (request.path_length) {
        constraints += ",pathlen:" + std::to_string(*request.path_length);
    }
    add_extension(certificate, issuer, NID_basic_constraints, constraints);
    if (!request.info_access.empty()) {
        add_extension(certificate, issuer, NID_info_access, request.info_access);
    }
    add_extension(certificate, issuer, NID_key_usage,
                  request.ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
    if (!request.extended_key_usage.empty()) {
        add_extension(certificate, issuer, NID_ext_key_usage, request.extended_key_usage);
    }
    const std::string names = alternative_names(request);
    if (!names.empty()) {
        add_extension(certificate, issuer, NID_subject_alt_name, names);
    }
}

x509_handle
sign(const certificate_request& request, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
    x509_handle made(X509_new());
    require(made != nullptr && X509_set_version(made.get(), X509_VERSION_3) == 1, "X509_new");
    set_serial(made.get());
    set_time(X509_getm_notBefore(made.get()), request.not_before);
    set_time(X509_getm_notAfter(made.get()), request.not_after);
    X509_NAME* subject = X509_get_subject_name(made.get());
    require(X509_NAME_add_entry_by_txt(
                subject, "CN", MBSTRING_UTF8,
                reinterpret_cast<const unsigned char*>(request.common_name.c_str()), -1, -1,
                0) == 1,
            "X509_NAME_add_entry_by_txt");
    X509* signer = issuer == nullptr ? made.get() : issuer;
    require(X509_set_issuer_name(made.get(), X509_get_subject_name(signer)) == 1, "issuer");
    require(X509_set_pubkey(made.get(), key) == 1, "X509_set_pubkey");
    add_extensions(made.get(), signer, request);
    require(X509_sign(made.get(), issuer_key, request.sha1 ? EVP_sha1() : EVP_sha256()) != 0,
            "X509_sign");
    return made;
}

}  // namespace

struct credential::state {
    pkey_handle key;
    x509_handle certificate;
};

std::string credential::certificate_pem() const {
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_X509(memory.get(), state_->certificate.get()) == 1, "PEM_write_bio_X509");
    return text_of(memory.get());
}

std::vector<std::uint8_t> credential::certificate_der() const {
    std::uint8_t* data = nullptr;
    const int size = i2d_X509(state_->certificate.get(), &data);
    require(size > 0, "i2d_X509");
    std::vector<std::uint8_t> der(data, data + size);
    OPENSSL_free(data);
    return der;
}

std::string credential::key_pem() const {
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_PKCS8PrivateKey(memory.get(), state_->key.get(), nullptr, nullptr, 0,
                                          nullptr, nullptr) == 1,
            "PEM_write_bio_PKCS8PrivateKey");
    return text_of(memory.get());
}

std::string credential::encrypted_key_pem(const std::string& passphrase) const {
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_PKCS8PrivateKey(memory.get(), state_->key.get(), EVP_aes_256_cbc(),
                                          passphrase.data(), static_cast<int>(passphrase.size()),
                                          nullptr, nullptr) == 1,
            "PEM_write_bio_PKCS8PrivateKey");
    return text_of(memory.get());
}

std::string credential::traditional_key_pem(const std::string& passphrase) const {
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_PrivateKey_traditional(
                memory.get(), state_->key.get(), EVP_aes_128_cbc(),
                reinterpret_cast<const unsigned char*>(passphrase.data()),
                static_cast<int>(passphrase.size()), nullptr, nullptr) == 1,
            "PEM_write_bio_PrivateKey_traditional");
    return text_of(memory.get());
}

std::string credential::pkcs12(const std::string& passphrase,
                               const std::vector<credential>& others,
                               pkcs12_form form) const {
    const bool modern = form == pkcs12_form::modern;
    const int encryption = modern ? NID_aes_256_cbc : NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
    const x509_stack_handle beside(sk_X509_new_null());
    for (const credential& other : others) {
        X509_up_ref(other.state_->certificate.get());
        sk_X509_push(beside.get(), other.state_->certificate.get());
    }
    // Without a MAC at first (-1): its digest is then chosen.
    const pkcs12_handle made(PKCS12_create(passphrase.c_str(), nullptr, state_->key.get(),
                                           state_->certificate.get(), beside.get(), encryption,
                                           encryption, PKCS12_DEFAULT_ITER, -1, 0));
    require(made != nullptr, "PKCS12_create");
    require(PKCS12_set_mac(made.get(), passphrase.c_str(), -1, nullptr, 0, PKCS12_DEFAULT_ITER,
                           modern ? EVP_sha256() : EVP_sha1()) == 1,
            "PKCS12_set_mac");
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(i2d_PKCS12_bio(memory.get(), made.get()) == 1, "i2d_PKCS12_bio");
    return text_of(memory.get());
}

std::string credential::crl_pem(const std::vector<credential>& revoked,
                                std::chrono::seconds this_update,
                                std::chrono::seconds next_update) const {
    const crl_handle made(X509_CRL_new());
    require(made != nullptr && X509_CRL_set_version(made.get(), X509_CRL_VERSION_2) == 1,
            "X509_CRL_new");
    X509_CRL_set_issuer_name(made.get(), X509_get_subject_name(state_->certificate.get()));
    const time_handle from(ASN1_TIME_set(nullptr, static_cast<time_t>(this_update.count())));
    const time_handle to(ASN1_TIME_set(nullptr, static_cast<time_t>(next_update.count())));
    X509_CRL_set1_lastUpdate(made.get(), from.get());
    X509_CRL_set1_nextUpdate(made.get(), to.get());
    for (const credential& each : revoked) {
        X509_REVOKED* entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(each.state_->certificate.get()));
        X509_REVOKED_set_revocationDate(entry, from.get());
        require(X509_CRL_add0_revoked(made.get(), entry) == 1, "X509_CRL_add0_revoked");
    }
    require(X509_CRL_sign(made.get(), state_->key.get(), EVP_sha256()) != 0, "X509_CRL_sign");
    const bio_handle memory(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_X509_CRL(memory.get(), made.get()) == 1, "PEM_write_bio_X509_CRL");
    return text_of(memory.get());
}

credential credential::issue(const certificate_request& request) const {
    auto made = std::make_shared<state>();
    made->key = make_key(request.key);
    made->certificate =
        sign(request, made->key.get(), state_->certificate.get(), state_->key.get());
    return credential(std::move(made));
}

credential self_signed(const certificate_request& request) {
    auto made = std::make_shared<credential::state>();
    made->key = make_key(request.key);
    made->certificate = sign(request, made->key.get(), nullptr, made->key.get());
    return credential(std::move(made));
}

std::string dh_parameters_2048() {
    return dh_parameters(
        [](EVP_PKEY_CTX* made) { return EVP_PKEY_CTX_set_dh_nid(made, NID_ffdhe2048); });
}

std::string dh_parameters_512() {
    return dh_parameters(
        [](EVP_PKEY_CTX* made) { return EVP_PKEY_CTX_set_dh_paramgen_prime_len(made, 512); });
}

const credential& root() {
    static const credential made = self_signed({.common_name = "polytls test root", .ca = true});
    return made;
}

const credential& localhost() {
    static const credential made =
        root().issue({.dns_names = {"localhost"}, .ip_addresses = {"127.0.0.1", "::1"}});
    return made;
}

const credential& alice() {
    static const credential made = root().issue({.common_name = "alice"});
    return made;
}

}  // namespace polytls::testkit
