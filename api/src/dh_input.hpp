#pragma once

#include <polytls/backends.hpp>
#include <polytls/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace polytls::detail {

/// Turns the option `dhparam` into DER (PKCS #3); nothing in it for what cannot be read.
/// `errc::weak_key` below 1024 bits.
result<std::vector<std::uint8_t>> read_dh_parameters(const std::string& text, backend with);

}  // namespace polytls::detail
