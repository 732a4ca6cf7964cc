#pragma once

#include <polytls/certificate.hpp>
#include <polytls/core/bytes.hpp>

#include <optional>

namespace polytls::detail {

/// Reads the content of an AuthorityInfoAccess (RFC 5280, section 4.2.2.1) as the manual's
/// infoAccess. Nothing when it is malformed.
std::optional<access_locations> read_access(bytes authority_info_access);

}  // namespace polytls::detail
