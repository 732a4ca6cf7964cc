#include <polytls/cipher_suite.hpp>

#include <algorithm>
#include <array>

namespace polytls {
namespace {

constexpr bool below(const cipher_suite& a, const cipher_suite& b) {
    return a.id < b.id;
}

/// Both tables in one, which is searched by id.
constexpr auto suites = [] {
    auto both = std::to_array<cipher_suite>({
#include "tables/cipher_suites.inc"
#include "tables/retired_cipher_suites.inc"
    });
    std::sort(both.begin(), both.end(), below);
    return both;
}();

}  // namespace

std::span<const cipher_suite> every_cipher_suite() noexcept {
    return suites;
}

const cipher_suite* find_cipher_suite(cipher_suite_id id) noexcept {
    const auto* const found = std::lower_bound(
        suites.begin(), suites.end(), id,
        [](const cipher_suite& suite, cipher_suite_id wanted) { return suite.id < wanted; });
    return found != suites.end() && found->id == id ? &*found : nullptr;
}

const cipher_suite* find_cipher_suite(std::string_view name) noexcept {
    const auto* const found =
        std::find_if(suites.begin(), suites.end(), [name](const cipher_suite& suite) {
            return suite.name == name || suite.iana_name == name;
        });
    return found != suites.end() ? &*found : nullptr;
}

}  // namespace polytls
