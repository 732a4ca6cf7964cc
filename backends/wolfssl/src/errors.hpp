#pragma once

#include <polytls/core/status.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace polytls::wolfssl {

/// What one of wolfSSL's numbers means; `otherwise` where it says nothing more precise.
status status_of(int native, errc otherwise) noexcept;

/// The alert that tells a peer of an error, for where wolfSSL sends none.
alert_description alert_of(errc code) noexcept;

/// wolfSSL's text for one of its numbers, as `spi::backend::describe` gives it.
std::size_t describe_error(std::int32_t native, std::span<char> text) noexcept;

}  // namespace polytls::wolfssl
