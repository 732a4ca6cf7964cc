#pragma once

#include "compat.hpp"

#include <polytls/core/capability.hpp>
#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/core/named_group.hpp>

#include <span>

namespace polytls::wolfssl {

capability_report capabilities() noexcept;

std::span<const cipher_suite_id> cipher_suites() noexcept;

std::span<const named_group> groups() noexcept;

/// Has a WOLFSSL_CTX use these groups and no others.
bool use_group_list(WOLFSSL_CTX* ctx, std::span<const named_group> groups) noexcept;

/// The group by the name that wolfSSL has for it, which may be null; `named_group::none` for any
/// other.
named_group group_of(const char* name) noexcept;

}  // namespace polytls::wolfssl
