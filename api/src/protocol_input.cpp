#include "protocol_input.hpp"

#include "input_text.hpp"

#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace polytls::detail {
namespace {

std::optional<feature> feature_of(protocol_version version) {
    switch (version) {
    case protocol_version::tls1_0:
        return feature::tls1_0;
    case protocol_version::tls1_1:
        return feature::tls1_1;
    case protocol_version::tls1_2:
        return feature::tls1_2;
    case protocol_version::tls1_3:
        return feature::tls1_3;
    }
    return std::nullopt;
}

/// Whether a version that was asked for is one, and one that the backend speaks.
result<void>
check_version(std::optional<protocol_version> version, const std::string& input, backend with) {
    if (!version) {
        return {};
    }
    const std::optional<feature> needed = feature_of(*version);
    if (!needed) {
        return tl::make_unexpected(
            make_failure(errc::unknown_version,
                         input + ": " + std::string(message_of(errc::unknown_version)), input));
    }
    if (!with.versions().contains(*version)) {
        failure refused = with.refusal(*needed);
        refused.message.insert(0, input + ": ");
        refused.input = input;
        return tl::make_unexpected(std::move(refused));
    }
    return {};
}

failure backend_lacks(std::string_view word, backend with) {
    failure lacking =
        make_failure(errc::unknown_group,
                     "ecdh_curve: " + std::string(with.name()) + " " + std::string(with.version()) +
                         " does not have " + quoted(word),
                     "ecdh_curve");
    lacking.backend = with.name();
    lacking.backend_version = with.version();
    return lacking;
}

}  // namespace

result<version_range> read_versions(std::optional<protocol_version> min,
                                    std::optional<protocol_version> max,
                                    backend with) {
    if (auto checked = check_version(min, "min_version", with); !checked) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    if (auto checked = check_version(max, "max_version", with); !checked) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    const version_range spoken = with.versions();
    version_range range;
    range.max = max.value_or(spoken.max);
    range.min = min.value_or(std::min(std::max(protocol_version::tls1_2, spoken.min), range.max));
    if (range.min > range.max) {
        return tl::make_unexpected(make_failure(errc::bad_version_range,
                                                "min_version (" + std::string(name_of(range.min)) +
                                                    ") is above max_version (" +
                                                    std::string(name_of(range.max)) + ")",
                                                "min_version"));
    }
    return range;
}

result<std::vector<named_group>> read_groups(std::string_view list, backend with) {
    const std::span<const named_group> available = with.implementation().groups();
    if (list == "auto") {
        return std::vector<named_group>(available.begin(), available.end());
    }
    std::vector<named_group> groups;
    std::string_view rest = list;
    do {
        const std::string_view word = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        const std::optional<named_group> group = named_group_named(word);
        if (!group) {
            return tl::make_unexpected(make_failure(errc::unknown_group,
                                                    "ecdh_curve: no group is named " + quoted(word),
                                                    "ecdh_curve"));
        }
        if (std::find(available.begin(), available.end(), *group) == available.end()) {
            return tl::make_unexpected(backend_lacks(word, with));
        }
        if (std::find(groups.begin(), groups.end(), *group) == groups.end()) {
            groups.push_back(*group);
        }
    } while (!rest.empty());
    return groups;
}

}  // namespace polytls::detail
