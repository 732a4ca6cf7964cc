#pragma once

#include <polytls/core/status.hpp>

#include <cstddef>
#include <cstdint>

namespace polytls {

/// What a step needs before it can go further.
enum class want : std::uint8_t {
    nothing,   ///< The step is complete, or failed: see `progress::error`.
    input,     ///< More ciphertext from the peer; then the step again.
    output,    ///< Room in the sink for ciphertext; then the step again with the same arguments.
    decision,  ///< An answer to `connection::open_question()`; then the step again.
};

/// How far one step on a connection came.
struct progress {
    std::size_t consumed = 0;  ///< Bytes taken from the front of the input.
    std::size_t produced = 0;  ///< Bytes of plaintext put at the front of the caller's buffer.
    want next = want::nothing;
    status error{};
};

/// Which end of a connection: a client speaks first.
enum class role : std::uint8_t { client, server };

}  // namespace polytls
