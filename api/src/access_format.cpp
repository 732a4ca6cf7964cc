#include "access_format.hpp"

#include "asn1_text.hpp"
#include "general_name_format.hpp"

#include <polytls/core/x509.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace polytls::detail {
namespace {

struct access_method {
    std::string_view oid;
    std::string_view name;
};

/// Those of id-ad (1.3.6.1.5.5.7.48) that OpenSSL knows, by its long names.
constexpr access_method access_methods[] = {
    {"1.3.6.1.5.5.7.48.1", "OCSP"},
    {"1.3.6.1.5.5.7.48.2", "CA Issuers"},
    {"1.3.6.1.5.5.7.48.3", "AD Time Stamping"},
    {"1.3.6.1.5.5.7.48.4", "ad dvcs"},
    {"1.3.6.1.5.5.7.48.5", "CA Repository"},
    {"1.3.6.1.5.5.7.48.10", "RPKI Manifest"},
    {"1.3.6.1.5.5.7.48.11", "Signed Object"},
    {"1.3.6.1.5.5.7.48.13", "RPKI Notify"},
};

std::string name_of(bytes method) {
    std::string oid = dotted(method);
    const auto* found = std::ranges::find(access_methods, oid, &access_method::oid);
    return found == std::end(access_methods) ? std::move(oid) : std::string(found->name);
}

}  // namespace

std::optional<access_locations> read_access(bytes authority_info_access) {
    access_locations read;
    // A certificate may name any number of methods: looking for each in the list would take its
    // square of time.
    std::map<std::string, std::size_t, std::less<>> places;
    bytes rest = authority_info_access;
    x509::access_description access{};
    while (x509::next_access_description(rest, access)) {
        const auto location = text_of(access.location);
        if (!location) {
            return std::nullopt;
        }
        const std::string key = name_of(access.method) + " - " + std::string(location->label);
        const auto [place, is_new] = places.try_emplace(key, read.size());
        if (is_new) {
            read.emplace_back(key, std::vector<std::string>());
        }
        read[place->second].second.push_back(location->plain());
    }
    return rest.empty() ? std::optional(std::move(read)) : std::nullopt;
}

}  // namespace polytls::detail
