#pragma once

#include <polytls/core/bytes.hpp>

#include <cstddef>

namespace polytls::mbedtls {

/// The size of a ticket with so much in it, in bytes.
std::size_t ticket_size(std::size_t content) noexcept;

/// Seals what a ticket carries as RFC 5077, section 4, recommends: the name of the keys, an
/// initialisation vector, AES-128 in CBC mode, HMAC-SHA-256 over all that. `room` is of
/// `ticket_size`. 0, or mbedTLS's number for what went wrong.
int seal_ticket(bytes keys, bytes content, mutable_bytes room) noexcept;

/// Opens a ticket into `room`, which is as large as the ticket. Empty when these keys did not seal
/// it; else the part of `room` that was used.
bytes open_ticket(bytes keys, bytes ticket, mutable_bytes room) noexcept;

}  // namespace polytls::mbedtls
