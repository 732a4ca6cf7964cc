// Certificates as peers send them: the DER reader, the views, the fields shown, chains, and what is
// decided by them.
#include "input.hpp"
#include "parties.hpp"
#include "target.hpp"

#include <polytls/backends.hpp>
#include <polytls/certificate.hpp>
#include <polytls/core/server_identity.hpp>
#include <polytls/core/verdict.hpp>
#include <polytls/core/x509.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace polytls::fuzz {
namespace {

constexpr int deepest_der = 32;

/// Reads DER and all that is within it.
void walk(bytes der, int depth) {
    constexpr std::uint8_t constructed = 0x20;
    x509::der_reader reader(der);
    x509::der_element element;
    std::size_t walked = 0;
    while (reader.next(element)) {
        require(within(element.whole, der) && within(element.content, element.whole) &&
                    element.whole.size() >= element.content.size() + 2,
                "an element lies in what was given, and its content in it");
        walked += element.whole.size();
        if ((element.tag & constructed) != 0 && depth < deepest_der) {
            walk(element.content, depth + 1);
        }
    }
    require(reader.finished() == (walked == der.size()), "elements stand one after the other");
    require(reader.finished() || !reader.ok(), "reading ends at the end, or at a fault");
}

void walk_names(bytes names) {
    x509::general_name name{};
    const bytes whole = names;
    while (x509::next_general_name(names, name)) {
        require(within(name.value, whole) && within(names, whole), "names lie in their list");
    }
}

void check_identity(const x509::certificate_view& leaf) {
    for (const std::string_view host : {"localhost", "127.0.0.1", "::1", "www.example.org"}) {
        const status outcome = check_server_identity(host, leaf);
        require(!outcome || outcome.code == errc::altname_invalid,
                "a certificate is for a host, or it is not");
        require(outcome || !leaf.subject_alt_name.empty() ||
                    matches_dns_name(as_text(x509::common_name(leaf.subject)), host),
                "what is for a host names it");
    }
}

void check_view(bytes der) {
    x509::certificate_view view;
    if (const status bad = x509::parse_certificate(der, view)) {
        require(bad.code == errc::bad_certificate, "what is no certificate is told");
        require(!parse_certificate(der, default_backend()), "and is shown as none");
        return;
    }
    for (const bytes part :
         {view.der, view.serial_number, view.issuer, view.subject, view.subject_public_key_info,
          view.subject_alt_name, view.ext_key_usage, view.authority_info_access,
          view.subject_key_id, view.authority_key_id, x509::common_name(view.subject)}) {
        require(within(part, der), "views point into the certificate");
    }
    require(1 <= view.version && view.version <= 3, "there are versions 1 to 3");
    walk_names(view.subject_alt_name);
    check_identity(view);
    const auto shown = parse_certificate(der, default_backend());
    require(!shown || equal(shown->raw, der), "a certificate that is shown is the one given");
    require(!shown || shown->fingerprint256.size() == 32 * 3 - 1, "its fingerprint is whole");
}

void check_chain(const std::vector<octets>& parts, std::size_t sent) {
    const std::span<const octets> all(parts);
    const std::size_t count = std::min(sent, parts.size());
    const auto linked = link_chain(all.first(count), all.subspan(count), default_backend());
    require(linked || linked.error().code == errc::bad_certificate, "a bad chain is told");
    if (!linked) {
        return;
    }
    require(linked->raw == parts.front(), "a chain begins with the leaf");
    std::vector<octets> met;
    for (const certificate* at = &*linked; at != nullptr; at = at->issuer_certificate.get()) {
        require(std::ranges::find(parts, at->raw) != parts.end(), "each link was given");
        require(std::ranges::find(met, at->raw) == met.end(), "no certificate comes twice");
        met.push_back(at->raw);
    }
}

/// Makes up what a library says of a path, and holds the verdict on it to its promises.
void check_verdict(const std::vector<octets>& parts, input_reader& from) {
    std::vector<path_element> path;
    bool flawless = true;
    for (const octets& part : parts) {
        const auto fault = from.byte();
        path.push_back({.der = part,
                        .faults = fault < 18 ? static_cast<enum fault>(1U << fault) : fault::none,
                        .anchor = &part == &parts.back() && (from.byte() & 1U) == 0});
        flawless = flawless && path.back().faults == fault::none;
    }
    const peer_findings findings{.path = path, .accepted = (from.byte() & 1U) == 0};
    const verdict_policy policy{.peer = (from.byte() & 1U) == 0 ? role::server : role::client,
                                .unix_time = beginning().unix_time,
                                .allow_partial_chain = (from.byte() & 1U) != 0};
    if (judge(findings, policy) != verify_code::ok) {
        return;
    }
    require(findings.accepted && flawless, "no verdict accepts what the library refused");
    require(!path.empty() && path.back().anchor, "what is accepted reaches an anchor");
    for (const path_element& element : path) {
        x509::certificate_view view;
        require(!x509::parse_certificate(element.der, view), "what is accepted can be read");
        require(view.not_before <= policy.unix_time && policy.unix_time <= view.not_after,
                "what is accepted is valid now");
        require(&element == path.data() || view.is_ca || view.version == 1,
                "only CAs issue certificates");
    }
}

}  // namespace

void run(bytes input) {
    input_reader from(input);
    input_reader choices(from.take(16));
    const octets data = copy_of(from.rest());

    walk(data, 0);
    walk_names(data);
    check_view(data);
    const std::vector<octets> parts = split_der(data);
    for (const octets& part : parts) {
        check_view(part);
    }
    check_chain(parts, choices.byte());
    check_verdict(parts, choices);
}

std::vector<octets> seeds() {
    const std::vector<octets> chain = sample_chain();
    constexpr std::uint8_t no_fault = 0xff;
    const octets choices{2, no_fault, 0, no_fault, 0, no_fault, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    std::vector<octets> made;
    octets all = choices;
    for (const octets& each : chain) {
        made.push_back(choices + each);
        all = all + each;
    }
    made.push_back(all);
    return made;
}

}  // namespace polytls::fuzz
