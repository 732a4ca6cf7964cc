#include "cipher_order.hpp"

#include <algorithm>

namespace polytls::detail {
namespace {

bool is_among(std::span<const cipher_suite_id> list, cipher_suite_id id) {
    return std::ranges::find(list, id) != list.end();
}

bool is_ephemeral(const cipher_suite& suite) {
    return suite.key_exchange == "ECDH" || suite.key_exchange == "DH";
}

}  // namespace

cipher_order::cipher_order(std::span<const cipher_suite_id> suites) {
    places_.reserve(suites.size());
    for (const cipher_suite_id id : suites) {
        if (const cipher_suite* const suite = find_cipher_suite(id)) {
            places_.push_back({.suite = suite});
        }
    }
}

template <class Predicate>
void cipher_order::add(Predicate wanted, weakness named) {
    const auto added = std::stable_partition(places_.begin(), places_.end(), [&](const place& one) {
        return one.chosen || !wanted(*one.suite);
    });
    std::for_each(added, places_.end(), [](place& one) { one.chosen = true; });
    for (place& one : places_) {
        if (wanted(*one.suite)) {
            one.named = one.named | named;
        }
    }
}

template <class Predicate>
void cipher_order::move_to_front(Predicate wanted) {
    std::stable_partition(places_.begin(), places_.end(),
                          [&](const place& one) { return one.chosen && wanted(*one.suite); });
}

template <class Predicate>
void cipher_order::move_to_end(Predicate wanted) {
    std::stable_partition(places_.begin(), places_.end(),
                          [&](const place& one) { return !one.chosen || !wanted(*one.suite); });
}

void cipher_order::sort_by_strength() {
    const auto chosen = std::stable_partition(places_.begin(), places_.end(),
                                              [](const place& one) { return !one.chosen; });
    std::stable_sort(chosen, places_.end(), [](const place& a, const place& b) {
        return strength_of(*a.suite) > strength_of(*b.suite);
    });
}

void cipher_order::apply(const cipher_rule& rule, std::span<const cipher_suite_id> defaults) {
    const auto wanted = [&](const cipher_suite& suite) {
        return rule.selector.matches(suite, is_among(defaults, suite.id));
    };
    switch (rule.action) {
    case cipher_action::add:
        if (!rule.selector.is_default()) {
            add(wanted, rule.selector.names());
            break;
        }
        for (const cipher_suite_id id : defaults) {
            add([id](const cipher_suite& suite) { return suite.id == id; }, weakness::none);
        }
        break;
    case cipher_action::remove:
        // Those removed last are the first to be added again.
        move_to_front(wanted);
        for (place& one : places_) {
            one.chosen = one.chosen && !wanted(*one.suite);
        }
        break;
    case cipher_action::kill:
        std::erase_if(places_, [&](const place& one) { return wanted(*one.suite); });
        break;
    case cipher_action::move_to_end:
        move_to_end(wanted);
        break;
    case cipher_action::sort_by_strength:
        sort_by_strength();
        break;
    case cipher_action::keep_level:
        break;
    }
}

void cipher_order::arrange() {
    const auto with = [](auto member, std::string_view value) {
        return [member, value](const cipher_suite& suite) { return suite.*member == value; };
    };
    const auto using_cipher = [](std::string_view prefix) {
        return [prefix](const cipher_suite& suite) { return suite.encryption.starts_with(prefix); };
    };
    const auto any = [](const cipher_suite&) { return true; };
    const auto key_exchange = &cipher_suite::key_exchange;
    const auto is_aead = with(&cipher_suite::mac, "AEAD");

    // ECDHE before the others, ECDSA before RSA; then by cipher.
    std::stable_partition(places_.begin(), places_.end(),
                          [](const place& one) { return one.suite->authentication == "ECDSA"; });
    std::stable_partition(places_.begin(), places_.end(),
                          [](const place& one) { return one.suite->key_exchange == "ECDH"; });
    add(using_cipher("AESGCM"), weakness::none);
    add(using_cipher("CHACHA20"), weakness::none);
    add(using_cipher("AES"), weakness::none);
    add(any, weakness::none);

    // What is liked least goes to the end of its strength.
    move_to_end(with(&cipher_suite::mac, "MD5"));
    move_to_end(with(&cipher_suite::authentication, "None"));
    move_to_end(with(key_exchange, "RSA"));
    move_to_end(with(key_exchange, "PSK"));
    move_to_end(using_cipher("RC4"));
    sort_by_strength();

    // Whatever the strength: what came with TLS 1.2, AEAD, forward secrecy, and both, which is
    // best.
    move_to_front(with(&cipher_suite::version, "TLSv1.2"));
    move_to_front(is_aead);
    move_to_front(is_ephemeral);
    move_to_front([&](const cipher_suite& suite) { return is_ephemeral(suite) && is_aead(suite); });
    for (place& one : places_) {
        one.chosen = false;
    }
}

const cipher_order& cipher_order::of_openssl() {
    static const cipher_order order = [] {
        std::vector<cipher_suite_id> suites;
        for (const cipher_suite& suite : every_cipher_suite()) {
            if (!is_tls1_3(suite.id)) {
                suites.push_back(suite.id);
            }
        }
        std::ranges::reverse(suites);
        cipher_order arranged(suites);
        arranged.arrange();
        return arranged;
    }();
    return order;
}

}  // namespace polytls::detail
