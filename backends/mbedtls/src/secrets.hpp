#pragma once

#include "compat.hpp"

#include <polytls/core/status.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace polytls::mbedtls {

/// What a connection below TLS 1.3 derives everything else from. Wiped at the end.
class secrets {
public:
    secrets() = default;
    ~secrets();
    secrets(const secrets&) = delete;
    secrets& operator=(const secrets&) = delete;

    /// Takes what mbedTLS tells of a handshake.
    void take(bytes master,
              bytes client_random,
              bytes server_random,
              mbedtls_tls_prf_types prf) noexcept;

    /// As `spi::engine::export_keying_material` (RFC 5705).
    status derive(std::string_view label,
                  std::optional<bytes> context,
                  mutable_bytes output) const noexcept;

    /// The line of NSS's key log.
    std::string_view key_log_line(mutable_bytes room) const noexcept;

    /// The room for that line.
    static constexpr std::size_t line_size = 14 + 64 + 1 + 96;

private:
    std::array<std::uint8_t, 48> master_{};
    std::array<std::uint8_t, 64> randoms_{};  // The client's, the server's.
    mbedtls_tls_prf_types prf_ = MBEDTLS_SSL_TLS_PRF_NONE;
};

}  // namespace polytls::mbedtls
