#pragma once

#include <polytls/core/bytes.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::testing_der {

using der = std::vector<std::uint8_t>;

inline der join(std::initializer_list<der> parts) {
    der all;
    for (const der& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// An element with the shortest form of its length.
inline der element(std::uint8_t tag, const der& content) {
    der made{tag};
    if (content.size() < 128) {
        made.push_back(static_cast<std::uint8_t>(content.size()));
    } else if (content.size() < 256) {
        made.insert(made.end(), {0x81, static_cast<std::uint8_t>(content.size())});
    } else {
        made.insert(made.end(), {0x82, static_cast<std::uint8_t>(content.size() >> 8U),
                                 static_cast<std::uint8_t>(content.size())});
    }
    made.insert(made.end(), content.begin(), content.end());
    return made;
}

inline der sequence(std::initializer_list<der> parts) {
    return element(0x30, join(parts));
}

inline der text(std::uint8_t tag, std::string_view value) {
    return element(tag, der(value.begin(), value.end()));
}

/// A Name of one commonName, in UTF8String unless told.
inline der name(std::string_view common_name, std::uint8_t string_tag = 0x0c) {
    return sequence(
        {element(0x31, sequence({element(0x06, {0x55, 4, 3}), text(string_tag, common_name)}))});
}

/// An extension 2.5.29.`id`.
inline der extension(std::uint8_t id, const der& value) {
    return sequence({element(0x06, {0x55, 0x1d, id}), element(0x04, value)});
}

inline der dns_name(std::string_view value) {
    return text(0x82, value);
}

inline der ip_address(const der& octets) {
    return element(0x87, octets);
}

inline der uri(std::string_view value) {
    return text(0x86, value);
}

inline der subject_alt_name(std::initializer_list<der> names) {
    return extension(17, sequence(names));
}

inline der basic_constraints(bool ca, std::optional<std::uint8_t> path_length = {}) {
    return extension(19, sequence({ca ? der{1, 1, 0xff} : der{},
                                   path_length ? der{2, 1, *path_length} : der{}}));
}

/// `bits` with bit 0 of RFC 5280 (digitalSignature) on top.
inline der key_usage(std::uint8_t bits) {
    return extension(15, element(0x03, {0, bits}));
}

inline der ext_key_usage(std::initializer_list<std::uint8_t> purposes) {
    der ids;
    for (const std::uint8_t purpose : purposes) {
        const der id = element(0x06, {0x2b, 6, 1, 5, 5, 7, 3, purpose});
        ids.insert(ids.end(), id.begin(), id.end());
    }
    return extension(37, element(0x30, ids));
}

/// What a certificate says. Its key and its signature are made up: nothing here verifies them.
struct certificate {
    std::string subject = "subject";
    std::string issuer = "issuer";
    std::string not_before = "20200101000000Z";
    std::string not_after = "20490101000000Z";
    std::uint8_t version = 3;
    std::vector<der> extensions{};
    der key = sequence({sequence({element(0x06, {0x2a, 3})}), element(0x03, {0, 1, 2, 3})});

    der encode() const {
        der list;
        for (const der& each : extensions) {
            list.insert(list.end(), each.begin(), each.end());
        }
        const der algorithm = sequence({element(0x06, {0x2a, 3})});
        const der to_be_signed = sequence(
            {version == 1 ? der{} : element(0xa0, {2, 1, static_cast<std::uint8_t>(version - 1)}),
             element(0x02, {7}), algorithm, name(issuer),
             sequence({text(0x18, not_before), text(0x18, not_after)}), name(subject), key,
             list.empty() ? der{} : element(0xa3, element(0x30, list))});
        return sequence({to_be_signed, algorithm, element(0x03, {0, 9, 9})});
    }
};

}  // namespace polytls::testing_der
