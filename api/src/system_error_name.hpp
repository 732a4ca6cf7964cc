#pragma once

#include <string>
#include <system_error>

namespace polytls::detail {

/// The name by which the manual knows an error of the system or of Asio, as "ECONNREFUSED" or
/// "ENOTFOUND". One without a name there is its category and number, as "system:4095".
std::string system_error_name(const std::error_code& code);

}  // namespace polytls::detail
