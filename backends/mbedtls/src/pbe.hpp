#pragma once

#include "memory.hpp"

#include <polytls/core/bytes.hpp>
#include <polytls/core/status.hpp>

#include <memory>
#include <string_view>

namespace polytls::mbedtls {

/// A buffer that holds a secret and is wiped at its end.
class secret {
public:
    explicit secret(std::size_t size) noexcept : room_(size), size_(size) {}

    ~secret();
    secret(const secret&) = delete;
    secret& operator=(const secret&) = delete;

    /// Whether there was memory for it.
    explicit operator bool() const noexcept { return room_.data() != nullptr; }

    std::uint8_t* data() const noexcept { return room_.data(); }

    mutable_bytes room() const noexcept { return {room_.data(), room_.size()}; }

    bytes content() const noexcept { return {room_.data(), size_}; }

    /// Uses only its front.
    void shorten(std::size_t size) noexcept { size_ = size; }

private:
    scratch room_;
    std::size_t size_;
};

using secret_handle = std::unique_ptr<secret, unmaker>;

/// A passphrase in the two forms in which standards take it.
struct passphrase_forms {
    bytes text{};    ///< As it was given (RFC 8018).
    bytes string{};  ///< As a BMPString with two zeros behind it (RFC 7292, appendix B.1).
};

/// Opens what an AlgorithmIdentifier (its SEQUENCE's content) says is encrypted: PBES2 with PBKDF2
/// and AES or 3DES in CBC mode (RFC 8018), and PKCS#12's own scheme with 3DES (RFC 7292, appendix
/// C). `errc::unsupported_by_backend` for any other, `errc::wrong_passphrase` when what comes out
/// has no sound end, `errc::decode_error` when the parameters are none.
status decrypt(bytes algorithm,
               bytes encrypted,
               const passphrase_forms& passphrase,
               secret_handle& opened) noexcept;

/// What PKCS#12's derivation is used for (RFC 7292, appendix B.3).
enum class pkcs12_use : std::uint8_t { key = 1, iv = 2, mac = 3 };

/// A digest that PKCS#12 files are proven by, with its numbers in mbedTLS.
struct pkcs12_mac {
    bytes digest_oid{};  ///< Content.
    bytes salt{};
    std::uint32_t iterations = 1;
};

/// Computes the HMAC of some data as PKCS#12 does it, and compares. `errc::wrong_passphrase` when
/// it is another, `errc::unsupported_by_backend` for a digest that mbedTLS does not have.
status check_mac(const pkcs12_mac& mac, bytes string, bytes data, bytes expected) noexcept;

/// A small number in DER; false when it is none, or more than is reasonable for iterations.
bool read_iterations(bytes integer, std::uint32_t& value) noexcept;

}  // namespace polytls::mbedtls
