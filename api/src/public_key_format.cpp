#include "public_key_format.hpp"

#include "asn1_text.hpp"

#include <polytls/core/public_key.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace polytls::detail {
namespace {

struct named_curve {
    std::string_view oid;
    std::string_view name;
    std::string_view nist;
    std::uint32_t bits;  // Of its order.
};

constexpr named_curve named_curves[] = {
#include "tables/elliptic_curves.inc"
};

/// A number in hex, no digit before the first that counts.
std::string digits_of(bytes number) {
    std::string text = hex(number);
    text.erase(0, text.starts_with('0') ? 1 : 0);
    return text.empty() ? "0" : text;
}

std::string in_small_letters(std::string digits) {
    std::ranges::transform(digits, digits.begin(), [](char c) {
        return 'A' <= c && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return digits;
}

void describe_curve(const x509::public_key_view& key, certificate& shown) {
    if (key.curve.empty()) {
        shown.bits = static_cast<std::uint32_t>(x509::bit_length(key.order));
        return;
    }
    std::string oid = dotted(key.curve);
    const auto* found = std::ranges::find(named_curves, oid, &named_curve::oid);
    if (found == std::end(named_curves)) {
        shown.asn1_curve = std::move(oid);
        return;
    }
    shown.asn1_curve = found->name;
    shown.nist_curve = found->nist;
    shown.bits = found->bits;
}

}  // namespace

void describe_key(bytes subject_public_key_info, certificate& shown) {
    shown.pubkey.assign(subject_public_key_info.begin(), subject_public_key_info.end());
    x509::public_key_view key;
    if (x509::parse_public_key(subject_public_key_info, key)) {
        return;
    }
    switch (key.kind) {
    case x509::key_kind::rsa:
    case x509::key_kind::rsa_pss:
        shown.modulus = digits_of(key.modulus);
        shown.exponent = "0x" + in_small_letters(digits_of(key.exponent));
        shown.bits = static_cast<std::uint32_t>(x509::bit_length(key.modulus));
        break;
    case x509::key_kind::elliptic:
        shown.pubkey.assign(key.point.begin(), key.point.end());
        describe_curve(key, shown);
        break;
    case x509::key_kind::other:
        break;
    }
}

}  // namespace polytls::detail
