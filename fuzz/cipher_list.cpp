// The language of the option `ciphers`.
#include "input.hpp"
#include "target.hpp"

#include <polytls/backends.hpp>
#include <polytls/cipher_list.hpp>
#include <polytls/cipher_suite.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string>

namespace polytls::fuzz {
namespace {

constexpr std::array<version_range, 4> ranges = {{
    {},
    {protocol_version::tls1_2, protocol_version::tls1_2},
    {protocol_version::tls1_3, protocol_version::tls1_3},
    {protocol_version::tls1_0, protocol_version::tls1_3},
}};

/// In an input's first byte: every suite known may be chosen, not only the backend's.
constexpr std::uint8_t every_suite = 0x80;

using suites = std::vector<cipher_suite_id>;

void check_suites(const suites& chosen, const suites& available) {
    require(!chosen.empty(), "a list that is taken chooses something");
    require(std::set(chosen.begin(), chosen.end()).size() == chosen.size(),
            "no suite is chosen twice");
    require(std::ranges::all_of(chosen,
                                [&](cipher_suite_id id) {
                                    return std::ranges::find(available, id) != available.end();
                                }),
            "only suites that there are are chosen");
    require(std::ranges::is_partitioned(chosen, is_tls1_3), "those of TLS 1.3 come first");
}

suites suites_of_backend() {
    const auto spoken = default_backend().implementation().cipher_suites();
    return {spoken.begin(), spoken.end()};
}

suites all_suites() {
    suites all;
    std::ranges::transform(every_cipher_suite(), std::back_inserter(all), &cipher_suite::id);
    return all;
}

std::string names_of(const suites& chosen) {
    std::string names;
    for (const cipher_suite_id id : chosen) {
        const cipher_suite* suite = find_cipher_suite(id);
        require(suite != nullptr, "a suite that is chosen has a name");
        names += (names.empty() ? "" : ":") + std::string(suite->name);
    }
    return names;
}

}  // namespace

void run(bytes input) {
    input_reader from(input);
    const std::uint8_t choice = from.byte();
    const version_range versions = ranges[choice % ranges.size()];
    const suites available = (choice & every_suite) != 0 ? all_suites() : suites_of_backend();

    const auto chosen = parse_cipher_list(as_text(from.rest()), available, versions);
    if (!chosen) {
        const failure& why = chosen.error();
        require(why.code == errc::unknown_cipher || why.code == errc::invalid_argument ||
                    why.code == errc::no_cipher_match,
                "a list is refused for a documented reason");
        require(why.input == "ciphers" && !why.message.empty(), "the failure names its input");
        return;
    }
    check_suites(*chosen, available);
    // Names of none of TLS 1.3, as where '!' took them out, have those that are there by default.
    const bool names_tls1_3 = std::ranges::any_of(*chosen, is_tls1_3);
    auto again = parse_cipher_list(names_of(*chosen), available, versions);
    require(again.has_value(), "the names of what was chosen are a list");
    if (!names_tls1_3) {
        std::erase_if(*again, is_tls1_3);
    }
    require(*again == *chosen, "the names of what was chosen choose the same");
}

std::vector<octets> seeds() {
    std::vector<octets> made;
    for (const std::string_view list :
         {"DEFAULT", "ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256", "HIGH:!aNULL:!MD5",
          "ECDHE+AESGCM:ECDHE+CHACHA20:!RSA:-SHA1", "ALL:@STRENGTH", "DEFAULT:@SECLEVEL=2",
          "kECDHE+AES:+AES256", "AES128-SHA,ECDHE-RSA-CHACHA20-POLY1305; TLS_AES_256_GCM_SHA384",
          "EECDH+AESGCM:EDH+AESGCM:AES256+EECDH"}) {
        for (std::size_t range = 0; range < ranges.size(); ++range) {
            made.push_back(octets{static_cast<std::uint8_t>(range)} + as_bytes(list));
            made.push_back(octets{static_cast<std::uint8_t>(every_suite | range)} + as_bytes(list));
        }
    }
    return made;
}

}  // namespace polytls::fuzz
