#include "name_text.hpp"

#include <polytls/core/x509.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace polytls::detail {
namespace {

constexpr std::uint8_t sequence_tag = 0x30;
constexpr std::uint8_t set_tag = 0x31;
constexpr std::uint8_t oid_tag = 0x06;
constexpr std::uint8_t utf8_string_tag = 0x0c;
constexpr std::uint8_t universal_string_tag = 0x1c;
constexpr std::uint8_t bmp_string_tag = 0x1e;

struct short_name {
    std::string_view oid;
    std::string_view name;
};

/// OpenSSL's short names of what is found in subjects.
constexpr short_name short_names[] = {
    {"2.5.4.3", "CN"},
    {"2.5.4.4", "SN"},
    {"2.5.4.5", "serialNumber"},
    {"2.5.4.6", "C"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "ST"},
    {"2.5.4.9", "street"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"2.5.4.12", "title"},
    {"2.5.4.13", "description"},
    {"2.5.4.15", "businessCategory"},
    {"2.5.4.17", "postalCode"},
    {"2.5.4.41", "name"},
    {"2.5.4.42", "GN"},
    {"2.5.4.43", "initials"},
    {"2.5.4.44", "generationQualifier"},
    {"2.5.4.46", "dnQualifier"},
    {"2.5.4.65", "pseudonym"},
    {"2.5.4.97", "organizationIdentifier"},
    {"0.9.2342.19200300.100.1.1", "UID"},
    {"0.9.2342.19200300.100.1.25", "DC"},
    {"1.2.840.113549.1.9.1", "emailAddress"},
    {"1.2.840.113549.1.9.2", "unstructuredName"},
    {"1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"},
    {"1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"},
    {"1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"},
};

std::string key_of(bytes oid) {
    std::string text = dotted(oid);
    const auto* found = std::ranges::find(short_names, text, &short_name::oid);
    return found == std::end(short_names) ? text : std::string(found->name);
}

void append_utf8(std::string& text, std::uint32_t point) {
    const auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xc0U | point >> 6U);
        put(0x80U | (point & 0x3fU));
    } else if (point < 0x10000) {
        put(0xe0U | point >> 12U);
        put(0x80U | (point >> 6U & 0x3fU));
        put(0x80U | (point & 0x3fU));
    } else {
        put(0xf0U | point >> 18U);
        put(0x80U | (point >> 12U & 0x3fU));
        put(0x80U | (point >> 6U & 0x3fU));
        put(0x80U | (point & 0x3fU));
    }
}

/// A string of any of ASN.1's types as UTF-8. Those of one byte a character are taken as Latin-1,
/// which is what T61String means in practice.
std::string to_utf8(std::uint8_t tag, bytes value) {
    if (tag == utf8_string_tag) {
        return std::string(as_text(value));
    }
    const std::size_t width = tag == bmp_string_tag ? 2 : tag == universal_string_tag ? 4 : 1;
    std::string text;
    for (std::size_t i = 0; i + width <= value.size(); i += width) {
        std::uint32_t point = 0;
        for (const std::uint8_t byte : value.subspan(i, width)) {
            point = point << 8U | byte;
        }
        append_utf8(text, std::min<std::uint32_t>(point, 0x10ffff));
    }
    return text;
}

std::string number(unsigned value, const char* format) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

std::string ip_text(bytes address) {
    std::string text;
    if (address.size() == 4) {
        for (const std::uint8_t octet : address) {
            text += (text.empty() ? "" : ".") + std::to_string(octet);
        }
    } else if (address.size() == 16) {
        for (std::size_t i = 0; i < address.size(); i += 2) {
            const unsigned group = static_cast<unsigned>(address[i]) << 8U | address[i + 1];
            text += (i == 0 ? "" : ":") + number(group, "%X");
        }
    } else {
        text = "<invalid>";
    }
    return text;
}

/// Quotes a value in which there is anything that separates names, or that is not plain text: so
/// one name can never read as two.
std::string quoted(std::string_view value) {
    const bool plain = std::ranges::all_of(value, [](unsigned char c) {
        return c >= ' ' && c < 0x7f && c != ',' && c != '\'' && c != '"' && c != '\\';
    });
    if (plain) {
        return std::string(value);
    }
    std::string text = "\"";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (byte < ' ' || byte >= 0x7f) {
            text += number(byte, "\\u%04x");
        } else {
            text += c;
        }
    }
    return text + '"';
}

std::string directory_name_text(bytes name) {
    std::string text;
    for (const auto& [key, value] : read_name(name)) {
        text += (text.empty() ? "" : ",") + key + "=" + value;
    }
    return text;
}

std::string general_name_text(const x509::general_name& name) {
    switch (name.kind) {
    case x509::name_kind::dns_name:
        return "DNS:" + quoted(as_text(name.value));
    case x509::name_kind::rfc822_name:
        return "email:" + quoted(as_text(name.value));
    case x509::name_kind::uniform_resource_identifier:
        return "URI:" + quoted(as_text(name.value));
    case x509::name_kind::ip_address:
        return "IP Address:" + ip_text(name.value);
    case x509::name_kind::registered_id:
        return "Registered ID:" + dotted(name.value);
    case x509::name_kind::directory_name:
        return "DirName:" + quoted(directory_name_text(name.value));
    case x509::name_kind::other_name:
        return "othername:<unsupported>";
    case x509::name_kind::x400_address:
        return "X400Name:<unsupported>";
    case x509::name_kind::edi_party_name:
        return "EdiPartyName:<unsupported>";
    }
    return {};
}

}  // namespace

distinguished_name read_name(bytes name) {
    distinguished_name read;
    x509::der_element rdns;
    if (!x509::der_reader(name).next(sequence_tag, rdns)) {
        return read;
    }
    x509::der_reader outer(rdns.content);
    x509::der_element rdn;
    while (outer.next(set_tag, rdn)) {
        x509::der_reader inner(rdn.content);
        x509::der_element attribute;
        while (inner.next(sequence_tag, attribute)) {
            x509::der_reader pair(attribute.content);
            x509::der_element type;
            x509::der_element value;
            if (pair.next(oid_tag, type) && pair.next(value)) {
                read.emplace_back(key_of(type.content), to_utf8(value.tag, value.content));
            }
        }
    }
    return read;
}

std::string dotted(bytes oid) {
    std::string text;
    std::uint64_t part = 0;
    for (const std::uint8_t byte : oid) {
        if (part >> 57U != 0) {
            return {};
        }
        part = part << 7U | (byte & 0x7fU);
        if ((byte & 0x80U) != 0) {
            continue;
        }
        if (text.empty()) {
            // The first two parts share a number (X.690, section 8.19.4).
            const std::uint64_t first = std::min<std::uint64_t>(part / 40, 2);
            text = std::to_string(first) + "." + std::to_string(part - 40 * first);
        } else {
            text += "." + std::to_string(part);
        }
        part = 0;
    }
    return text;
}

std::string general_names_text(bytes names) {
    std::string text;
    x509::general_name name{};
    while (x509::next_general_name(names, name)) {
        text += (text.empty() ? "" : ", ") + general_name_text(name);
    }
    return text;
}

}  // namespace polytls::detail
