#include "general_name_format.hpp"

#include "asn1_text.hpp"
#include "name_format.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

namespace polytls::detail {
namespace {

using charset = general_name_text::charset;

constexpr std::string_view unsupported = "<unsupported>";

bool is_printable(unsigned char c, charset known) noexcept {
    return (' ' <= c && c <= '~') || (known == charset::utf8 && c >= 0x80);
}

/// A single quote is no separator, but a value in single quotes would look quoted.
bool is_safe(std::string_view value, charset known) noexcept {
    static constexpr std::string_view unsafe = ",'\"\\";
    return std::ranges::all_of(value, [known](char c) {
        return is_printable(static_cast<unsigned char>(c), known) &&
               unsafe.find(c) == std::string_view::npos;
    });
}

std::string quoted(std::string_view value, charset known) {
    std::string text = "\"";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (c != ',' && is_printable(byte, known)) {
            text += c;
        } else {
            std::array<char, 8> escape{};
            static_cast<void>(
                std::snprintf(escape.data(), escape.size(), "\\u%04x", unsigned{byte}));
            text += escape.data();
        }
    }
    return text + '"';
}

std::string ip_text(bytes address) {
    if (address.size() != 4 && address.size() != 16) {
        return "<invalid length=" + std::to_string(address.size()) + ">";
    }
    std::string text;
    if (address.size() == 4) {
        for (const std::uint8_t octet : address) {
            text += (text.empty() ? "" : ".") + std::to_string(octet);
        }
        return text;
    }
    for (std::size_t i = 0; i < address.size(); i += 2) {
        std::array<char, 8> group{};
        const unsigned value = static_cast<unsigned>(address[i]) << 8U | address[i + 1];
        static_cast<void>(std::snprintf(group.data(), group.size(), i == 0 ? "%X" : ":%X", value));
        text += group.data();
    }
    return text;
}

/// A kind of otherName whose value is a text that people read.
struct other_name_kind {
    std::string_view oid;
    std::string_view label;
    std::uint8_t tag;
};

constexpr std::uint8_t utf8_string = 0x0c;
constexpr std::uint8_t ia5_string = 0x16;

constexpr other_name_kind other_name_kinds[] = {
    {"1.3.6.1.5.5.7.8.5", "XmppAddr", utf8_string},         // RFC 6120
    {"1.3.6.1.5.5.7.8.7", "SRVName", ia5_string},           // RFC 4985
    {"1.3.6.1.5.5.7.8.8", "NAIRealm", utf8_string},         // RFC 7585
    {"1.3.6.1.5.5.7.8.9", "SmtpUTF8Mailbox", utf8_string},  // RFC 9598
    {"1.3.6.1.4.1.311.20.2.3", "UPN", utf8_string},         // Microsoft's user principal name
};

/// OtherName (RFC 5280, section 4.2.1.6), without its header.
general_name_text other_name_text(bytes content) {
    constexpr std::uint8_t object_identifier = 0x06;
    constexpr std::uint8_t explicit_value = 0xa0;
    x509::der_reader parts(content);
    x509::der_element type;
    x509::der_element wrapped;
    x509::der_element value;
    if (parts.next(object_identifier, type) && parts.next(explicit_value, wrapped) &&
        parts.finished()) {
        x509::der_reader(wrapped.content).next(value);
    }
    const auto* found =
        std::ranges::find(other_name_kinds, dotted(type.content), &other_name_kind::oid);
    if (found == std::end(other_name_kinds) || found->tag != value.tag ||
        value.whole.size() != wrapped.content.size()) {
        return {.label = "othername", .value = std::string(unsupported)};
    }
    const bool utf8 = value.tag == utf8_string;
    return {.label = "othername",
            .value = std::string(found->label) + ":" +
                     (utf8 ? repaired_utf8(value.content) : std::string(as_text(value.content))),
            .known = utf8 ? charset::utf8 : charset::ascii};
}

}  // namespace

std::string general_name_text::listed() const {
    return std::string(label) + ":" + (is_safe(value, known) ? value : quoted(value, known));
}

std::string general_name_text::plain() const {
    if (known == charset::utf8) {
        return value;
    }
    std::string text;
    for (const char c : value) {
        append_utf8(text, static_cast<unsigned char>(c));
    }
    return text;
}

std::optional<general_name_text> text_of(const x509::general_name& name) {
    const auto as_it_is = [&name](std::string_view label) {
        return general_name_text{.label = label, .value = std::string(as_text(name.value))};
    };
    switch (name.kind) {
    case x509::name_kind::dns_name:
        return as_it_is("DNS");
    case x509::name_kind::rfc822_name:
        return as_it_is("email");
    case x509::name_kind::uniform_resource_identifier:
        return as_it_is("URI");
    case x509::name_kind::ip_address:
        return general_name_text{.label = "IP Address", .value = ip_text(name.value)};
    case x509::name_kind::registered_id:
        return general_name_text{.label = "Registered ID", .value = dotted(name.value)};
    case x509::name_kind::directory_name: {
        auto text = rfc2253_text(name.value);
        return text ? std::optional(general_name_text{
                          .label = "DirName", .value = *std::move(text), .known = charset::utf8})
                    : std::nullopt;
    }
    case x509::name_kind::other_name:
        return other_name_text(name.value);
    case x509::name_kind::x400_address:
        return general_name_text{.label = "X400Name", .value = std::string(unsupported)};
    case x509::name_kind::edi_party_name:
        return general_name_text{.label = "EdiPartyName", .value = std::string(unsupported)};
    }
    return std::nullopt;
}

std::optional<std::string> general_names_text(bytes names) {
    std::string text;
    x509::general_name name{};
    while (x509::next_general_name(names, name)) {
        const auto one = text_of(name);
        if (!one) {
            return std::nullopt;
        }
        text += (text.empty() ? "" : ", ") + one->listed();
    }
    return names.empty() ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace polytls::detail
