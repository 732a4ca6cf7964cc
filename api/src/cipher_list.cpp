#include "input_text.hpp"

#include <polytls/cipher_list.hpp>
#include <polytls/cipher_suite.hpp>

#include <algorithm>
#include <utility>

namespace polytls {
namespace {

constexpr std::string_view separators = ":, ;";

/// The next word of a list; empty at its end.
std::string_view take_word(std::string_view& list) {
    list.remove_prefix(std::min(list.find_first_not_of(separators), list.size()));
    const std::string_view word = list.substr(0, list.find_first_of(separators));
    list.remove_prefix(word.size());
    return word;
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

/// Gathers suites in the order they are asked for, each of them once.
class selection {
public:
    selection(std::span<const cipher_suite_id> available, version_range versions)
        : available_(available), versions_(versions) {}

    void add(const cipher_suite& suite) {
        named_tls1_3_ = named_tls1_3_ || is_tls1_3(suite.id);
        if (!contains(available_, suite.id)) {
            return;
        }
        matched_ = true;
        if (usable_in(suite, versions_) && !contains(chosen_, suite.id)) {
            chosen_.push_back(suite.id);
        }
    }

    template <class Predicate>
    void add_all(Predicate wanted) {
        for (const cipher_suite_id id : available_) {
            const cipher_suite* const suite = find_cipher_suite(id);
            if (suite != nullptr && wanted(*suite)) {
                add(*suite);
            }
        }
    }

    void add_default() {
        add_all(is_safe);
        if (versions_.min < protocol_version::tls1_2) {
            add_all(is_best_before_tls1_2);
        }
    }

    /// The suites; before them those of TLS 1.3, where the list has none. Nothing when the backend
    /// has none of those asked for, though it may have others.
    std::vector<cipher_suite_id> take() {
        if (!matched_) {
            return {};
        }
        std::vector<cipher_suite_id> earlier = std::move(chosen_);
        chosen_.clear();
        if (!named_tls1_3_) {
            add_all(
                [](const cipher_suite& suite) { return is_tls1_3(suite.id) && is_safe(suite); });
        }
        chosen_.insert(chosen_.end(), earlier.begin(), earlier.end());
        return std::move(chosen_);
    }

private:
    static bool contains(std::span<const cipher_suite_id> list, cipher_suite_id id) {
        return std::find(list.begin(), list.end(), id) != list.end();
    }

    std::span<const cipher_suite_id> available_;
    version_range versions_;
    std::vector<cipher_suite_id> chosen_;
    bool named_tls1_3_ = false;
    bool matched_ = false;
};

}  // namespace

result<std::vector<cipher_suite_id>> parse_cipher_list(std::string_view list,
                                                       std::span<const cipher_suite_id> available,
                                                       version_range versions) {
    selection chosen(available, versions);
    std::string_view rest = list;
    for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
        if (word == "DEFAULT") {
            chosen.add_default();
            continue;
        }
        const cipher_suite* const suite = find_cipher_suite(word);
        if (suite == nullptr) {
            return tl::make_unexpected(make_failure(
                errc::unknown_cipher, "ciphers: no cipher suite is named " + detail::quoted(word),
                "ciphers"));
        }
        chosen.add(*suite);
    }
    std::vector<cipher_suite_id> suites = chosen.take();
    if (suites.empty()) {
        return tl::make_unexpected(
            make_failure(errc::no_cipher_match,
                         "ciphers: " + std::string(message_of(errc::no_cipher_match)), "ciphers"));
    }
    return suites;
}

}  // namespace polytls
