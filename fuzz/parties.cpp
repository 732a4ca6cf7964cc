#include "parties.hpp"

#include <polytls/backends.hpp>

#include <algorithm>
#include <map>
#include <testkit/pki.hpp>
#include <testkit/pki_random.hpp>

namespace polytls::fuzz {
namespace {

using testkit::certificate_request;
using testkit::credential;

constexpr std::chrono::seconds long_ago{1'609'459'200};  // 2021-01-01.
constexpr std::chrono::seconds far_away{2'493'072'000};  // 2049-01-01.

/// Sessions must not grow old by the library's own clock, however long a campaign runs.
constexpr std::chrono::hours session_life{24 * 30};

/// Keys must be the same whatever was made before them, and no two alike.
enum class key_seed : std::uint64_t {
    root = 1,
    intermediate = 2,
    identities = 0x1000,
    tickets = 0x2000,
};

void seed_keys(key_seed first) {
    testkit::seed_libcrypto(static_cast<std::uint64_t>(first));
}

void seed_keys(key_seed first, role side, persona who) {
    testkit::seed_libcrypto(static_cast<std::uint64_t>(first) |
                            static_cast<std::uint64_t>(side) << 8U |
                            static_cast<std::uint64_t>(who));
}

const credential& ours() {
    static const credential made = [] {
        seed_keys(key_seed::root);
        return testkit::self_signed({.common_name = "root", .ca = true});
    }();
    return made;
}

const credential& intermediate() {
    static const credential made = [] {
        const credential& issuer = ours();
        seed_keys(key_seed::intermediate);
        return issuer.issue({.common_name = "intermediate", .ca = true, .path_length = 0});
    }();
    return made;
}

certificate_request localhost_until(std::chrono::seconds not_after) {
    return {.dns_names = {"localhost"},
            .ip_addresses = {"127.0.0.1", "::1"},
            .not_after = not_after,
            .extended_key_usage = "serverAuth,clientAuth"};
}

struct identity {
    credential leaf;
    credential issuer;
};

/// The same in whatever versions it is spoken for.
identity identity_of(role side, persona who) {
    const credential& issuer = intermediate();
    seed_keys(key_seed::identities, side, who);
    if (who == persona::stranger) {
        const credential other = testkit::self_signed({.common_name = "root", .ca = true});
        return {other.issue(localhost_until(far_away)), other};
    }
    return {issuer.issue(localhost_until(who == persona::expired ? long_ago : far_away)), issuer};
}

party make_party(role side, persona who, version_range versions) {
    context_options options{.ca = one_or_many(ours().certificate_pem()),
                            .min_version = versions.min,
                            .max_version = versions.max,
                            .npn = default_backend().supports(feature::npn),
                            .session_timeout = session_life};
    party made;
    if (who != persona::nobody) {
        const identity shown = identity_of(side, who);
        options.key = shown.leaf.key_pem();
        options.cert = shown.leaf.certificate_pem() + shown.issuer.certificate_pem();
        made.chain = {shown.leaf.certificate_der(), shown.issuer.certificate_der()};
    }
    seed_keys(key_seed::tickets, side, who);
    made.context = value_of(create_secure_context(options));
    return made;
}

}  // namespace

std::span<const version_range> version_ranges() {
    static const std::vector<version_range> ranges = [] {
        const version_range spoken = default_backend().versions();
        const auto oldest = std::max(spoken.min, protocol_version::tls1_2);
        std::vector<version_range> all{{oldest, oldest}};
        if (spoken.max != oldest) {
            all.push_back({spoken.max, spoken.max});
            all.push_back({oldest, spoken.max});
        }
        return all;
    }();
    return ranges;
}

const party& party_for(role side, persona who, version_range versions) {
    static std::map<std::uint64_t, party> made;
    const std::uint64_t key =
        static_cast<std::uint64_t>(side) << 48U | static_cast<std::uint64_t>(who) << 32U |
        static_cast<std::uint64_t>(versions.min) << 16U | static_cast<std::uint64_t>(versions.max);
    party& found = made[key];
    if (!found.context) {
        found = make_party(side, who, versions);
    }
    return found;
}

std::vector<octets> sample_chain() {
    const party& server = party_for(role::server, persona::trusted, version_ranges().front());
    std::vector<octets> chain = server.chain;
    chain.push_back(ours().certificate_der());
    return chain;
}

}  // namespace polytls::fuzz
