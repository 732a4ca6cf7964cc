#include "pbe.hpp"

#include "errors.hpp"

#include <polytls/core/x509.hpp>

#include <mbedtls/cipher.h>
#include <mbedtls/md.h>
#include <mbedtls/pkcs5.h>
#include <mbedtls/platform_util.h>

#include <algorithm>
#include <array>

namespace polytls::mbedtls {
namespace {

constexpr std::uint8_t integer = 0x02;
constexpr std::uint8_t octet_string = 0x04;
constexpr std::uint8_t object_id = 0x06;
constexpr std::uint8_t sequence = 0x30;

/// More would keep whoever reads such a file busy for long.
constexpr std::uint32_t most_iterations = 10'000'000;
constexpr std::size_t longest_key = 32;
constexpr std::size_t longest_block = 128;

// Contents of OIDs.
constexpr std::uint8_t pbes2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d};
constexpr std::uint8_t pbkdf2[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c};
constexpr std::uint8_t pkcs12_3des[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03};
constexpr std::uint8_t hmac_sha1[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x07};
constexpr std::uint8_t hmac_sha224[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x08};
constexpr std::uint8_t hmac_sha256[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09};
constexpr std::uint8_t hmac_sha384[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0a};
constexpr std::uint8_t hmac_sha512[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0b};
constexpr std::uint8_t aes_128[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02};
constexpr std::uint8_t aes_192[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x16};
constexpr std::uint8_t aes_256[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a};
constexpr std::uint8_t des3[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x03, 0x07};
constexpr std::uint8_t sha1[] = {0x2b, 0x0e, 0x03, 0x02, 0x1a};
constexpr std::uint8_t sha256[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
constexpr std::uint8_t sha384[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02};
constexpr std::uint8_t sha512[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03};
constexpr std::uint8_t sha224[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04};

template <class Number>
struct named {
    bytes oid;
    Number number;
};

constexpr named<mbedtls_md_type_t> prfs[] = {{hmac_sha1, MBEDTLS_MD_SHA1},
                                             {hmac_sha224, MBEDTLS_MD_SHA224},
                                             {hmac_sha256, MBEDTLS_MD_SHA256},
                                             {hmac_sha384, MBEDTLS_MD_SHA384},
                                             {hmac_sha512, MBEDTLS_MD_SHA512}};

constexpr named<mbedtls_md_type_t> digests[] = {{sha1, MBEDTLS_MD_SHA1},
                                                {sha224, MBEDTLS_MD_SHA224},
                                                {sha256, MBEDTLS_MD_SHA256},
                                                {sha384, MBEDTLS_MD_SHA384},
                                                {sha512, MBEDTLS_MD_SHA512}};

constexpr named<mbedtls_cipher_type_t> ciphers[] = {{aes_128, MBEDTLS_CIPHER_AES_128_CBC},
                                                    {aes_192, MBEDTLS_CIPHER_AES_192_CBC},
                                                    {aes_256, MBEDTLS_CIPHER_AES_256_CBC},
                                                    {des3, MBEDTLS_CIPHER_DES_EDE3_CBC}};

/// The number with an OID; that of nothing (0, in all of mbedTLS's lists) for an unknown one.
template <class Number, std::size_t Size>
Number number_of(const named<Number> (&known)[Size], bytes oid) noexcept {
    const auto* found = std::find_if(std::begin(known), std::end(known), [oid](const auto& one) {
        return std::ranges::equal(one.oid, oid);
    });
    return found == std::end(known) ? Number{} : found->number;
}

bool is(bytes oid, bytes known) noexcept {
    return std::ranges::equal(oid, known);
}

constexpr status malformed{.code = errc::decode_error};
constexpr status unsupported{.code = errc::unsupported_by_backend};

struct cipher {
    cipher() noexcept { mbedtls_cipher_init(&context); }

    ~cipher() { mbedtls_cipher_free(&context); }

    cipher(const cipher&) = delete;
    cipher& operator=(const cipher&) = delete;

    mbedtls_cipher_context_t context;
};

struct digest {
    digest() noexcept { mbedtls_md_init(&context); }

    ~digest() { mbedtls_md_free(&context); }

    digest(const digest&) = delete;
    digest& operator=(const digest&) = delete;

    mbedtls_md_context_t context;
};

status decrypt_cbc(mbedtls_cipher_type_t type,
                   bytes key,
                   bytes iv,
                   bytes encrypted,
                   secret_handle& opened) noexcept {
    cipher with;
    opened.reset(make<secret>(encrypted.size() + longest_block));
    if (!opened || !*opened) {
        return {.code = errc::no_memory};
    }
    int failed = mbedtls_cipher_setup(&with.context, mbedtls_cipher_info_from_type(type));
    if (failed == 0) {
        failed = mbedtls_cipher_setkey(&with.context, key.data(), static_cast<int>(key.size() * 8),
                                       MBEDTLS_DECRYPT);
    }
    if (failed == 0) {
        failed = mbedtls_cipher_set_padding_mode(&with.context, MBEDTLS_PADDING_PKCS7);
    }
    std::size_t size = 0;
    if (failed == 0) {
        failed = mbedtls_cipher_crypt(&with.context, iv.data(), iv.size(), encrypted.data(),
                                      encrypted.size(), opened->data(), &size);
    }
    opened->shorten(size);
    return failed == 0 ? status{} : status{.code = errc::wrong_passphrase, .native = failed};
}

/// What a key of PBES2 is derived by.
struct derivation {
    bytes salt{};
    std::uint32_t iterations = 0;
    mbedtls_md_type_t prf = MBEDTLS_MD_SHA1;  // Where nothing is said (RFC 8018, appendix A.2).
};

status read_derivation(bytes algorithm, derivation& how) noexcept {
    x509::der_reader reader(algorithm);
    x509::der_element element;
    if (!reader.next(object_id, element)) {
        return malformed;
    }
    if (!is(element.content, pbkdf2)) {
        return unsupported;
    }
    if (!reader.next(sequence, element)) {
        return malformed;
    }
    x509::der_reader parameters(element.content);
    // The salt may be chosen in other ways, which nobody does.
    if (!parameters.next(octet_string, element)) {
        return malformed;
    }
    how.salt = element.content;
    if (!parameters.next(integer, element) || !read_iterations(element.content, how.iterations)) {
        return malformed;
    }
    parameters.next(integer, element);  // The key's length, which its cipher says as well.
    if (parameters.next(sequence, element)) {
        x509::der_reader prf(element.content);
        if (!prf.next(object_id, element)) {
            return malformed;
        }
        how.prf = number_of(prfs, element.content);
    }
    if (!parameters.finished()) {
        return malformed;
    }
    return how.prf == MBEDTLS_MD_NONE ? unsupported : status{};
}

status
decrypt_pbes2(bytes parameters, bytes encrypted, bytes passphrase, secret_handle& opened) noexcept {
    x509::der_reader reader(parameters);
    x509::der_element how_derived;
    x509::der_element how_encrypted;
    if (!reader.next(sequence, how_derived) || !reader.next(sequence, how_encrypted)) {
        return malformed;
    }
    derivation how;
    if (const status bad = read_derivation(how_derived.content, how)) {
        return bad;
    }
    x509::der_reader scheme(how_encrypted.content);
    x509::der_element oid;
    x509::der_element iv;
    if (!scheme.next(object_id, oid)) {
        return malformed;
    }
    const auto type = number_of(ciphers, oid.content);
    if (type == MBEDTLS_CIPHER_NONE) {
        return unsupported;
    }
    const mbedtls_cipher_info_t* info = mbedtls_cipher_info_from_type(type);
    cipher sizes;
    if (mbedtls_cipher_setup(&sizes.context, info) != 0) {
        return {.code = errc::no_memory};
    }
    const auto key_size =
        static_cast<std::size_t>(mbedtls_cipher_get_key_bitlen(&sizes.context)) / 8;
    if (!scheme.next(octet_string, iv) ||
        iv.content.size() != static_cast<std::size_t>(mbedtls_cipher_get_iv_size(&sizes.context))) {
        return malformed;
    }
    const secret key(key_size);
    digest with;
    if (!key || mbedtls_md_setup(&with.context, mbedtls_md_info_from_type(how.prf), 1) != 0) {
        return {.code = errc::no_memory};
    }
    if (const int failed = mbedtls_pkcs5_pbkdf2_hmac(
            &with.context, passphrase.data(), passphrase.size(), how.salt.data(), how.salt.size(),
            how.iterations, static_cast<std::uint32_t>(key_size), key.data())) {
        return {.code = errc::decode_error, .native = failed};
    }
    return decrypt_cbc(type, key.content(), iv.content, encrypted, opened);
}

/// Repeats `part` until `to` is full.
void fill(mutable_bytes to, bytes part) noexcept {
    for (std::size_t i = 0; !part.empty() && i < to.size(); ++i) {
        to[i] = part[i % part.size()];
    }
}

/// RFC 7292, appendix B.2. mbedTLS has it, but for passphrases of up to 31 letters only.
bool derive(mbedtls_md_type_t type,
            pkcs12_use use,
            bytes string,
            bytes salt,
            std::uint32_t iterations,
            mutable_bytes output) noexcept {
    const mbedtls_md_info_t* info = mbedtls_md_info_from_type(type);
    const std::size_t size = mbedtls_md_get_size(info);
    const std::size_t block = size > 32 ? 128 : 64;
    const auto whole = [block](std::size_t length) { return (length + block - 1) / block * block; };
    digest with;
    secret input(whole(salt.size()) + whole(string.size()));
    if (!input || mbedtls_md_setup(&with.context, info, 0) != 0) {
        return false;
    }
    fill(input.room().first(whole(salt.size())), salt);
    fill(input.room().subspan(whole(salt.size()), whole(string.size())), string);
    std::array<std::uint8_t, longest_block> diversifier{};
    diversifier.fill(static_cast<std::uint8_t>(use));
    std::array<std::uint8_t, MBEDTLS_MD_MAX_SIZE> made{};
    std::array<std::uint8_t, longest_block> repeated{};
    const std::size_t input_size = whole(salt.size()) + whole(string.size());
    while (!output.empty()) {
        bool done = mbedtls_md_starts(&with.context) == 0 &&
                    mbedtls_md_update(&with.context, diversifier.data(), block) == 0 &&
                    mbedtls_md_update(&with.context, input.data(), input_size) == 0 &&
                    mbedtls_md_finish(&with.context, made.data()) == 0;
        for (std::uint32_t i = 1; done && i < iterations; ++i) {
            done = mbedtls_md(info, made.data(), size, made.data()) == 0;
        }
        if (!done) {
            return false;
        }
        const std::size_t part = std::min(size, output.size());
        std::copy_n(made.begin(), part, output.begin());
        output = output.subspan(part);
        // Each block of the input is added to, as a number, what came out, and one.
        fill(std::span(repeated).first(block), bytes(made).first(size));
        for (std::size_t at = 0; at < input_size; at += block) {
            unsigned carry = 1;
            for (std::size_t i = block; i-- > 0;) {
                carry += input.data()[at + i] + unsigned{repeated[i]};
                input.data()[at + i] = static_cast<std::uint8_t>(carry);
                carry >>= 8U;
            }
        }
    }
    mbedtls_platform_zeroize(made.data(), made.size());
    mbedtls_platform_zeroize(repeated.data(), repeated.size());
    return true;
}

status
decrypt_pkcs12(bytes parameters, bytes encrypted, bytes string, secret_handle& opened) noexcept {
    x509::der_reader reader(parameters);
    x509::der_element salt;
    x509::der_element count;
    std::uint32_t iterations = 0;
    if (!reader.next(octet_string, salt) || !reader.next(integer, count) ||
        !read_iterations(count.content, iterations)) {
        return malformed;
    }
    const secret key(24);
    std::array<std::uint8_t, 8> iv{};
    if (!key ||
        !derive(MBEDTLS_MD_SHA1, pkcs12_use::key, string, salt.content, iterations, key.room()) ||
        !derive(MBEDTLS_MD_SHA1, pkcs12_use::iv, string, salt.content, iterations, iv)) {
        return {.code = errc::no_memory};
    }
    return decrypt_cbc(MBEDTLS_CIPHER_DES_EDE3_CBC, key.content(), iv, encrypted, opened);
}

}  // namespace

secret::~secret() {
    if (room_.data() != nullptr) {
        mbedtls_platform_zeroize(room_.data(), room_.size());
    }
}

status decrypt(bytes algorithm,
               bytes encrypted,
               const passphrase_forms& passphrase,
               secret_handle& opened) noexcept {
    x509::der_reader reader(algorithm);
    x509::der_element oid;
    x509::der_element parameters;
    if (!reader.next(object_id, oid)) {
        return malformed;
    }
    if (!is(oid.content, pbes2) && !is(oid.content, pkcs12_3des)) {
        return unsupported;
    }
    if (!reader.next(sequence, parameters)) {
        return malformed;
    }
    return is(oid.content, pbes2)
               ? decrypt_pbes2(parameters.content, encrypted, passphrase.text, opened)
               : decrypt_pkcs12(parameters.content, encrypted, passphrase.string, opened);
}

status check_mac(const pkcs12_mac& mac, bytes string, bytes data, bytes expected) noexcept {
    const auto type = number_of(digests, mac.digest_oid);
    if (type == MBEDTLS_MD_NONE) {
        return unsupported;
    }
    const mbedtls_md_info_t* info = mbedtls_md_info_from_type(type);
    const std::size_t size = mbedtls_md_get_size(info);
    const secret key(size);
    std::array<std::uint8_t, MBEDTLS_MD_MAX_SIZE> made{};
    if (!key || !derive(type, pkcs12_use::mac, string, mac.salt, mac.iterations, key.room()) ||
        mbedtls_md_hmac(info, key.data(), size, data.data(), data.size(), made.data()) != 0) {
        return {.code = errc::no_memory};
    }
    return {.code = std::ranges::equal(bytes(made).first(size), expected) ? errc::ok
                                                                          : errc::wrong_passphrase};
}

bool read_iterations(bytes integer_content, std::uint32_t& value) noexcept {
    if (integer_content.empty() || integer_content.size() > 4 ||
        (integer_content[0] & 0x80U) != 0) {
        return false;
    }
    value = 0;
    for (const std::uint8_t byte : integer_content) {
        value = value << 8U | byte;
    }
    return value != 0 && value <= most_iterations;
}

}  // namespace polytls::mbedtls
