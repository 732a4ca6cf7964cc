#include "signer.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace polytls::testkit {
namespace {

using pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using pkey_ctx = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using md_ctx = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

const EVP_MD* digest_of(const std::string& scheme) {
    return scheme.ends_with("sha512")   ? EVP_sha512()
           : scheme.ends_with("sha384") ? EVP_sha384()
                                        : EVP_sha256();
}

bool sign_message(EVP_PKEY* key, bytes message, std::uint8_t* signature, std::size_t& size) {
    const md_ctx ctx(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return EVP_DigestSignInit(ctx.get(), nullptr, nullptr, nullptr, key) == 1 &&
           EVP_DigestSign(ctx.get(), signature, &size, message.data(), message.size()) == 1;
}

bool sign_digest(EVP_PKEY* key,
                 const std::string& scheme,
                 bytes digest,
                 std::uint8_t* signature,
                 std::size_t& size) {
    const pkey_ctx ctx(EVP_PKEY_CTX_new(key, nullptr), EVP_PKEY_CTX_free);
    bool done = EVP_PKEY_sign_init(ctx.get()) == 1;
    if (scheme.starts_with("rsa_pss")) {
        done = done && EVP_PKEY_CTX_set_rsa_padding(ctx.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx.get(), RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    return done && EVP_PKEY_CTX_set_signature_md(ctx.get(), digest_of(scheme)) == 1 &&
           EVP_PKEY_sign(ctx.get(), signature, &size, digest.data(), digest.size()) == 1;
}

}  // namespace

std::vector<std::uint8_t> sign(const credential& with, signature_scheme as, bytes input) {
    const std::string pem = with.key_pem();
    const bio text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
    const pkey key(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    const std::string scheme(name_of(as));
    std::vector<std::uint8_t> signature(1024);
    std::size_t size = signature.size();
    const bool done = scheme.starts_with("ed")
                          ? sign_message(key.get(), input, signature.data(), size)
                          : sign_digest(key.get(), scheme, input, signature.data(), size);
    if (!done) {
        throw std::runtime_error("cannot sign as " + scheme);
    }
    signature.resize(size);
    return signature;
}

}  // namespace polytls::testkit
