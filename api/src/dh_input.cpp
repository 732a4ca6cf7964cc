#include "dh_input.hpp"

#include <polytls/core/x509.hpp>
#include <polytls/pem.hpp>

#include <algorithm>
#include <bit>
#include <optional>

namespace polytls::detail {
namespace {

constexpr std::size_t least_bits = 1024;

/// The size in bits of the prime in DHParameter (PKCS #3, section 9); nothing when it is none.
std::optional<std::size_t> prime_size(bytes der) {
    constexpr std::uint8_t sequence = 0x30;
    constexpr std::uint8_t integer = 0x02;
    x509::der_element parameters;
    x509::der_element prime;
    x509::der_element base;
    x509::der_reader whole(der);
    if (!whole.next(sequence, parameters) || !whole.finished()) {
        return std::nullopt;
    }
    x509::der_reader parts(parameters.content);
    if (!parts.next(integer, prime) || !parts.next(integer, base) || !parts.ok() ||
        prime.content.empty() || base.content.empty() || prime.content[0] >= 0x80) {
        return std::nullopt;
    }
    const auto first = std::ranges::find_if(prime.content, [](auto byte) { return byte != 0; });
    const auto length = static_cast<std::size_t>(prime.content.end() - first);
    return length == 0 ? 0 : (length - 1) * 8 + static_cast<std::size_t>(std::bit_width(*first));
}

std::vector<std::uint8_t> decode(const std::string& text) {
    if (!looks_like_pem(text)) {
        return {text.begin(), text.end()};
    }
    auto blocks = split_pem(text);
    if (!blocks) {
        return {};
    }
    const auto found = std::ranges::find(*blocks, "DH PARAMETERS", &pem_block::label);
    return found == blocks->end() ? std::vector<std::uint8_t>() : std::move(found->der);
}

}  // namespace

result<std::vector<std::uint8_t>> read_dh_parameters(const std::string& text, backend with) {
    if (text.empty()) {
        return std::vector<std::uint8_t>();
    }
    if (!with.supports(feature::dhparam)) {
        failure lacking = with.refusal(feature::dhparam);
        lacking.message.insert(0, "dhparam: ");
        lacking.input = "dhparam";
        return tl::make_unexpected(std::move(lacking));
    }
    auto der = decode(text);
    const auto size = prime_size(der);
    if (!size) {
        return std::vector<std::uint8_t>();
    }
    if (*size < least_bits) {
        return tl::make_unexpected(make_failure(
            errc::weak_key,
            "dhparam has " + std::to_string(*size) + " bits; at least 1024 are needed", "dhparam"));
    }
    return der;
}

}  // namespace polytls::detail
