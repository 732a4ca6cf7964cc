#pragma once

#include <polytls/byte_buffer.hpp>
#include <polytls/transport/duplex.hpp>

#include <memory>

namespace polytls::detail {

/// Sees the last bytes of a failed connection off, an alert most often: sends them, ends our side,
/// and waits a moment for the peer's end. Closing at once instead would make the system answer what
/// the peer still sends with a reset, and the peer lose the alert.
void say_farewell(std::unique_ptr<duplex> stream, byte_buffer last_bytes);

}  // namespace polytls::detail
