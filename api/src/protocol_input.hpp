#pragma once

#include <polytls/backends.hpp>
#include <polytls/core/named_group.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/result.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace polytls::detail {

/// Turns the options `min_version` and `max_version` into a range that the backend speaks.
result<version_range> read_versions(std::optional<protocol_version> min,
                                    std::optional<protocol_version> max,
                                    backend with);

/// Turns the option `ecdh_curve` into groups that the backend has.
result<std::vector<named_group>> read_groups(std::string_view list, backend with);

}  // namespace polytls::detail
