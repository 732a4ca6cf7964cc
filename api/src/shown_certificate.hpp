#pragma once

#include <polytls/core/client_hello.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace polytls::detail {

/// A certificate of ours and that of who issued it, DER; the latter is empty when it is not known.
struct shown_certificate {
    std::vector<std::uint8_t> certificate{};
    std::vector<std::uint8_t> issuer{};
    bool rsa = false;  ///< Its key is an RSA one.
};

/// What a context's chains show, each with its issuer, from the chain or from the anchors.
std::vector<shown_certificate>
shown_certificates(std::span<const std::vector<std::vector<std::uint8_t>>> chains,
                   std::span<const std::vector<std::uint8_t>> anchors);

/// Which of them a client is shown, as far as its hello tells; null when there is none.
const shown_certificate* shown_to(const client_hello& hello,
                                  std::span<const shown_certificate> certificates) noexcept;

}  // namespace polytls::detail
