#include "pkcs12.hpp"

namespace polytls::mbedtls {

status read_pkcs12(bytes /*data*/,
                   std::string_view /*passphrase*/,
                   spi::pkcs12_contents& /*contents*/) noexcept {
    return {.code = errc::unsupported_by_backend};
}

}  // namespace polytls::mbedtls
