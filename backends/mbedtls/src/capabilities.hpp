#pragma once

#include "compat.hpp"

#include <polytls/core/capability.hpp>
#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/core/named_group.hpp>

#include <span>

namespace polytls::mbedtls {

capability_report capabilities() noexcept;

std::span<const cipher_suite_id> cipher_suites() noexcept;

std::span<const named_group> groups() noexcept;

/// mbedTLS's number for a group; `MBEDTLS_ECP_DP_NONE` for one it does not have.
mbedtls_ecp_group_id number_of(named_group group) noexcept;

/// The group with mbedTLS's number; `named_group::none` for any other.
named_group group_of(mbedtls_ecp_group_id number) noexcept;

}  // namespace polytls::mbedtls
