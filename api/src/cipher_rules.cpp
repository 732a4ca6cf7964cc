#include "cipher_rules.hpp"

#include "input_text.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace polytls::detail {
namespace {

constexpr std::string_view separators = ":, ;";

constexpr bool is_of_name(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '=';
}

failure refused(errc code, const std::string& why) {
    return make_failure(code, "ciphers: " + why, "ciphers");
}

/// Takes the characters of a name off the front; what is left begins with another, or is empty.
std::string_view take_name(std::string_view& text) {
    const auto* const end = std::find_if_not(text.begin(), text.end(), is_of_name);
    const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(name.size());
    return name;
}

bool take(std::string_view& text, char expected) {
    if (!text.starts_with(expected)) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

/// Reads what stands between two separators: a rule, or several that an operator parts.
class item_reader {
public:
    item_reader(std::string_view item, std::vector<cipher_rule>& rules)
        : item_(item), rest_(item), rules_(rules) {}

    /// At the head of a list, where an operator may follow "DEFAULT" with nothing between.
    void take_leading_default() {
        constexpr std::string_view word = "DEFAULT";
        const std::string_view after = rest_.substr(std::min(word.size(), rest_.size()));
        if (!rest_.starts_with(word) ||
            (!after.empty() && after.front() != '-' && is_of_name(after.front()))) {
            return;
        }
        rest_ = after;
        cipher_rule rule;
        rule.selector.narrow(default_keyword());
        rules_.push_back(rule);
    }

    std::optional<failure> read() {
        while (!rest_.empty()) {
            if (auto why = take(rest_, '@') ? read_command() : read_rule()) {
                return why;
            }
        }
        return std::nullopt;
    }

private:
    cipher_action take_operator() {
        return take(rest_, '!')   ? cipher_action::kill
               : take(rest_, '-') ? cipher_action::remove
               : take(rest_, '+') ? cipher_action::move_to_end
                                  : cipher_action::add;
    }

    bool ends_rule() const { return rest_.empty() || rest_.front() == '!' || rest_.front() == '@'; }

    std::optional<failure> read_rule() {
        cipher_rule rule{.action = take_operator()};
        do {
            const std::string_view name = take_name(rest_);
            if (name.starts_with("SUITEB")) {
                return refused(errc::invalid_argument,
                               quoted(name) + " is about keys and signatures, too: give the suites "
                                              "here, and ecdh_curve and sigalgs");
            }
            if (const cipher_suite* const suite = find_cipher_suite(name)) {
                rule.selector.narrow(*suite);
            } else if (const cipher_keyword* const group = find_cipher_keyword(name)) {
                rule.selector.narrow(*group);
            } else {
                return unknown(ends_rule() || rest_.front() == '+' ? name : item_);
            }
        } while (take(rest_, '+'));
        rules_.push_back(std::move(rule));
        return ends_rule() ? std::nullopt : std::optional(unknown(item_));
    }

    std::optional<failure> read_command() {
        constexpr std::string_view level = "SECLEVEL=";
        const std::string_view name = take_name(rest_);
        if (!rest_.empty()) {
            return unknown(item_);
        }
        if (name == "STRENGTH") {
            rules_.push_back({.action = cipher_action::sort_by_strength});
            return std::nullopt;
        }
        const bool is_level = name.size() == level.size() + 1 && name.starts_with(level) &&
                              name.back() >= '0' && name.back() <= '5';
        if (!is_level) {
            return unknown(item_);
        }
        if (name.back() != '2') {
            return refused(errc::invalid_argument,
                           quoted(item_) + " cannot be had: contexts keep security level 2");
        }
        rules_.push_back({.action = cipher_action::keep_level});
        return std::nullopt;
    }

    failure unknown(std::string_view name) const {
        return refused(errc::unknown_cipher, "no cipher suite, group or command is named " +
                                                 quoted(name.empty() ? item_ : name));
    }

    std::string_view item_;
    std::string_view rest_;
    std::vector<cipher_rule>& rules_;
};

}  // namespace

bool cipher_selector::matches(const cipher_suite& suite, bool by_default) const {
    return std::ranges::all_of(suites_, [&](const cipher_suite* one) { return one == &suite; }) &&
           std::ranges::all_of(groups_, [&](const cipher_keyword* group) {
               return (group == &default_keyword() || !is_tls1_3(suite.id)) &&
                      group->selects(suite, by_default);
           });
}

weakness cipher_selector::names() const {
    weakness named = weakness::none;
    for (const cipher_suite* const suite : suites_) {
        named = named | weaknesses_of(*suite);
    }
    for (const cipher_keyword* const group : groups_) {
        named = named | group->names;
    }
    return named;
}

bool cipher_selector::names_tls1_3() const {
    return std::ranges::any_of(suites_,
                               [](const cipher_suite* suite) { return is_tls1_3(suite->id); });
}

bool cipher_selector::is_default() const {
    return suites_.empty() && groups_.size() == 1 && groups_.front() == &default_keyword();
}

result<std::vector<cipher_rule>> parse_cipher_rules(std::string_view list) {
    std::vector<cipher_rule> rules;
    bool at_head = true;
    while (!list.empty()) {
        const std::string_view item = list.substr(0, list.find_first_of(separators));
        list.remove_prefix(std::min(item.size() + 1, list.size()));
        item_reader reader(item, rules);
        if (std::exchange(at_head, false)) {
            reader.take_leading_default();
        }
        if (auto why = reader.read()) {
            return tl::make_unexpected(*std::move(why));
        }
    }
    return rules;
}

}  // namespace polytls::detail
