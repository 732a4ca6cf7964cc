#pragma once

#include "cipher_rules.hpp"

#include <polytls/core/cipher_suite_id.hpp>

#include <span>
#include <vector>

namespace polytls::detail {

/// Suites in order, of which some are chosen, as the rules of a cipher list change both: the
/// algorithm of OpenSSL, whose results are copied here move by move. Suites not chosen have their
/// places, too, which decide where a later rule puts them.
class cipher_order {
public:
    /// None of the suites is chosen yet. Those without a name are left out.
    explicit cipher_order(std::span<const cipher_suite_id> suites);

    /// The suites below TLS 1.3 as OpenSSL has them before the first rule: forward secret ones
    /// first, among them those with AEAD, and the strong before the weak.
    static const cipher_order& of_openssl();

    /// Carries out a rule. `defaults` is "DEFAULT", in the order it is to be added in.
    void apply(const cipher_rule& rule, std::span<const cipher_suite_id> defaults);

    struct place {
        const cipher_suite* suite = nullptr;
        bool chosen = false;
        weakness named{};  ///< Those for which words that chose it stood.
    };

    const std::vector<place>& places() const noexcept { return places_; }

private:
    template <class Predicate>
    void add(Predicate wanted, weakness named);
    template <class Predicate>
    void move_to_front(Predicate wanted);
    template <class Predicate>
    void move_to_end(Predicate wanted);
    void sort_by_strength();
    void arrange();

    std::vector<place> places_;
};

}  // namespace polytls::detail
