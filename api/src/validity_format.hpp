#pragma once

#include <chrono>
#include <string>

namespace polytls::detail {

/// Writes a time since 1970 as OpenSSL prints it: "Nov  1 09:52:22 2009 GMT".
std::string time_text(std::chrono::seconds time);

}  // namespace polytls::detail
