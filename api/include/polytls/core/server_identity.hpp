#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/status.hpp>
#include <polytls/core/x509.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace polytls {

/// An IPv4 or IPv6 address as bytes in network order.
struct ip_address_bytes {
    std::array<std::uint8_t, 16> octets{};
    std::uint8_t size = 0;  ///< 4 or 16.

    bytes view() const noexcept { return bytes(octets).first(size); }
};

/// Reads "192.0.2.1" or "2001:db8::1" (a zone after '%' and square brackets are not taken).
/// Nothing for any other text.
std::optional<ip_address_bytes> parse_ip_address(std::string_view text) noexcept;

/// Whether text can be sent as a server name: a DNS name of letters, digits, '-', '_' and dots,
/// each label 1 to 63 bytes, at most 253 in all (RFC 6066, section 3; RFC 1123), and not an IP
/// address. One trailing dot is allowed.
bool is_dns_name(std::string_view text) noexcept;

/// Whether `pattern`, a name from a certificate or an SNI table, covers `name`: equal without
/// regard to case, or "*" as its whole left-most label standing for exactly one label
/// (RFC 9525, section 6.3). A pattern of fewer than three labels has no wildcard.
bool matches_dns_name(std::string_view pattern, std::string_view name) noexcept;

/// Checks that a certificate is for a host (RFC 9525; the manual's checkServerIdentity).
///
/// An IP address matches only an iPAddress of the subjectAltName; a name only its dNSName entries,
/// or the commonName when there is no dNSName at all. URI names never match. Gives
/// `errc::altname_invalid` when nothing matches.
status check_server_identity(std::string_view host, const x509::certificate_view& leaf) noexcept;

}  // namespace polytls
