#include "der_tags.hpp"

#include <polytls/core/public_key.hpp>
#include <polytls/core/x509.hpp>

#include <algorithm>
#include <bit>

namespace polytls::x509 {
namespace {

constexpr std::uint8_t rsa_encryption[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1};
constexpr std::uint8_t id_rsassa_pss[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10};
constexpr std::uint8_t id_ec_public_key[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1};

key_kind kind_of(bytes algorithm) noexcept {
    const auto is = [algorithm](bytes id) { return std::ranges::equal(algorithm, id); };
    return is(rsa_encryption)     ? key_kind::rsa
           : is(id_rsassa_pss)    ? key_kind::rsa_pss
           : is(id_ec_public_key) ? key_kind::elliptic
                                  : key_kind::other;
}

/// Takes an INTEGER as a number that is never negative: who forgot the leading zero meant it so.
bool take_number(der_reader& reader, bytes& number) noexcept {
    der_element element;
    if (!reader.next(tag::integer, element) || element.content.empty()) {
        return false;
    }
    number = element.content;
    while (!number.empty() && number.front() == 0) {
        number = number.subspan(1);
    }
    return true;
}

/// RSAPublicKey (RFC 8017, appendix A.1.1).
bool read_rsa(bytes content, public_key_view& key) noexcept {
    der_reader whole(content);
    der_element element;
    if (!whole.next(tag::sequence, element) || !whole.finished()) {
        return false;
    }
    der_reader numbers(element.content);
    return take_number(numbers, key.modulus) && take_number(numbers, key.exponent) &&
           numbers.finished();
}

/// ECParameters (RFC 5480, section 2.1.1; when spelled out, RFC 3279, section 2.3.5).
bool read_curve(der_reader& parameters, public_key_view& key) noexcept {
    der_element element;
    if (parameters.next(tag::object_identifier, element)) {
        key.curve = element.content;
        return parameters.finished();
    }
    if (!parameters.next(tag::sequence, element) || !parameters.finished()) {
        return false;
    }
    der_reader curve(element.content);
    return curve.next(tag::integer, element) && curve.next(tag::sequence, element) &&
           curve.next(tag::sequence, element) && curve.next(tag::octet_string, element) &&
           take_number(curve, key.order);
}

bool read_key(bytes der, public_key_view& key) noexcept {
    der_reader whole(der);
    der_element element;
    if (!whole.next(tag::sequence, element) || !whole.finished()) {
        return false;
    }
    der_reader parts(element.content);
    der_element algorithm;
    der_element value;
    if (!parts.next(tag::sequence, algorithm) || !parts.next(tag::bit_string, value) ||
        !parts.finished() || value.content.empty() || value.content[0] != 0) {
        return false;
    }
    der_reader parameters(algorithm.content);
    if (!parameters.next(tag::object_identifier, element)) {
        return false;
    }
    key.algorithm = element.content;
    key.kind = kind_of(key.algorithm);
    const bytes content = value.content.subspan(1);
    switch (key.kind) {
    case key_kind::rsa:
    case key_kind::rsa_pss:
        return read_rsa(content, key);
    case key_kind::elliptic:
        key.point = content;
        return read_curve(parameters, key);
    case key_kind::other:
        break;
    }
    return true;
}

}  // namespace

status parse_public_key(bytes der, public_key_view& key) noexcept {
    key = {};
    if (!read_key(der, key)) {
        key = {};
        return {.code = errc::bad_certificate};
    }
    return {};
}

std::size_t bit_length(bytes number) noexcept {
    return number.empty() ? 0 : (number.size() - 1) * 8 + std::bit_width(number.front());
}

}  // namespace polytls::x509
