#pragma once

#include <polytls/certificate.hpp>
#include <polytls/core/bytes.hpp>

#include <optional>
#include <string>

namespace polytls::detail {

/// Reads a Name (RFC 5280, section 4.1.2.4), its header included: OpenSSL's short names where there
/// are some, values as UTF-8. A value that is no text is "#" and its DER in hex (RFC 4514, section
/// 2.4). Nothing when the Name is malformed.
std::optional<distinguished_name> read_name(bytes name);

/// Writes a Name as RFC 2253 has it: last RDN first, special characters escaped, values of
/// attributes without a short name as "#" and DER in hex. Nothing when it is malformed.
std::optional<std::string> rfc2253_text(bytes name);

}  // namespace polytls::detail
