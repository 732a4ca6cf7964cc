#pragma once

#include <cstdint>

namespace polytls {

/// A cipher suite's two bytes in the IANA registry, as 0x1301 for TLS_AES_128_GCM_SHA256. Names and
/// properties are in the hosted ring's <polytls/cipher_suite.hpp>.
enum class cipher_suite_id : std::uint16_t {};

/// Whether the suite belongs to TLS 1.3 (RFC 8446, appendix B.4), which chooses suites apart from
/// those of earlier versions.
constexpr bool is_tls1_3(cipher_suite_id id) noexcept {
    return (static_cast<std::uint16_t>(id) & 0xff00U) == 0x1300U;
}

}  // namespace polytls
