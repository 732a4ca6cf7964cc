#include "name_format.hpp"

#include "asn1_text.hpp"

#include <polytls/core/x509.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace polytls::detail {
namespace {

constexpr std::uint8_t oid_tag = 0x06;
constexpr std::uint8_t sequence_tag = 0x30;
constexpr std::uint8_t set_tag = 0x31;

struct short_name {
    std::string_view oid;
    std::string_view name;
};

constexpr short_name short_names[] = {
#include "tables/attribute_names.inc"
};

/// One AttributeTypeAndValue, and whether it shares its RDN with the one before.
struct attribute {
    bytes type;
    x509::der_element value;
    bool joined;
};

bool read_rdn(bytes rdn, std::vector<attribute>& read) {
    x509::der_reader reader(rdn);
    x509::der_element pair;
    for (bool joined = false; reader.next(sequence_tag, pair); joined = true) {
        x509::der_reader parts(pair.content);
        x509::der_element type;
        x509::der_element value;
        if (!parts.next(oid_tag, type) || !parts.next(value) || !parts.finished()) {
            return false;
        }
        read.push_back({type.content, value, joined});
    }
    return reader.finished();
}

std::optional<std::vector<attribute>> attributes_of(bytes name) {
    x509::der_reader whole(name);
    x509::der_element rdns;
    if (!whole.next(sequence_tag, rdns) || !whole.finished()) {
        return std::nullopt;
    }
    std::vector<attribute> read;
    x509::der_reader reader(rdns.content);
    x509::der_element rdn;
    while (reader.next(set_tag, rdn)) {
        if (!read_rdn(rdn.content, read)) {
            return std::nullopt;
        }
    }
    return reader.finished() ? std::optional(std::move(read)) : std::nullopt;
}

/// The short name of a type; empty when it has none.
std::string_view short_name_of(const std::string& oid) noexcept {
    const auto* found = std::ranges::find(short_names, oid, &short_name::oid);
    return found == std::end(short_names) ? std::string_view{} : found->name;
}

std::string dump(const x509::der_element& value) {
    return "#" + hex(value.whole);
}

/// RFC 2253, section 2.4.
std::string escaped(std::string_view value) {
    constexpr std::string_view specials = ",+\"\\<>;";
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool first = i == 0 && (value[i] == ' ' || value[i] == '#');
        const bool last = i + 1 == value.size() && value[i] == ' ';
        if (first || last || specials.find(value[i]) != std::string_view::npos) {
            text += '\\';
        }
        text += value[i];
    }
    return text;
}

std::string rfc2253_text(const attribute& one) {
    const std::string oid = dotted(one.type);
    const std::string_view name = short_name_of(oid);
    if (name.empty()) {
        return oid + "=" + dump(one.value);
    }
    const auto text = text_of(one.value);
    return std::string(name) + "=" + (text ? escaped(*text) : dump(one.value));
}

}  // namespace

std::optional<distinguished_name> read_name(bytes name) {
    const auto attributes = attributes_of(name);
    if (!attributes) {
        return std::nullopt;
    }
    distinguished_name read;
    for (const attribute& one : *attributes) {
        std::string oid = dotted(one.type);
        const std::string_view known = short_name_of(oid);
        auto text = text_of(one.value);
        read.emplace_back(known.empty() ? std::move(oid) : std::string(known),
                          text ? *std::move(text) : dump(one.value));
    }
    return read;
}

std::optional<std::string> rfc2253_text(bytes name) {
    const auto attributes = attributes_of(name);
    if (!attributes) {
        return std::nullopt;
    }
    std::string text;
    for (auto one = attributes->rbegin(); one != attributes->rend(); ++one) {
        text += rfc2253_text(*one);
        if (one + 1 != attributes->rend()) {
            text += one->joined ? '+' : ',';
        }
    }
    return text;
}

}  // namespace polytls::detail
