#include "ascii.hpp"

#include <polytls/core/named_group.hpp>

namespace polytls {
namespace {

struct entry {
    std::string_view name;
    named_group group;
};

/// The RFC's name of each group comes first; the others are what people call it.
constexpr entry entries[] = {
    {"secp256r1", named_group::secp256r1},
    {"P-256", named_group::secp256r1},
    {"prime256v1", named_group::secp256r1},
    {"secp384r1", named_group::secp384r1},
    {"P-384", named_group::secp384r1},
    {"secp521r1", named_group::secp521r1},
    {"P-521", named_group::secp521r1},
    {"x25519", named_group::x25519},
    {"x448", named_group::x448},
    {"ffdhe2048", named_group::ffdhe2048},
    {"ffdhe3072", named_group::ffdhe3072},
    {"ffdhe4096", named_group::ffdhe4096},
};

}  // namespace

std::string_view name_of(named_group group) noexcept {
    for (const entry& known : entries) {
        if (known.group == group) {
            return known.name;
        }
    }
    return "unknown";
}

std::uint16_t size_of(named_group group) noexcept {
    switch (group) {
    case named_group::none:
        break;
    case named_group::secp256r1:
        return 256;
    case named_group::secp384r1:
        return 384;
    case named_group::secp521r1:
        return 521;
    case named_group::x25519:
        return 253;
    case named_group::x448:
        return 448;
    case named_group::ffdhe2048:
        return 2048;
    case named_group::ffdhe3072:
        return 3072;
    case named_group::ffdhe4096:
        return 4096;
    }
    return 0;
}

std::optional<named_group> named_group_named(std::string_view name) noexcept {
    for (const entry& known : entries) {
        if (detail::equals_without_case(name, known.name)) {
            return known.group;
        }
    }
    return std::nullopt;
}

}  // namespace polytls
