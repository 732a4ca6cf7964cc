#pragma once

#include <cstdint>

namespace polytls::testkit {

/// Makes libcrypto's random numbers the same in each run, from here on, until it is called again:
/// keys, certificates and handshakes then repeat to the byte. For the whole process, and for ever;
/// used by one thread only.
void seed_libcrypto(std::uint64_t seed);

}  // namespace polytls::testkit
