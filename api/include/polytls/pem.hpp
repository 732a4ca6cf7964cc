#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace polytls {

/// One block of PEM (RFC 7468), as "-----BEGIN CERTIFICATE-----".
struct pem_block {
    std::string_view label;  ///< "CERTIFICATE", "ENCRYPTED PRIVATE KEY", …
    std::string_view text;   ///< The whole block, its BEGIN and END lines included.
    bool encrypted = false;  ///< "ENCRYPTED" in its label, or in a Proc-Type header (RFC 1421).
    std::vector<std::uint8_t> der{};  ///< Decoded; empty for a block with headers.
};

/// Splits a text into its PEM blocks, passing over what stands between them. Views point into
/// `text`. A block begins at the start of a line; white space within it, and a carriage return
/// before each line feed, do no harm.
///
/// `errc::bad_pem` for a block without its END, with another END, without content, or with bytes
/// that are not base64; the message gives the line, never its content. A text without any block
/// gives an empty list.
result<std::vector<pem_block>> split_pem(std::string_view text);

/// Whether a text has a PEM block's first line anywhere.
bool looks_like_pem(std::string_view text) noexcept;

/// Writes DER as a PEM block with lines of 64 characters.
std::string to_pem(std::string_view label, bytes der);

/// Reads a whole file; `errc::file_unreadable` with the path and the system's reason.
result<std::string> read_file(const std::string& path);

}  // namespace polytls
