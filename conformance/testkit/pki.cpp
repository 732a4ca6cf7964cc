#include "pki.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
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
using object_handle = std::unique_ptr<ASN1_OBJECT, freed_by<ASN1_OBJECT_free>>;
using octets_handle = std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_STRING_free>>;
using extension_handle = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using p8_handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, freed_by<PKCS8_PRIV_KEY_INFO_free>>;
using sealed_handle = std::unique_ptr<X509_SIG, freed_by<X509_SIG_free>>;
using algorithm_handle = std::unique_ptr<X509_ALGOR, freed_by<X509_ALGOR_free>>;
using library_handle = std::unique_ptr<OSSL_LIB_CTX, freed_by<OSSL_LIB_CTX_free>>;
using provider_handle = std::unique_ptr<OSSL_PROVIDER, freed_by<OSSL_PROVIDER_unload>>;
using bio_handle = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("libcrypto failed: ") + what);
    }
}

pkey_handle make_rsa_pss_key() {
    const pkey_context_handle context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr));
    require(context && EVP_PKEY_keygen_init(context.get()) == 1 &&
                EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) == 1,
            "EVP_PKEY_keygen_init");
    EVP_PKEY* made = nullptr;
    require(EVP_PKEY_generate(context.get(), &made) == 1, "EVP_PKEY_generate");
    return pkey_handle(made);
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
    case key_kind::rsa_pss:
        return make_rsa_pss_key();
    case key_kind::ed25519:
        return pkey_handle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    }
    return nullptr;
}

std::string text_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

/// PKCS#8 as `openssl pkcs8 -topk8 -scrypt` writes it.
void write_under_scrypt(BIO* output, EVP_PKEY* key, const std::string& passphrase) {
    const p8_handle plain(EVP_PKEY2PKCS8(key));
    algorithm_handle how(
        PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, 16384, 8, 1));
    require(plain && how, "PKCS5_pbe2_set_scrypt");
    const sealed_handle sealed(PKCS8_set0_pbe(
        passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), how.get()));
    require(sealed != nullptr, "PKCS8_set0_pbe");
    // The sealed key owns it now.
    static_cast<void>(how.release());
    require(PEM_write_bio_PKCS8(output, sealed.get()) == 1, "PEM_write_bio_PKCS8");
}

/// A library context of its own with RC2 in it, so that nobody else learns of it.
class library_with_legacy_ciphers {
public:
    library_with_legacy_ciphers() {
        require(usual_ != nullptr && legacy_ != nullptr, "OSSL_PROVIDER_load");
    }

    OSSL_LIB_CTX* get() const { return context_.get(); }

private:
    library_handle context_{OSSL_LIB_CTX_new()};
    provider_handle usual_{OSSL_PROVIDER_load(context_.get(), "default")};
    provider_handle legacy_{OSSL_PROVIDER_load(context_.get(), "legacy")};
};

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

/// How a key signs certificates.
const EVP_MD* digest_for(EVP_PKEY* key, bool sha1) {
    // Ed25519 brings its own.
    return EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : sha1 ? EVP_sha1() : EVP_sha256();
}

/// The bits that fit the key: RSA also encrypts, in key exchanges of its own.
std::string key_usage_of(const certificate_request& request) {
    if (request.ca) {
        return "critical,keyCertSign,cRLSign";
    }
    const bool encrypts = request.key == key_kind::rsa_2048 || request.key == key_kind::rsa_1024;
    return encrypts ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature";
}

void add_unknown_extension(X509* certificate) {
    const object_handle type(OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1));
    const octets_handle value(ASN1_OCTET_STRING_new());
    const extension_handle made(X509_EXTENSION_create_by_OBJ(nullptr, type.get(), 1, value.get()));
    require(made && X509_add_ext(certificate, made.get(), -1) == 1, "X509_add_ext");
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
    add_extension(certificate, issuer, NID_key_usage, key_usage_of(request));
    if (!request.info_access.empty()) {
        add_extension(certificate, issuer, NID_info_access, request.info_access);
    }
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    if (!request.without_authority_key) {
        add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
    }
    if (!request.name_constraints.empty()) {
        add_extension(certificate, issuer, NID_name_constraints, request.name_constraints);
    }
    if (request.unknown_critical_extension) {
        add_unknown_extension(certificate);
    }
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
    require(X509_sign(made.get(), issuer_key, digest_for(issuer_key, request.sha1)) != 0,
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

std::vector<std::uint8_t> credential::key_der() const {
    return der_of(key_pem());
}

std::vector<std::uint8_t> credential::traditional_key_der() const {
    std::uint8_t* data = nullptr;
    const int size = i2d_PrivateKey(state_->key.get(), &data);
    require(size > 0, "i2d_PrivateKey");
    std::vector<std::uint8_t> der(data, data + size);
    OPENSSL_free(data);
    return der;
}

std::string credential::encrypted_key_pem(const std::string& passphrase,
                                          key_derivation derivation) const {
    const bio_handle memory(BIO_new(BIO_s_mem()));
    if (derivation == key_derivation::scrypt) {
        write_under_scrypt(memory.get(), state_->key.get(), passphrase);
        return text_of(memory.get());
    }
    require(PEM_write_bio_PKCS8PrivateKey(memory.get(), state_->key.get(), EVP_aes_256_cbc(),
                                          passphrase.data(), static_cast<int>(passphrase.size()),
                                          nullptr, nullptr) == 1,
            "PEM_write_bio_PKCS8PrivateKey");
    return text_of(memory.get());
}

std::vector<std::uint8_t> credential::encrypted_key_der(const std::string& passphrase) const {
    return der_of(encrypted_key_pem(passphrase));
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
    const int for_key = modern ? NID_aes_256_cbc : NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
    const int for_certificates =
        form == pkcs12_form::rc2_40 ? NID_pbe_WithSHA1And40BitRC2_CBC : for_key;
    std::optional<library_with_legacy_ciphers> library;
    if (form == pkcs12_form::rc2_40) {
        library.emplace();
    }
    const x509_stack_handle beside(sk_X509_new_null());
    for (const credential& other : others) {
        X509_up_ref(other.state_->certificate.get());
        sk_X509_push(beside.get(), other.state_->certificate.get());
    }
    // Without a MAC at first (-1): its digest is then chosen.
    const pkcs12_handle made(PKCS12_create_ex(passphrase.c_str(), nullptr, state_->key.get(),
                                              state_->certificate.get(), beside.get(), for_key,
                                              for_certificates, PKCS12_DEFAULT_ITER, -1, 0,
                                              library ? library->get() : nullptr, nullptr));
    require(made != nullptr, "PKCS12_create_ex");
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

std::vector<std::uint8_t> credential::crl_der(const std::vector<credential>& revoked,
                                              std::chrono::seconds this_update,
                                              std::chrono::seconds next_update) const {
    return der_of(crl_pem(revoked, this_update, next_update));
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

std::vector<std::uint8_t> dh_parameters_der() {
    return der_of(dh_parameters_2048());
}

std::vector<std::uint8_t> der_of(const std::string& pem) {
    const bio_handle memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    require(PEM_read_bio(memory.get(), &name, &header, &data, &size) == 1, "PEM_read_bio");
    std::vector<std::uint8_t> der(data, data + size);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    return der;
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
