#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/x509.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace polytls::detail {

/// Writes bytes as hex in capitals, with a separator between two bytes.
std::string hex(bytes data, std::string_view separator = {});

/// Writes the content of an OBJECT IDENTIFIER with dots, as "2.5.4.3". A malformed one, or one with
/// a number of more than 586 bytes, gives "<INVALID>": what OpenSSL says of the same.
std::string dotted(bytes oid);

/// Writes the content of an INTEGER as a serial number: whole bytes, "-" before a negative one, and
/// "0" for zero.
std::string serial_text(bytes number);

/// A string of one of ASN.1's types as UTF-8; nothing for another type, or for a size that is no
/// multiple of a character's.
std::optional<std::string> text_of(const x509::der_element& value);

}  // namespace polytls::detail
