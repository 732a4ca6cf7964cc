#pragma once

#include <polytls/backends.hpp>
#include <polytls/core/named_group.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/core/signature_scheme.hpp>
#include <polytls/result.hpp>
#include <polytls/secure_options.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace polytls::detail {

/// The options of a context that say which versions may be spoken.
struct version_options {
    std::optional<protocol_version> min{};
    std::optional<protocol_version> max{};
    std::string_view secure_protocol{};
    polytls::secure_options secure_options = polytls::secure_options::none;
};

/// Turns them into a range that the backend speaks.
result<version_range> read_versions(const version_options& options, backend with);

/// Turns the option `ecdh_curve` into groups that the backend has.
result<std::vector<named_group>> read_groups(std::string_view list, backend with);

/// Turns the option `sigalgs` into signature schemes; none for an empty text.
result<std::vector<signature_scheme>> read_signature_schemes(std::string_view list);

}  // namespace polytls::detail
