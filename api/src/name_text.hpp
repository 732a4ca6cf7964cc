#pragma once

#include <polytls/certificate.hpp>
#include <polytls/core/bytes.hpp>

#include <string>

namespace polytls::detail {

/// Reads a Name (RFC 5280, section 4.1.2.4) with short names and UTF-8 values.
distinguished_name read_name(bytes name);

/// Writes the content of an OBJECT IDENTIFIER with dots, as "2.5.4.3"; empty when it is malformed.
std::string dotted(bytes oid);

/// A GeneralNames' content as the manual shows it. A value that could be read as more than one name
/// is quoted as JSON quotes.
std::string general_names_text(bytes names);

}  // namespace polytls::detail
