#include "general_name_format.hpp"

#include "asn1_text.hpp"
#include "name_format.hpp"

#include <polytls/core/x509.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

namespace polytls::detail {
namespace {

/// What bytes beyond ASCII are: names of hosts and the like are IA5Strings and have none, names
/// from a directory are UTF-8.
enum class charset : std::uint8_t { ascii, utf8 };

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

std::string quoted_when_unsafe(std::string_view value, charset known) {
    if (is_safe(value, known)) {
        return std::string(value);
    }
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

std::optional<std::string> general_name_text(const x509::general_name& name) {
    const auto ascii = [&name] { return quoted_when_unsafe(as_text(name.value), charset::ascii); };
    switch (name.kind) {
    case x509::name_kind::dns_name:
        return "DNS:" + ascii();
    case x509::name_kind::rfc822_name:
        return "email:" + ascii();
    case x509::name_kind::uniform_resource_identifier:
        return "URI:" + ascii();
    case x509::name_kind::ip_address:
        return "IP Address:" + ip_text(name.value);
    case x509::name_kind::registered_id:
        return "Registered ID:" + dotted(name.value);
    case x509::name_kind::directory_name: {
        const auto text = rfc2253_text(name.value);
        return text ? std::optional("DirName:" + quoted_when_unsafe(*text, charset::utf8))
                    : std::nullopt;
    }
    case x509::name_kind::other_name:
        return "othername:<unsupported>";
    case x509::name_kind::x400_address:
        return "X400Name:<unsupported>";
    case x509::name_kind::edi_party_name:
        return "EdiPartyName:<unsupported>";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> general_names_text(bytes names) {
    std::string text;
    x509::general_name name{};
    while (x509::next_general_name(names, name)) {
        const auto one = general_name_text(name);
        if (!one) {
            return std::nullopt;
        }
        text += (text.empty() ? "" : ", ") + *one;
    }
    return names.empty() ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace polytls::detail
