// The small texts that callers and peers give: PEM, names, addresses, lists of protocols.
#include "input.hpp"
#include "target.hpp"

#include <polytls/backends.hpp>
#include <polytls/cipher_suite.hpp>
#include <polytls/core/named_group.hpp>
#include <polytls/core/protocol_list.hpp>
#include <polytls/core/server_identity.hpp>
#include <polytls/core/signature_scheme.hpp>
#include <polytls/pem.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace polytls::fuzz {
namespace {

void check_pem(bytes input) {
    const std::string_view text = as_text(input);
    const auto blocks = split_pem(text);
    if (!blocks) {
        require(blocks.error().code == errc::bad_pem && !blocks.error().message.empty(),
                "PEM is refused with a reason");
        return;
    }
    require(blocks->empty() || looks_like_pem(text), "a text with blocks looks like PEM");
    for (const pem_block& block : *blocks) {
        require(within(block.label, input) && within(block.text, input),
                "views point into the text");
        if (block.der.empty()) {
            continue;
        }
        const std::string written = to_pem(block.label, block.der);
        const auto again = split_pem(written);
        require(again && again->size() == 1 && again->front().der == block.der &&
                    again->front().label == block.label,
                "a block that is written is read as it was");
    }
}

void check_names(bytes input) {
    input_reader from(input);
    const std::string_view pattern = as_text(from.until("\n"));
    const std::string_view name = as_text(from.rest());
    const auto address = parse_ip_address(name);
    require(!address || address->size == 4 || address->size == 16, "an address has 4 or 16 bytes");
    require(!address || !is_dns_name(name), "an address is no name");
    if (is_dns_name(name)) {
        require(name.size() <= 254 && matches_dns_name(name, name), "a name matches itself");
        std::string other(name);
        std::ranges::transform(other, other.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        require(matches_dns_name(pattern, name) == matches_dns_name(pattern, other),
                "case does not count");
    }
    if (is_dns_name(name) && !is_dns_name(pattern) && matches_dns_name(pattern, name)) {
        require(pattern.starts_with("*.") && std::ranges::count(pattern, '*') == 1 &&
                    std::ranges::count(pattern, '.') >= 2,
                "a wildcard is a whole label, the left-most of three or more");
    }
}

void check_protocols(bytes input) {
    input_reader from(input);
    const protocol_list server(from.take(from.byte()));
    const protocol_list client(from.rest());
    for (const protocol_list list : {server, client}) {
        std::size_t walked = 0;
        for (const bytes name : list) {
            require(!name.empty() && within(name, list.wire()), "names lie in the list");
            require(list.contains(name), "a list contains its names");
            walked += 1 + name.size();
        }
        require(walked <= list.wire().size() &&
                    (walked == list.wire().size()) == list.well_formed(),
                "a walk reaches the end of a list that is well formed, and of no other");
    }
    const bytes chosen = select_protocol(server, client);
    require(chosen.empty() || (server.contains(chosen) && client.contains(chosen)),
            "the protocol chosen is in both lists");
}

void check_words(bytes input) {
    const std::string_view word = as_text(input);
    if (const auto group = named_group_named(word)) {
        require(named_group_named(name_of(*group)) == group, "a group's name is the group's");
    }
    if (const auto scheme = signature_scheme_named(word)) {
        require(signature_scheme_named(name_of(*scheme)) == scheme, "a scheme's name is its own");
    }
    if (const auto version = protocol_version_named(word)) {
        require(protocol_version_named(name_of(*version)) == version,
                "a version's name is its own");
    }
    if (const cipher_suite* suite = find_cipher_suite(word)) {
        require(find_cipher_suite(suite->name) == suite && find_cipher_suite(suite->id) == suite,
                "a suite is found by its name and by its id");
    }
    if (const auto found = find_backend(word); !found) {
        require(found.error().code == errc::unknown_backend, "an unknown backend is told");
    }
}

constexpr std::array<void (*)(bytes), 4> checks = {check_pem, check_names, check_protocols,
                                                   check_words};

}  // namespace

void run(bytes input) {
    input_reader from(input);
    const std::size_t which = from.byte() % checks.size();
    // A copy of its own, so that reading beyond its end is seen.
    const octets exact = copy_of(from.rest());
    checks[which](exact);
}

std::vector<octets> seeds() {
    std::vector<octets> made;
    for (const std::string_view pem :
         {"-----BEGIN CERTIFICATE-----\nMAUCAQEFAA==\n-----END CERTIFICATE-----\n",
          "text\r\n-----BEGIN A-----\r\nAAEC\r\nAw==\r\n-----END A-----\r\n-----BEGIN "
          "B-----\nAA==\n"
          "-----END B-----",
          "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"
          "AAAA\n-----END RSA PRIVATE KEY-----\n"}) {
        made.push_back(octets{0} + as_bytes(pem));
    }
    for (const std::string_view names :
         {"*.example.org\nwww.EXAMPLE.org", "example.org\nexample.org.", "a\n192.0.2.1",
          "*.b\n2001:db8::1", "f*.example.org\n::ffff:192.0.2.1", "xn--a.b.c\nxn--a.b.c"}) {
        made.push_back(octets{1} + as_bytes(names));
    }
    made.push_back(octets{2, 12} + as_bytes("\x02h2\x08http/1.1\x02h2"));
    made.push_back(octets{2, 3} + as_bytes("\x02h2\x02h3"));
    for (const std::string_view word :
         {"X25519", "P-256", "secp384r1", "ffdhe2048", "ECDSA+SHA256", "rsa_pss_rsae_sha256",
          "TLSv1.3", "AES128-SHA", "TLS_AES_128_GCM_SHA256", "openssl"}) {
        made.push_back(octets{3} + as_bytes(word));
    }
    return made;
}

}  // namespace polytls::fuzz
