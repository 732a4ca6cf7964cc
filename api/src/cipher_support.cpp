#include "cipher_keyword.hpp"

#include <polytls/cipher_support.hpp>
#include <polytls/spi/backend.hpp>

#include <array>
#include <string_view>

namespace polytls {
namespace {

/// Whether one of the versions that the backend speaks has the suite.
bool is_spoken(const cipher_suite& suite, version_range spoken) {
    if (is_tls1_3(suite.id)) {
        return spoken.contains(protocol_version::tls1_3);
    }
    if (suite.version == "TLSv1.2") {
        return spoken.contains(protocol_version::tls1_2);
    }
    return spoken.min <= protocol_version::tls1_2;
}

/// Why no connection of ours ever has it; empty when there is no such reason.
std::string_view hindrance(const cipher_suite& suite, version_range spoken) {
    if (!is_spoken(suite, spoken)) {
        return "the backend speaks no version that has it";
    }
    if (suite.key_exchange == "SRP") {
        return "contexts hold no passwords, which SRP needs";
    }
    return {};
}

/// What it takes besides a certificate, the first thing first.
std::string conditions(const cipher_suite& suite) {
    const bool is_weak = detail::weaknesses_of(suite) != detail::weakness::none;

    struct condition {
        bool holds;
        std::string_view text;
    };

    const std::array<condition, 3> all = {{
        {suite.key_exchange.ends_with("PSK"), "both ends need a pre-shared key"},
        {suite.key_exchange.starts_with("DH"), "a server needs dhparam"},
        {is_weak, "it has to be asked for by name"},
    }};
    std::string met;
    for (const auto& [holds, text] : all) {
        if (holds) {
            met += (met.empty() ? "" : "; ") + std::string(text);
        }
    }
    return met;
}

}  // namespace

std::vector<cipher_support> get_ciphers(backend of) {
    std::vector<cipher_support> listed;
    for (const cipher_suite_id id : of.implementation().cipher_suites()) {
        // What has no name cannot be asked for.
        const cipher_suite* const suite = find_cipher_suite(id);
        if (suite == nullptr) {
            continue;
        }
        cipher_support line{.suite = suite};
        if (const std::string_view why = hindrance(*suite, of.versions()); !why.empty()) {
            line.support = support::no;
            line.reason = why;
        } else if (line.reason = conditions(*suite); !line.reason.empty()) {
            line.support = support::limited;
        }
        listed.push_back(std::move(line));
    }
    return listed;
}

}  // namespace polytls
