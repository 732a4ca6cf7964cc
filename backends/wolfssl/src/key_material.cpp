#include "key_material.hpp"

#include "errors.hpp"

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/coding.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace polytls::wolfssl {
namespace {

constexpr std::size_t longest_passphrase = 1024;

/// More certificates wolfSSL neither sends nor takes.
constexpr std::size_t longest_chain = 9;

/// id-scrypt (RFC 7914, section 7), the content of the OID.
constexpr std::uint8_t scrypt_oid[] = {0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b};

constexpr std::uint8_t tag_sequence = 0x30;
constexpr std::uint8_t tag_octet_string = 0x04;

/// A passphrase as wolfSSL wants it, ended by a NUL.
class c_text {
public:
    explicit c_text(std::string_view text) noexcept { std::ranges::copy(text, text_.begin()); }

    ~c_text() { blob::wipe(reinterpret_cast<std::uint8_t*>(text_.data()), text_.size()); }

    c_text(const c_text&) = delete;
    c_text& operator=(const c_text&) = delete;

    const char* get() const noexcept { return text_.data(); }

private:
    std::array<char, longest_passphrase + 1> text_{};
};

bool usable_passphrase(std::string_view text) noexcept {
    return text.size() <= longest_passphrase && text.find('\0') == text.npos;
}

/// An EncryptedPrivateKeyInfo (RFC 5958, section 3): an algorithm, then the encrypted key. Plain
/// keys begin with a version.
bool is_encrypted(bytes der) noexcept {
    x509::der_element whole;
    x509::der_element part;
    if (!x509::der_reader(der).next(tag_sequence, whole)) {
        return false;
    }
    x509::der_reader reader(whole.content);
    return reader.next(tag_sequence, part) && reader.next(tag_octet_string, part) &&
           reader.finished();
}

bool contains(bytes data, bytes part) noexcept {
    return std::search(data.begin(), data.end(), part.begin(), part.end()) != data.end();
}

bool is_whole_sequence(bytes der) noexcept {
    x509::der_reader reader(der);
    x509::der_element whole;
    return reader.next(tag_sequence, whole) && reader.finished();
}

status decrypt(const spi::private_key_source& source, blob& key) noexcept {
    if (contains(key.view(), scrypt_oid)) {
        return {.code = errc::unsupported_by_backend};
    }
    if (!source.has_passphrase) {
        return {.code = errc::passphrase_required};
    }
    if (!usable_passphrase(source.passphrase)) {
        return {.code = errc::wrong_passphrase};
    }
    const c_text passphrase(source.passphrase);
    const int size =
        wc_DecryptPKCS8Key(key.span().data(), static_cast<word32>(key.size()), passphrase.get(),
                           static_cast<int>(source.passphrase.size()));
    if (size <= 0 || !is_whole_sequence(key.view().first(static_cast<std::size_t>(size)))) {
        return {.code = size == MEMORY_E ? errc::no_memory : errc::wrong_passphrase,
                .native = std::min(size, 0)};
    }
    static_cast<void>(key.resize(static_cast<std::size_t>(size)));
    return {};
}

/// The text between the lines of a PEM block.
std::string_view body_of(std::string_view pem) noexcept {
    const std::size_t begin = pem.find("-----BEGIN ");
    const std::size_t line = begin == pem.npos ? begin : pem.find('\n', begin);
    const std::size_t end = line == pem.npos ? line : pem.find("-----END ", line);
    return end == pem.npos ? std::string_view{} : pem.substr(line + 1, end - line - 1);
}

/// A key encrypted as OpenSSL once did (RFC 1421), which wolfSSL reads as text only.
status read_traditional(const spi::private_key_source& source, blob& key) noexcept {
    if (!source.has_passphrase) {
        return {.code = errc::passphrase_required};
    }
    if (!usable_passphrase(source.passphrase)) {
        return {.code = errc::wrong_passphrase};
    }
    if (!key.resize(source.data.size())) {
        return {.code = errc::no_memory};
    }
    const c_text passphrase(source.passphrase);
    const int size =
        wc_KeyPemToDer(source.data.data(), static_cast<int>(source.data.size()), key.span().data(),
                       static_cast<int>(key.size()), passphrase.get());
    // A wrong passphrase gives rubbish, which some versions take for a key.
    if (size <= 0 || !is_whole_sequence(key.view().first(static_cast<std::size_t>(size)))) {
        return {.code = size == MEMORY_E ? errc::no_memory : errc::wrong_passphrase,
                .native = std::min(size, 0)};
    }
    static_cast<void>(key.resize(static_cast<std::size_t>(size)));
    return {};
}

status read_pem(const spi::private_key_source& source, blob& key) noexcept {
    const std::string_view body = body_of(as_text(source.data));
    if (body.empty()) {
        return {.code = errc::bad_private_key};
    }
    if (body.find("DEK-Info:") != body.npos) {
        return read_traditional(source, key);
    }
    if (!key.resize(body.size())) {
        return {.code = errc::no_memory};
    }
    auto size = static_cast<word32>(key.size());
    const int failed = Base64_Decode(as_bytes(body).data(), static_cast<word32>(body.size()),
                                     key.span().data(), &size);
    if (failed != 0) {
        return {.code = failed == MEMORY_E ? errc::no_memory : errc::bad_private_key,
                .native = failed};
    }
    static_cast<void>(key.resize(size));
    return is_encrypted(key.view()) ? decrypt(source, key) : status{};
}

/// Whether wolfSSL takes some DER for a private key of any kind.
bool is_key(bytes der) noexcept {
    const ctx_handle scratch(wolfSSL_CTX_new(wolfSSLv23_method()));
    return scratch && wolfSSL_CTX_use_PrivateKey_buffer(scratch.get(), der.data(),
                                                        static_cast<long>(der.size()),
                                                        SSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS;
}

/// Whether an elliptic key has this public half; wolfSSL's own check lets any of its curve pass.
bool fits_elliptic(const x509::certificate_view& leaf, bytes key) noexcept {
    x509::public_key_view shown;
    if (x509::parse_public_key(leaf.subject_public_key_info, shown) || shown.point.empty()) {
        return false;
    }
    ecc_key pair;
    if (wc_ecc_init(&pair) != 0) {
        return false;
    }
    std::array<std::uint8_t, 2 * MAX_ECC_BYTES + 1> point{};
    auto size = static_cast<word32>(point.size());
    word32 at = 0;
    const bool made =
        wc_EccPrivateKeyDecode(key.data(), &at, &pair, static_cast<word32>(key.size())) == 0 &&
        wc_ecc_make_pub(&pair, nullptr) == 0 &&
        wc_ecc_export_x963_ex(&pair, point.data(), &size, shown.point[0] == 4 ? 0 : 1) == 0;
    wc_ecc_free(&pair);
    return made && std::ranges::equal(bytes(point).first(size), shown.point);
}

status check_chain(std::span<const bytes> chain) noexcept {
    if (chain.size() > longest_chain) {
        return {.code = errc::unsupported_by_backend};
    }
    if (chain.empty() || !std::ranges::all_of(chain, is_certificate)) {
        return {.code = errc::bad_certificate};
    }
    bool weak = false;
    for (const bytes der : chain) {
        x509::certificate_view certificate;
        static_cast<void>(x509::parse_certificate(der, certificate));
        weak = weak || has_weak_key(certificate) ||
               (has_weak_digest(der) && !certificate.self_issued());
    }
    if (weak) {
        return {.code = errc::weak_key};
    }
    x509::certificate_view leaf;
    static_cast<void>(x509::parse_certificate(chain.front(), leaf));
    // wolfSSL would take such certificates, but fails to show or to use them.
    if (key_type_of(leaf) == key_type::other || traits_of(leaf.der).unknown_critical_extension) {
        return {.code = errc::unsupported_by_backend};
    }
    return {};
}

}  // namespace

bool is_certificate(bytes der) noexcept {
    x509::certificate_view certificate;
    return !x509::parse_certificate(der, certificate) && traits_of(der).readable;
}

spi::config_error check_chains(std::span<const spi::certificate_chain> chains) noexcept {
    for (std::size_t i = 0; i < chains.size(); ++i) {
        if (const status bad = check_chain(chains[i].certificates)) {
            return {bad, spi::config_input::certificate, i};
        }
    }
    return {};
}

status read_key(const spi::private_key_source& source, blob& key) noexcept {
    if (source.encoding == spi::key_encoding::pem) {
        if (const status bad = read_pem(source, key)) {
            return bad;
        }
    } else {
        if (!key.assign(source.data)) {
            return {.code = errc::no_memory};
        }
        if (is_encrypted(key.view())) {
            if (const status bad = decrypt(source, key)) {
                return bad;
            }
        }
    }
    return is_key(key.view()) ? status{} : status{.code = errc::bad_private_key};
}

status use_pair(WOLFSSL_CTX* ctx, const spi::certificate_chain& chain, bytes key) noexcept {
    blob all;
    for (const bytes der : chain.certificates) {
        if (!all.append(der)) {
            return {.code = errc::no_memory};
        }
    }
    const int shown = wolfSSL_CTX_use_certificate_chain_buffer_format(
        ctx, all.view().data(), static_cast<long>(all.size()), SSL_FILETYPE_ASN1);
    if (shown != WOLFSSL_SUCCESS) {
        return status_of(shown, errc::bad_certificate);
    }
    const int taken = wolfSSL_CTX_use_PrivateKey_buffer(
        ctx, key.data(), static_cast<long>(key.size()), SSL_FILETYPE_ASN1);
    if (taken != WOLFSSL_SUCCESS) {
        return status_of(taken, errc::key_mismatch);
    }
    // What does not fit, wolfSSL would only notice in a handshake, or not at all.
    x509::certificate_view leaf;
    static_cast<void>(x509::parse_certificate(chain.certificates.front(), leaf));
    const bool fits = wolfSSL_CTX_check_private_key(ctx) == WOLFSSL_SUCCESS &&
                      (key_type_of(leaf) != key_type::ecdsa || fits_elliptic(leaf, key));
    return fits ? status{} : status{.code = errc::key_mismatch};
}

}  // namespace polytls::wolfssl
