#pragma once

#include <polytls/core/status.hpp>

#include <cstddef>
#include <span>

namespace polytls::openssl {

/// Takes the thread's queue of OpenSSL errors and turns its first entry into a status; `otherwise`
/// where that entry says nothing more precise. The queue is empty afterwards.
status take_error(errc otherwise) noexcept;

/// OpenSSL's text for one of its numbers, as `spi::backend::describe` gives it.
std::size_t describe_error(std::int32_t native, std::span<char> text) noexcept;

}  // namespace polytls::openssl
