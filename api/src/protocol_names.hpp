#pragma once

#include <polytls/core/protocol_list.hpp>
#include <polytls/npn_list.hpp>
#include <polytls/result.hpp>
#include <polytls/secure_context.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace polytls::detail {

/// Writes protocol names in ALPN's wire format; `errc::bad_protocol_list` names the one at fault of
/// `option`.
result<std::vector<std::uint8_t>> to_wire(const std::vector<std::string>& protocols,
                                          const std::string& option = "alpn_protocols");

/// The same for NPN, of lists in any form; `errc::invalid_argument` where there is one and the
/// context does not speak NPN.
result<std::vector<std::uint8_t>> to_wire(const npn_list& protocols, const secure_context& context);

/// Reads names out of the wire format.
std::vector<std::string> to_names(protocol_list protocols);

}  // namespace polytls::detail
