#include "ticket_keys.hpp"

#include "engine.hpp"

#include <polytls/core/ticket_keys.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>

namespace polytls::openssl {
namespace {

constexpr int failed = -1;
constexpr int unknown_key = 0;
constexpr int done = 1;

/// Fetched once for the life of the process: what EVP_aes_128_cbc gives is fetched at each use.
const EVP_CIPHER* ticket_cipher() noexcept {
    static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr);
    return fetched;
}

bool set_mac_key(EVP_MAC_CTX* mac, bytes key) noexcept {
    char digest[] = "SHA256";
    // OpenSSL takes parameters it only reads as if it wrote them.
    auto* data = const_cast<std::uint8_t*>(key.data());
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, data, key.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

int prepare_ticket(SSL* ssl,
                   unsigned char* name,
                   unsigned char* iv,
                   EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac,
                   int sealing) noexcept {
    const bytes keys = engine::of(ssl).ticket_keys();
    const bytes own_name = keys.first(ticket_key_part);
    const bytes aes_key = keys.subspan(ticket_aes_key_at, ticket_key_part);
    if (!set_mac_key(mac, keys.subspan(ticket_hmac_key_at, ticket_key_part))) {
        return failed;
    }
    if (sealing == 0) {
        if (!std::equal(own_name.begin(), own_name.end(), name)) {
            return unknown_key;
        }
        return EVP_DecryptInit_ex2(cipher, ticket_cipher(), aes_key.data(), iv, nullptr) == 1
                   ? done
                   : failed;
    }
    std::copy(own_name.begin(), own_name.end(), name);
    const bool ready =
        RAND_bytes(iv, EVP_CIPHER_get_iv_length(ticket_cipher())) == 1 &&
        EVP_EncryptInit_ex2(cipher, ticket_cipher(), aes_key.data(), iv, nullptr) == 1;
    return ready ? done : failed;
}

}  // namespace

bool use_ticket_keys(SSL_CTX* ctx) noexcept {
    return SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, prepare_ticket) == 1;
}

}  // namespace polytls::openssl
