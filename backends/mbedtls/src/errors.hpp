#pragma once

#include <polytls/core/status.hpp>

#include <cstddef>
#include <span>

namespace polytls::mbedtls {

/// What one of mbedTLS's numbers means; `otherwise` where it says nothing more precise. The alert
/// is the one that goes with it on the wire, where there is one.
status status_of(int native, errc otherwise) noexcept;

/// Whether a number says that memory ran out.
bool is_out_of_memory(int native) noexcept;

/// Whether a number says that mbedTLS does not know an algorithm, or was built without it.
bool is_unsupported(int native) noexcept;

/// mbedTLS's text for one of its numbers, as `spi::backend::describe` gives it.
std::size_t describe_error(std::int32_t native, std::span<char> text) noexcept;

}  // namespace polytls::mbedtls
