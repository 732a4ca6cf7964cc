#pragma once

#include <polytls/error.hpp>

#include <string>
#include <string_view>
#include <system_error>

namespace polytls::detail {

/// The failure of a call to the system: "connect ECONNREFUSED 127.0.0.1:443". `at` may be empty.
failure network_failure(std::string_view call, std::error_code code, std::string at = {});

}  // namespace polytls::detail
