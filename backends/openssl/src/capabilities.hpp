#pragma once

#include <polytls/core/capability.hpp>
#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/core/named_group.hpp>

#include <span>

namespace polytls::openssl {

capability_report capabilities() noexcept;

std::span<const cipher_suite_id> cipher_suites() noexcept;

std::span<const named_group> groups() noexcept;

/// OpenSSL's number for a group; 0 for one it does not have.
int nid_of(named_group group) noexcept;

/// The group with OpenSSL's number; `named_group::none` for any other.
named_group group_of(int nid) noexcept;

}  // namespace polytls::openssl
