#pragma once

namespace polytls::spi {
class backend;
}

namespace polytls::mbedtls {

/// mbedTLS as a backend. One object per process, used by all threads.
spi::backend& the_backend() noexcept;

}  // namespace polytls::mbedtls
