#pragma once

#include <polytls/certificate.hpp>

#include <string>
#include <string_view>

namespace polytls::detail {

/// Why a certificate is not for a host, in the manual's words: "Host: example.org. is not in the
/// cert's altnames: DNS:localhost".
std::string not_in_altnames(std::string_view host, const certificate& shown);

}  // namespace polytls::detail
