#include "pkcs12.hpp"

#include "errors.hpp"
#include "handles.hpp"
#include "memory.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <limits>

namespace polytls::openssl {
namespace {

using pkcs12_handle = std::unique_ptr<PKCS12, freed_by<PKCS12_free>>;

constexpr std::size_t longest_passphrase = 1024;

/// A passphrase as OpenSSL wants it, ended by a NUL.
class c_text {
public:
    explicit c_text(std::string_view text) noexcept { std::ranges::copy(text, text_); }

    ~c_text() { OPENSSL_cleanse(text_, sizeof text_); }

    c_text(const c_text&) = delete;
    c_text& operator=(const c_text&) = delete;

    const char* get() const noexcept { return text_; }

private:
    char text_[longest_passphrase + 1] = {};
};

bool has_unknown_encryption() noexcept {
    const unsigned long error = ERR_peek_error();
    const int reason = ERR_GET_REASON(error);
    return reason == ERR_R_UNSUPPORTED ||
           (ERR_GET_LIB(error) == ERR_LIB_EVP && reason == EVP_R_UNSUPPORTED_ALGORITHM);
}

/// Hands over what `i2d` writes of an object.
template <class T, class Take>
bool encode(T* object, int (*i2d)(T*, unsigned char**), Take take) noexcept {
    const int size = i2d(object, nullptr);
    const scratch room(static_cast<std::size_t>(std::max(size, 0)));
    std::uint8_t* at = room.data();
    if (size <= 0 || at == nullptr || i2d(object, &at) != size) {
        return false;
    }
    take(bytes(room.data(), room.size()));
    OPENSSL_cleanse(room.data(), room.size());
    return true;
}

int encode_key(EVP_PKEY* key, unsigned char** out) noexcept {
    return i2d_PrivateKey(key, out);
}

int encode_certificate(X509* certificate, unsigned char** out) noexcept {
    return i2d_X509(certificate, out);
}

status hand_over(EVP_PKEY* key,
                 X509* leaf,
                 STACK_OF(X509) * others,
                 spi::pkcs12_contents& contents) noexcept {
    const auto certificate = [&contents](bytes der) { contents.certificate(der); };
    bool whole = encode(key, encode_key, [&contents](bytes der) { contents.key(der); }) &&
                 encode(leaf, encode_certificate, certificate);
    for (int i = 0; whole && i < sk_X509_num(others); ++i) {
        whole = encode(sk_X509_value(others, i), encode_certificate, certificate);
    }
    ERR_clear_error();
    return {.code = whole ? errc::ok : errc::no_memory};
}

}  // namespace

status
read_pkcs12(bytes data, std::string_view passphrase, spi::pkcs12_contents& contents) noexcept {
    ERR_clear_error();
    if (passphrase.size() > longest_passphrase || passphrase.find('\0') != passphrase.npos) {
        return {.code = errc::wrong_passphrase};
    }
    const std::uint8_t* at = data.data();
    const pkcs12_handle file(d2i_PKCS12(nullptr, &at, static_cast<long>(data.size())));
    if (!file) {
        return take_error(errc::bad_pkcs12);
    }
    const c_text text(passphrase);
    if (PKCS12_mac_present(file.get()) == 1 && PKCS12_verify_mac(file.get(), text.get(), -1) != 1 &&
        // Without a passphrase, files are made with none and with an empty one.
        (!passphrase.empty() || PKCS12_verify_mac(file.get(), nullptr, 0) != 1)) {
        return take_error(errc::wrong_passphrase);
    }
    EVP_PKEY* key = nullptr;
    X509* leaf = nullptr;
    STACK_OF(X509)* others = nullptr;
    const bool parsed = PKCS12_parse(file.get(), text.get(), &key, &leaf, &others) == 1;
    const pkey_handle own_key(key);
    const x509_handle own_leaf(leaf);
    const x509_stack_handle own_others(others);
    if (!parsed || key == nullptr || leaf == nullptr) {
        const bool unknown = has_unknown_encryption();
        status why = take_error(errc::bad_pkcs12);
        if (why.code != errc::no_memory) {
            why.code = unknown ? errc::unsupported_by_backend : errc::bad_pkcs12;
        }
        return why;
    }
    return hand_over(key, leaf, others, contents);
}

}  // namespace polytls::openssl
