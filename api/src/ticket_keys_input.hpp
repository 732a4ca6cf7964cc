#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/ticket_keys.hpp>
#include <polytls/result.hpp>

namespace polytls::detail {

/// Takes ticket keys from a caller; `errc::invalid_argument` unless they are 48 bytes.
result<polytls::ticket_keys> check_ticket_keys(bytes given);

}  // namespace polytls::detail
