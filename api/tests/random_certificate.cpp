#include "random_certificate.hpp"

#include "core/der_builder.hpp"
#include "utf8.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace polytls::testkit {
namespace {

using testing_der::element;
using testing_der::join;
using testing_der::sequence;
using testing_der::text;

/// Content of an OBJECT IDENTIFIER of these numbers.
byte_string oid(std::initializer_list<std::uint64_t> arcs) {
    const auto* at = arcs.begin();
    std::vector<std::uint64_t> numbers{at[0] * 40 + at[1]};
    numbers.insert(numbers.end(), at + 2, arcs.end());
    byte_string content;
    for (const std::uint64_t arc : numbers) {
        int shift = 63;
        while (shift > 0 && arc >> static_cast<unsigned>(shift) == 0) {
            shift -= 7;
        }
        for (; shift >= 0; shift -= 7) {
            const auto bits =
                static_cast<std::uint8_t>(arc >> static_cast<unsigned>(shift) & 0x7fU);
            content.push_back(static_cast<std::uint8_t>(shift == 0 ? bits : bits | 0x80U));
        }
    }
    return content;
}

byte_string big_endian(char32_t point, unsigned size) {
    byte_string encoded;
    for (unsigned i = size; i-- != 0;) {
        encoded.push_back(static_cast<std::uint8_t>(point >> 8 * i));
    }
    return encoded;
}

/// Latin-1 as UTF-8.
std::string widened(std::string_view value) {
    std::string wide;
    for (const char c : value) {
        detail::append_utf8(wide, static_cast<unsigned char>(c));
    }
    return wide;
}

}  // namespace

random_certificate certificate_maker::make(bool plain) {
    plain_ = plain;
    made_ = {};
    const bool old = one_in(10);
    const byte_string algorithm = sequence({element(0x06, oid({1, 2, 840, 10045, 4, 3, 2}))});
    const byte_string to_be_signed =
        sequence({old ? byte_string{} : element(0xa0, {2, 1, 2}), integer(), algorithm, name(),
                  sequence({time(), time()}), name(),
                  one_in(3) ? rsa_key() : keys_[number(0, keys_.size() - 1)],
                  old ? byte_string{} : element(0xa3, element(0x30, extensions()))});
    made_.der =
        sequence({to_be_signed, algorithm, element(0x03, join({{0}, noise(number(0, 80))}))});
    return made_;
}

std::uint64_t certificate_maker::number(std::uint64_t low, std::uint64_t high) {
    return std::uniform_int_distribution<std::uint64_t>(low, high)(random_);
}

byte_string certificate_maker::noise(std::size_t size) {
    byte_string made(size);
    for (std::uint8_t& byte : made) {
        byte = static_cast<std::uint8_t>(number(0, 255));
    }
    return made;
}

/// A serial number: short or long, of either sign, in the shortest form.
byte_string certificate_maker::integer() {
    byte_string content = noise(one_in(4) ? number(21, 60) : number(1, 20));
    if (content.size() > 1 && (content[0] == 0 || content[0] == 0xff)) {
        content[0] = 0x42;
    }
    content.back() |= 1U;
    return element(0x02, content);
}

byte_string certificate_maker::unknown_oid() {
    return one_in(4) ? oid({2, number(40, 10'000'000), number(0, 1ULL << 62U)})
                     : oid({1, 3, 6, 1, 4, 1, 99999, number(0, 1000), number(0, 1ULL << 40U)});
}

/// Separators, escapes and control characters more often than their share.
char32_t certificate_maker::character(char32_t highest) {
    static constexpr char32_t troublesome[] = {U',', U'+', U'"', U'\\', U'<',  U'>',  U';', U'#',
                                               U'=', U' ', U'/', U'\'', U'\n', U'\0', 0x7f, U':'};
    char32_t point = 0;
    switch (number(0, 3)) {
    case 0:
        return any_of(troublesome);
    case 1:
        do {
            point = static_cast<char32_t>(number(0x80, highest));
        } while (0xd800 <= point && point <= 0xdfff);
        return point;
    default:
        return static_cast<char32_t>(number('0', 'z'));
    }
}

byte_string certificate_maker::text_value() {
    static constexpr std::uint8_t types[] = {0x0c, 0x0c, 0x12, 0x13, 0x14, 0x16, 0x1c, 0x1e};
    const std::uint8_t type = any_of(types);
    byte_string content;
    for (std::uint64_t left = number(0, one_in(20) ? 300 : 12); left != 0; --left) {
        const char32_t point = character(type == 0x0c || type == 0x1c ? 0x10ffff
                                         : type == 0x1e               ? 0xffff
                                                                      : 0xff);
        std::string utf8;
        detail::append_utf8(utf8, point);
        const byte_string encoded = type == 0x0c   ? byte_string(utf8.begin(), utf8.end())
                                    : type == 0x1c ? big_endian(point, 4)
                                    : type == 0x1e ? big_endian(point, 2)
                                                   : big_endian(point, 1);
        content.insert(content.end(), encoded.begin(), encoded.end());
    }
    return element(type, content);
}

byte_string certificate_maker::attribute() {
    static const byte_string types[] = {
        oid({2, 5, 4, 3}),  oid({2, 5, 4, 6}),
        oid({2, 5, 4, 10}), oid({2, 5, 4, 11}),
        oid({2, 5, 4, 5}),  oid({1, 2, 840, 113549, 1, 9, 1}),
        oid({2, 5, 4, 13}), oid({0, 9, 2342, 19200300, 100, 1, 25}),
    };
    // What is no text at all: a BIT STRING.
    return sequence({element(0x06, one_in(6) ? unknown_oid() : any_of(types)),
                     one_in(12) ? element(0x03, join({{0}, noise(3)})) : text_value()});
}

byte_string certificate_maker::name() {
    byte_string rdns;
    for (std::uint64_t left = number(0, 5); left != 0; --left) {
        byte_string rdn;
        for (std::uint64_t joined = one_in(4) ? number(2, 3) : 1; joined != 0; --joined) {
            rdn = join({rdn, attribute()});
        }
        rdns = join({rdns, element(0x31, rdn)});
    }
    return element(0x30, rdns);
}

byte_string certificate_maker::time() {
    using namespace std::chrono;
    static constexpr const char* borders[] = {"500101000000Z", "491231235959Z", "700101000000Z",
                                              "000229000000Z", "991231235959Z"};
    if (one_in(4)) {
        return text(0x17, any_of(borders));
    }
    static constexpr std::int64_t years_1_to_9999[] = {-62'135'596'800, 253'402'300'799};
    const bool utc = one_in(2);
    // UTCTime: 1950 to 2049.
    const std::int64_t low = utc ? -631'152'000 : years_1_to_9999[0];
    const std::int64_t high = utc ? 2'524'607'999 : years_1_to_9999[1];
    const sys_seconds point(seconds(
        low + static_cast<std::int64_t>(number(0, static_cast<std::uint64_t>(high - low)))));
    const year_month_day date(floor<days>(point));
    const hh_mm_ss clock(point - floor<days>(point));
    char digits[32] = {};
    static_cast<void>(std::snprintf(
        digits, sizeof digits, "%04d%02u%02u%02d%02d%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count())));
    return utc ? text(0x17, digits + 2) : text(0x18, digits);
}

/// An RSA key of numbers that need not make a good one.
byte_string certificate_maker::rsa_key() {
    const auto positive = [this](std::size_t size) {
        byte_string content = noise(size);
        content[0] = static_cast<std::uint8_t>(number(1, 255));
        return element(0x02, content[0] < 0x80 ? content : join({{0}, content}));
    };
    const byte_string key = sequence({positive(number(1, 300)), positive(number(1, 7))});
    return sequence({sequence({element(0x06, oid({1, 2, 840, 113549, 1, 1, 1})), {5, 0}}),
                     element(0x03, join({{0}, key}))});
}

std::string certificate_maker::host_text(bool plain) {
    static constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?=&*";
    static constexpr std::string_view traps[] = {
        ", DNS:evil.example", ",URI:x", "\",\"", "\\u002c", "\"", "'", "\\", "\n", "\xc3\xbc"};
    std::string made;
    for (std::uint64_t left = number(1, 20); left != 0; --left) {
        if (plain || !one_in(4)) {
            made += letters[number(0, letters.size() - 1)];
        } else if (one_in(2)) {
            made += any_of(traps);
        } else {
            made += static_cast<char>(number(0, 255));
        }
    }
    return made;
}

/// A GeneralName, and what it is to read as.
std::pair<byte_string, std::pair<std::string, std::string>> certificate_maker::general_name() {
    const std::string value = host_text(plain_);
    switch (number(0, plain_ ? 5 : 6)) {
    case 0:
        return {text(0x81, value), {"email", widened(value)}};
    case 1:
        return {text(0x86, value), {"URI", widened(value)}};
    case 2: {
        const byte_string four = noise(4);
        char shown[32] = {};
        static_cast<void>(std::snprintf(shown, sizeof shown, "%u.%u.%u.%u", unsigned{four[0]},
                                        unsigned{four[1]}, unsigned{four[2]}, unsigned{four[3]}));
        return {element(0x87, four), {"IP Address", shown}};
    }
    case 3:
        return {element(0x88, oid({1, 3, 6, 1, 4, 1, 99999, 7})),
                {"Registered ID", "1.3.6.1.4.1.99999.7"}};
    case 6: {
        std::string principal;
        for (std::uint64_t left = number(0, 10); left != 0; --left) {
            detail::append_utf8(principal, character(0x10ffff));
        }
        return {element(0xa0, join({element(0x06, oid({1, 3, 6, 1, 4, 1, 311, 20, 2, 3})),
                                    element(0xa0, text(0x0c, principal))})),
                {"othername", "UPN:" + principal}};
    }
    default:
        return {text(0x82, value), {"DNS", widened(value)}};
    }
}

byte_string certificate_maker::alternative_name() {
    auto [der, reads_as] = general_name();
    made_.alternative_names.push_back(std::move(reads_as));
    return der;
}

byte_string certificate_maker::access() {
    static const std::pair<byte_string, const char*> methods[] = {
        {oid({1, 3, 6, 1, 5, 5, 7, 48, 1}), "OCSP"},
        {oid({1, 3, 6, 1, 5, 5, 7, 48, 2}), "CA Issuers"},
        {oid({1, 3, 6, 1, 5, 5, 7, 48, 3}), "AD Time Stamping"},
        {oid({1, 3, 6, 1, 5, 5, 7, 48, 4}), "ad dvcs"},
        {oid({1, 3, 6, 1, 5, 5, 7, 48, 5}), "CA Repository"},
        {oid({1, 3, 6, 1, 4, 1, 99999, 48}), "1.3.6.1.4.1.99999.48"},
    };
    const auto& [method, title] = any_of(methods);
    auto [der, reads_as] = general_name();
    made_.accesses.emplace_back(std::string(title) + " - " + reads_as.first, reads_as.second);
    return sequence({element(0x06, method), der});
}

byte_string certificate_maker::purposes() {
    byte_string list;
    for (std::uint64_t left = number(1, 4); left != 0; --left) {
        list = join({list, element(0x06, one_in(2) ? oid({1, 3, 6, 1, 5, 5, 7, 3, number(1, 2)})
                                                   : unknown_oid())});
    }
    return element(0x30, list);
}

byte_string certificate_maker::extensions() {
    std::vector<byte_string> list;
    const auto add = [this, &list](const byte_string& id, const byte_string& value) {
        list.push_back(
            sequence({element(0x06, id), one_in(3) ? byte_string{1, 1, 0xff} : byte_string{},
                      element(0x04, value)}));
    };
    if (!one_in(5)) {
        byte_string names;
        for (std::uint64_t left = one_in(10) ? 200 : number(1, 6); left != 0; --left) {
            names = join({names, alternative_name()});
        }
        add(oid({2, 5, 29, 17}), element(0x30, names));
    }
    if (one_in(2)) {
        byte_string accesses;
        for (std::uint64_t left = number(1, 6); left != 0; --left) {
            accesses = join({accesses, access()});
        }
        add(oid({1, 3, 6, 1, 5, 5, 7, 1, 1}), element(0x30, accesses));
    }
    if (one_in(2)) {
        add(oid({2, 5, 29, 37}), purposes());
    }
    if (one_in(2)) {
        add(oid({2, 5, 29, 19}), sequence({one_in(2) ? byte_string{1, 1, 0xff} : byte_string{}}));
    }
    if (one_in(2)) {
        add(oid({2, 5, 29, 15}), element(0x03, {0, static_cast<std::uint8_t>(number(1, 255))}));
    }
    if (one_in(3) || list.empty()) {
        add(unknown_oid(), noise(number(0, 40)));
    }
    std::shuffle(list.begin(), list.end(), random_);
    byte_string joined;
    for (const byte_string& each : list) {
        joined = join({joined, each});
    }
    return joined;
}

}  // namespace polytls::testkit
