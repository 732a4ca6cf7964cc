#pragma once

#include <polytls/core/bytes.hpp>

#include <cstddef>

namespace polytls::mbedtls {

/// Random numbers for whoever asks on whatever thread, as mbedTLS calls for them; 0, or mbedTLS's
/// number for what went wrong. Seeded by the first call; one generator for the process, which the
/// library guards with a mutex of its own.
int fill_random(void* unused, unsigned char* output, std::size_t size) noexcept;

}  // namespace polytls::mbedtls
