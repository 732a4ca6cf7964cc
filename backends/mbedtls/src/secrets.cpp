#include "secrets.hpp"

#include "errors.hpp"
#include "memory.hpp"

#include <mbedtls/platform_util.h>

#include <algorithm>

namespace polytls::mbedtls {
namespace {

constexpr std::size_t longest_label = 255;
constexpr std::size_t longest_context = 0xffff;

std::uint8_t* append_hex(bytes data, std::uint8_t* to) noexcept {
    for (const std::uint8_t byte : data) {
        *to++ = static_cast<std::uint8_t>("0123456789abcdef"[byte >> 4U]);
        *to++ = static_cast<std::uint8_t>("0123456789abcdef"[byte & 0xfU]);
    }
    return to;
}

}  // namespace

secrets::~secrets() {
    mbedtls_platform_zeroize(master_.data(), master_.size());
}

void secrets::take(bytes master,
                   bytes client_random,
                   bytes server_random,
                   mbedtls_tls_prf_types prf) noexcept {
    std::copy(master.begin(), master.end(), master_.begin());
    std::copy(server_random.begin(), server_random.end(),
              std::copy(client_random.begin(), client_random.end(), randoms_.begin()));
    prf_ = prf;
}

status secrets::derive(std::string_view label,
                       std::optional<bytes> context,
                       mutable_bytes output) const noexcept {
    const bytes about = context.value_or(bytes{});
    // mbedTLS takes a label that ends with a NUL.
    if (label.size() > longest_label || label.find('\0') != label.npos ||
        about.size() > longest_context) {
        return {.code = errc::invalid_argument};
    }
    char text[longest_label + 1] = {};
    std::copy(label.begin(), label.end(), text);
    const scratch seed(randoms_.size() + (context ? 2 + about.size() : 0));
    if (seed.data() == nullptr) {
        return {.code = errc::no_memory};
    }
    std::uint8_t* at = std::copy(randoms_.begin(), randoms_.end(), seed.data());
    if (context) {
        *at++ = static_cast<std::uint8_t>(about.size() >> 8U);
        *at++ = static_cast<std::uint8_t>(about.size() & 0xffU);
        std::copy(about.begin(), about.end(), at);
    }
    const int failed = mbedtls_ssl_tls_prf(prf_, master_.data(), master_.size(), text, seed.data(),
                                           seed.size(), output.data(), output.size());
    return failed == 0 ? status{} : status_of(failed, errc::invalid_argument);
}

std::string_view secrets::key_log_line(mutable_bytes room) const noexcept {
    constexpr std::string_view label = "CLIENT_RANDOM ";
    std::uint8_t* at = std::copy(label.begin(), label.end(), room.data());
    at = append_hex(bytes(randoms_).first(32), at);
    *at++ = ' ';
    at = append_hex(master_, at);
    return as_text({room.data(), at});
}

}  // namespace polytls::mbedtls
