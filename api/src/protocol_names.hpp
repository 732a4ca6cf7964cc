#pragma once

#include <polytls/core/protocol_list.hpp>
#include <polytls/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace polytls::detail {

/// Writes protocol names in ALPN's wire format; `errc::bad_protocol_list` names the one at fault.
result<std::vector<std::uint8_t>> to_wire(const std::vector<std::string>& protocols);

/// Reads names out of the wire format.
std::vector<std::string> to_names(protocol_list protocols);

}  // namespace polytls::detail
