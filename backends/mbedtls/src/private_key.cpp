#include "private_key.hpp"

#include "errors.hpp"
#include "memory.hpp"

#include <polytls/core/x509.hpp>

#include <mbedtls/pem.h>

#include <algorithm>

namespace polytls::mbedtls {
namespace {

/// What stands in memory for a while and is a secret.
class secret_copy {
public:
    explicit secret_copy(bytes of) noexcept : room_(of.size() + 1) {
        if (room_.data() != nullptr) {
            *std::copy(of.begin(), of.end(), room_.data()) = 0;
        }
    }

    ~secret_copy() {
        if (room_.data() != nullptr) {
            mbedtls_platform_zeroize(room_.data(), room_.size());
        }
    }

    secret_copy(const secret_copy&) = delete;
    secret_copy& operator=(const secret_copy&) = delete;

    /// With a NUL behind them, which mbedTLS tells PEM from DER by; empty when there was no memory.
    bytes with_nul() const noexcept {
        return room_.data() == nullptr ? bytes{} : bytes{room_.data(), room_.size()};
    }

private:
    scratch room_;
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

/// Whether it is an EncryptedPrivateKeyInfo (RFC 5208, section 6): an algorithm, and what it hides.
bool is_encrypted(bytes der) noexcept {
    constexpr std::uint8_t octet_string = 0x04;
    constexpr std::uint8_t sequence = 0x30;
    x509::der_reader file(der);
    x509::der_element element;
    if (!file.next(sequence, element) || !file.finished()) {
        return false;
    }
    x509::der_reader info(element.content);
    return info.next(sequence, element) && info.next(octet_string, element) && info.finished();
}

}  // namespace

status read_key(const spi::private_key_source& source, mbedtls_pk_context& key) noexcept {
    if (source.encoding == spi::key_encoding::der) {
        if (is_encrypted(source.data)) {
            return {.code = errc::unsupported_by_backend};
        }
        return meaning_of(compat::read_key(key, source.data, {}), source.has_passphrase);
    }
    const std::string_view text = as_text(source.data);
    if (text.find("ENCRYPTED") != text.npos) {
        return {.code = errc::unsupported_by_backend};
    }
    const secret_copy pem(source.data);
    if (pem.with_nul().empty()) {
        return {.code = errc::no_memory};
    }
    return meaning_of(compat::read_key(key, pem.with_nul(), as_bytes(source.passphrase)),
                      source.has_passphrase);
}

}  // namespace polytls::mbedtls
