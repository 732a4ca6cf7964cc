#pragma once

#include <polytls/spi/backend.hpp>

namespace polytls::mbedtls {

/// As `spi::backend::read_pkcs12`.
status
read_pkcs12(bytes data, std::string_view passphrase, spi::pkcs12_contents& contents) noexcept;

}  // namespace polytls::mbedtls
