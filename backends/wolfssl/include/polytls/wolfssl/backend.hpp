#pragma once

namespace polytls::spi {
class backend;
}

namespace polytls::wolfssl {

/// wolfSSL as a backend. One object per process, used by all threads.
///
/// wolfSSL allocates through process-wide hooks, which are left as the program set them
/// (`wolfSSL_SetAllocators`). Its clock for certificates, process-wide as well (`wc_SetTimeCb`), is
/// replaced: it tells the connection's time within calls on a connection, and the system's
/// otherwise.
spi::backend& the_backend() noexcept;

}  // namespace polytls::wolfssl
