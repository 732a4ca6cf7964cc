#include "ascii.hpp"

#include <polytls/core/protocol_version.hpp>

namespace polytls {
namespace {

constexpr protocol_version versions[] = {protocol_version::tls1_0, protocol_version::tls1_1,
                                         protocol_version::tls1_2, protocol_version::tls1_3};

}  // namespace

std::string_view name_of(protocol_version version) noexcept {
    switch (version) {
    case protocol_version::tls1_0:
        return "TLSv1";
    case protocol_version::tls1_1:
        return "TLSv1.1";
    case protocol_version::tls1_2:
        return "TLSv1.2";
    case protocol_version::tls1_3:
        return "TLSv1.3";
    }
    return "unknown";
}

std::optional<protocol_version> protocol_version_named(std::string_view name) noexcept {
    for (const protocol_version version : versions) {
        if (detail::equals_without_case(name, name_of(version))) {
            return version;
        }
    }
    if (detail::equals_without_case(name, "TLSv1.0")) {
        return protocol_version::tls1_0;
    }
    return std::nullopt;
}

}  // namespace polytls
