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

failure wrong_way_round(version_range range) {
    return make_failure(errc::bad_version_range,
                        "min_version (" + std::string(name_of(range.min)) +
                            ") is above max_version (" + std::string(name_of(range.max)) + ")",
                        "min_version");
}

result<version_range>
read_range(std::optional<protocol_version> min, std::optional<protocol_version> max, backend with) {
    // What is wrong on every backend comes before what one of them cannot do.
    if (min && max && *min > *max) {
        return tl::make_unexpected(wrong_way_round({*min, *max}));
    }
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
        return tl::make_unexpected(wrong_way_round(range));
    }
    return range;
}

/// What a method's name says: one version, or nothing where it leaves the range open.
result<std::optional<protocol_version>> read_method(std::string_view name) {
    std::string_view protocol = name;
    for (const std::string_view suffix : {"_client_method", "_server_method", "_method"}) {
        if (protocol.ends_with(suffix)) {
            protocol.remove_suffix(suffix.size());
            break;
        }
    }
    if (protocol.size() != name.size()) {
        if (protocol == "TLS" || protocol == "SSLv23") {
            return std::nullopt;
        }
        if (protocol == "TLSv1") {
            return protocol_version::tls1_0;
        }
        if (protocol == "TLSv1_1") {
            return protocol_version::tls1_1;
        }
        if (protocol == "TLSv1_2") {
            return protocol_version::tls1_2;
        }
        if (protocol == "SSLv2" || protocol == "SSLv3") {
            return tl::make_unexpected(make_failure(
                errc::unknown_version, "secure_protocol: SSLv2 and SSLv3 are never spoken",
                "secure_protocol"));
        }
    }
    return tl::make_unexpected(make_failure(errc::unknown_version,
                                            "secure_protocol: no method is named " + quoted(name),
                                            "secure_protocol"));
}

result<version_range> read_pinned(const version_options& options, backend with) {
    if (options.min || options.max) {
        return tl::make_unexpected(
            make_failure(errc::bad_version_range,
                         "secure_protocol cannot be combined with min_version and max_version",
                         "secure_protocol"));
    }
    const auto pinned = read_method(options.secure_protocol);
    if (!pinned) {
        return tl::make_unexpected(pinned.error());
    }
    if (auto checked = check_version(*pinned, "secure_protocol", with); !checked) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    return read_range(*pinned, *pinned, with);
}

secure_options switch_of(protocol_version version) {
    switch (version) {
    case protocol_version::tls1_0:
        return secure_options::no_tls1_0;
    case protocol_version::tls1_1:
        return secure_options::no_tls1_1;
    case protocol_version::tls1_2:
        return secure_options::no_tls1_2;
    case protocol_version::tls1_3:
        return secure_options::no_tls1_3;
    }
    return secure_options::none;
}

failure bad_options(errc code, const std::string& what) {
    return make_failure(code, "secure_options " + what, "secure_options");
}

/// Takes the versions that are switched off from the ends of a range.
result<version_range> narrow(version_range range, secure_options options) {
    if ((static_cast<std::uint32_t>(options) & ~static_cast<std::uint32_t>(all_secure_options)) !=
        0) {
        return tl::make_unexpected(bad_options(errc::invalid_argument, "has a bit that is none"));
    }
    std::vector<protocol_version> left;
    bool gap = false;
    for (const protocol_version version : {protocol_version::tls1_0, protocol_version::tls1_1,
                                           protocol_version::tls1_2, protocol_version::tls1_3}) {
        if (!range.contains(version)) {
            continue;
        }
        if (!has(options, switch_of(version))) {
            gap = gap ||
                  (!left.empty() && static_cast<int>(version) - static_cast<int>(left.back()) != 1);
            left.push_back(version);
        }
    }
    if (left.empty()) {
        return tl::make_unexpected(bad_options(errc::bad_version_range, "leaves no version"));
    }
    if (gap) {
        return tl::make_unexpected(
            bad_options(errc::bad_version_range, "takes a version out of the middle of the range"));
    }
    return version_range{left.front(), left.back()};
}

}  // namespace

result<version_range> read_versions(const version_options& options, backend with) {
    const auto range = options.secure_protocol.empty() ? read_range(options.min, options.max, with)
                                                       : read_pinned(options, with);
    return range ? narrow(*range, options.secure_options) : range;
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

result<std::vector<signature_scheme>> read_signature_schemes(std::string_view list) {
    std::vector<signature_scheme> schemes;
    while (!list.empty()) {
        const std::string_view word = list.substr(0, list.find(':'));
        list.remove_prefix(std::min(word.size() + 1, list.size()));
        const auto scheme = signature_scheme_named(word);
        if (!scheme) {
            return tl::make_unexpected(make_failure(
                errc::unknown_signature_scheme,
                "sigalgs: no signature algorithm is named " + quoted(word), "sigalgs"));
        }
        if (std::ranges::find(schemes, *scheme) == schemes.end()) {
            schemes.push_back(*scheme);
        }
    }
    return schemes;
}

}  // namespace polytls::detail
