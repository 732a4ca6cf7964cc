#include "cipher_order.hpp"

#include <polytls/cipher_list.hpp>
#include <polytls/cipher_suite.hpp>

#include <algorithm>

namespace polytls {
namespace {

using suite_ids = std::vector<cipher_suite_id>;

bool contains(std::span<const cipher_suite_id> list, cipher_suite_id id) {
    return std::ranges::find(list, id) != list.end();
}

bool is_forward_secret(const cipher_suite& suite) {
    return suite.key_exchange == "ECDH" || suite.key_exchange == "DH";
}

/// Whether a certificate proves who the server is, by a key of today.
bool is_certified(const cipher_suite& suite) {
    return suite.authentication == "RSA" || suite.authentication == "ECDSA";
}

/// AES-GCM, AES-CCM with its whole tag, ChaCha20-Poly1305.
bool is_safe_aead(const cipher_suite& suite) {
    return suite.encryption.starts_with("AESGCM(") || suite.encryption.starts_with("AESCCM(") ||
           suite.encryption.starts_with("CHACHA20/");
}

bool is_safe(const cipher_suite& suite) {
    return is_safe_aead(suite) &&
           (is_tls1_3(suite.id) || (is_forward_secret(suite) && is_certified(suite)));
}

/// The best that TLS 1.0 and 1.1 have, which know no AEAD.
bool is_best_before_tls1_2(const cipher_suite& suite) {
    return suite.version != "TLSv1.2" && suite.encryption.starts_with("AES(") &&
           is_forward_secret(suite) && is_certified(suite);
}

bool usable_in(const cipher_suite& suite, version_range versions) {
    if (is_tls1_3(suite.id)) {
        return versions.max >= protocol_version::tls1_3;
    }
    if (suite.version == "TLSv1.2") {
        return versions.contains(protocol_version::tls1_2);
    }
    return versions.min <= protocol_version::tls1_2;
}

template <class Predicate>
void append(suite_ids& list, std::span<const cipher_suite_id> available, Predicate wanted) {
    for (const cipher_suite_id id : available) {
        const cipher_suite* const suite = find_cipher_suite(id);
        if (suite != nullptr && wanted(*suite)) {
            list.push_back(id);
        }
    }
}

/// "DEFAULT", in the backend's order.
suite_ids default_suites(std::span<const cipher_suite_id> available, version_range versions) {
    suite_ids defaults;
    append(defaults, available, is_safe);
    if (versions.min < protocol_version::tls1_2) {
        append(defaults, available, is_best_before_tls1_2);
    }
    return defaults;
}

bool adds_tls1_3(const detail::cipher_rule& rule) {
    return rule.action == detail::cipher_action::add &&
           (rule.selector.names_tls1_3() || rule.selector.is_default());
}

/// Whether OpenSSL's security level 2 allows it.
bool is_of_level_2(const cipher_suite& suite) {
    return detail::weaknesses_of(suite) == detail::weakness::none &&
           detail::strength_of(suite) >= 112;
}

/// What the rules choose: suites of TLS 1.3 and others, which never mix.
class choice {
public:
    choice(std::span<const detail::cipher_rule> rules,
           std::span<const cipher_suite_id> available,
           version_range versions)
        : available_(available), versions_(versions),
          adds_tls1_3_(std::ranges::any_of(rules, adds_tls1_3)),
          keeps_level_(std::ranges::any_of(rules, [](const detail::cipher_rule& rule) {
              return rule.action == detail::cipher_action::keep_level;
          })) {
        suite_ids of_tls1_3;
        append(of_tls1_3, available, [](const cipher_suite& suite) { return is_tls1_3(suite.id); });
        tls1_3_ = detail::cipher_order(of_tls1_3);
        const suite_ids defaults = default_suites(available, versions);
        if (!adds_tls1_3_) {
            detail::cipher_rule all_safe;
            all_safe.selector.narrow(detail::default_keyword());
            tls1_3_.apply(all_safe, defaults);
        }
        for (const detail::cipher_rule& rule : rules) {
            earlier_.apply(rule, defaults);
            if (rule.action != detail::cipher_action::sort_by_strength) {
                tls1_3_.apply(rule, defaults);
            }
        }
    }

    /// Nothing when the backend has none of those asked for, though it may have others.
    suite_ids suites() const {
        suite_ids chosen;
        const bool has_tls1_3 = append_chosen(chosen, tls1_3_);
        const bool has_earlier = append_chosen(chosen, earlier_);
        return has_earlier || (has_tls1_3 && adds_tls1_3_) ? chosen : suite_ids();
    }

private:
    /// Appends those that the versions can use; says whether there were any for some version.
    bool append_chosen(suite_ids& list, const detail::cipher_order& order) const {
        bool any = false;
        for (const auto& [suite, chosen, named] : order.places()) {
            if (!chosen || exceeds(detail::weaknesses_of(*suite), named) ||
                (keeps_level_ && !is_of_level_2(*suite)) || !contains(available_, suite->id)) {
                continue;
            }
            any = true;
            if (usable_in(*suite, versions_)) {
                list.push_back(suite->id);
            }
        }
        return any;
    }

    std::span<const cipher_suite_id> available_;
    version_range versions_;
    bool adds_tls1_3_;
    bool keeps_level_;
    detail::cipher_order tls1_3_{{}};
    detail::cipher_order earlier_ = detail::cipher_order::of_openssl();
};

}  // namespace

result<suite_ids> parse_cipher_list(std::string_view list,
                                    std::span<const cipher_suite_id> available,
                                    version_range versions) {
    const auto rules = detail::parse_cipher_rules(list);
    if (!rules) {
        return tl::make_unexpected(rules.error());
    }
    suite_ids suites = choice(*rules, available, versions).suites();
    if (suites.empty()) {
        return tl::make_unexpected(
            make_failure(errc::no_cipher_match,
                         "ciphers: " + std::string(message_of(errc::no_cipher_match)), "ciphers"));
    }
    return suites;
}

}  // namespace polytls
