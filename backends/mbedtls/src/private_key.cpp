#include "private_key.hpp"

#include "errors.hpp"
#include "pbe.hpp"

#include <polytls/core/x509.hpp>

#include <mbedtls/pem.h>

#include <algorithm>

namespace polytls::mbedtls {
namespace {

constexpr std::string_view begins_encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
constexpr std::string_view ends_encrypted = "-----END ENCRYPTED PRIVATE KEY-----";

class pem_block {
public:
    pem_block() noexcept { mbedtls_pem_init(&context_); }

    ~pem_block() { mbedtls_pem_free(&context_); }

    pem_block(const pem_block&) = delete;
    pem_block& operator=(const pem_block&) = delete;

    mbedtls_pem_context* get() noexcept { return &context_; }

    bytes content() const noexcept { return compat::content_of(context_); }

private:
    mbedtls_pem_context context_;
};

status meaning_of(int result, bool has_passphrase) noexcept {
    status why{.code = errc::bad_private_key, .native = result};
    if (result == 0) {
        return {};
    }
    if (is_out_of_memory(result)) {
        why.code = errc::no_memory;
    } else if (result == MBEDTLS_ERR_PK_PASSWORD_REQUIRED ||
               result == MBEDTLS_ERR_PK_PASSWORD_MISMATCH) {
        why.code = has_passphrase ? errc::wrong_passphrase : errc::passphrase_required;
    } else if (is_unsupported(result)) {
        why.code = errc::unsupported_by_backend;
    }
    return why;
}

status
read_encrypted(bytes der, const spi::private_key_source& source, mbedtls_pk_context& key) noexcept {
    const auto encrypted = parse_encrypted_key(der);
    if (!encrypted) {
        return {.code = errc::bad_private_key};
    }
    if (!source.has_passphrase) {
        return {.code = errc::passphrase_required};
    }
    secret_handle opened;
    status bad = decrypt(encrypted->algorithm, encrypted->data,
                         {.text = as_bytes(source.passphrase)}, opened);
    if (!bad) {
        bad = meaning_of(compat::read_key(key, opened->content(), {}), true);
        // What comes out by another passphrase may seem to have a sound end.
        bad.code = bad.code == errc::bad_private_key ? errc::wrong_passphrase : bad.code;
    }
    bad.code = bad.code == errc::decode_error ? errc::bad_private_key : bad.code;
    return bad;
}

}  // namespace

std::optional<encrypted_key> parse_encrypted_key(bytes der) noexcept {
    constexpr std::uint8_t octet_string = 0x04;
    constexpr std::uint8_t sequence = 0x30;
    x509::der_reader file(der);
    x509::der_element element;
    x509::der_element algorithm;
    x509::der_element data;
    if (!file.next(sequence, element) || !file.finished()) {
        return std::nullopt;
    }
    x509::der_reader info(element.content);
    if (!info.next(sequence, algorithm) || !info.next(octet_string, data) || !info.finished()) {
        return std::nullopt;
    }
    return encrypted_key{.algorithm = algorithm.content, .data = data.content};
}

status read_key(const spi::private_key_source& source, mbedtls_pk_context& key) noexcept {
    if (source.encoding == spi::key_encoding::der) {
        return parse_encrypted_key(source.data)
                   ? read_encrypted(source.data, source, key)
                   : meaning_of(compat::read_key(key, source.data, {}), source.has_passphrase);
    }
    // mbedTLS tells PEM from DER by a NUL behind it.
    const secret text(source.data.size() + 1);
    if (!text) {
        return {.code = errc::no_memory};
    }
    *std::copy(source.data.begin(), source.data.end(), text.data()) = 0;
    if (as_text(source.data).find(begins_encrypted) == std::string_view::npos) {
        return meaning_of(compat::read_key(key, text.content(), as_bytes(source.passphrase)),
                          source.has_passphrase);
    }
    pem_block block;
    std::size_t used = 0;
    const int failed =
        mbedtls_pem_read_buffer(block.get(), begins_encrypted.data(), ends_encrypted.data(),
                                text.data(), nullptr, 0, &used);
    return failed != 0 ? meaning_of(failed, source.has_passphrase)
                       : read_encrypted(block.content(), source, key);
}

}  // namespace polytls::mbedtls
