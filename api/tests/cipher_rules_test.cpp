// The cipher-list language against the `openssl` program: the same suites in the same order.
#include "cipher_order.hpp"
#include "cipher_rules.hpp"
#include "openssl_tool.hpp"

#include <polytls/cipher_suite.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace polytls::detail {
namespace {

using names = std::vector<std::string>;

names split(const std::string& text, char separator) {
    names parts;
    std::istringstream rest(text);
    for (std::string part; std::getline(rest, part, separator);) {
        parts.push_back(part);
    }
    return parts;
}

/// What `openssl ciphers` makes of each list, suites of TLS 1.3 left out; nothing where it refuses.
std::vector<names> asked(const testkit::openssl_tool& openssl, const names& lists) {
    std::string text;
    for (const std::string& list : lists) {
        text += list + '\n';
    }
    openssl.write("lists", text);
    openssl.write("ask", "while IFS= read -r list; do\n"
                         "    answer=$(" POLYTLS_OPENSSL_PROGRAM
                         " ciphers -ciphersuites '' \"$list\" 2>ask.log)\n"
                         "    printf '%s\\n' \"$answer\"\n"
                         "done <lists\n");
    std::vector<names> answers;
    for (const std::string& line : split(openssl.run("version >ask.log && sh ask"), '\n')) {
        answers.push_back(split(line, ':'));
    }
    return answers;
}

/// What the program knows of its suites, which releases and builds do not have all alike.
class oracle {
public:
    oracle() {
        const std::vector<names> answers = asked(openssl_, {"ALL:COMPLEMENTOFALL", "DEFAULT"});
        known_.insert(answers.at(0).begin(), answers.at(0).end());
        for (const std::string& name : answers.at(1)) {
            defaults_.push_back(find_cipher_suite(name)->id);
        }
        // OpenSSL 3.2 no longer holds short tags to be strong.
        counts_short_tags_ = openssl_.run("version").starts_with("OpenSSL 3.0.");
    }

    std::vector<names> answers(const names& lists) const {
        std::vector<names> found = asked(openssl_, lists);
        for (names& one : found) {
            std::erase_if(one, [this](const std::string& name) { return !counts(name); });
        }
        return found;
    }

    /// What our rules make of a list.
    names ours(const std::string& list) const {
        const auto rules = parse_cipher_rules(list);
        if (!rules) {
            ADD_FAILURE() << list << ": " << rules.error().message;
            return {};
        }
        cipher_order order = cipher_order::of_openssl();
        for (const cipher_rule& rule : *rules) {
            order.apply(rule, defaults_);
        }
        names chosen;
        for (const cipher_order::place& one : order.places()) {
            if (one.chosen && counts(std::string(one.suite->name))) {
                chosen.emplace_back(one.suite->name);
            }
        }
        return chosen;
    }

    const std::set<std::string>& known() const { return known_; }

private:
    bool counts(const std::string& name) const {
        return known_.contains(name) &&
               (counts_short_tags_ || name.find("CCM8") == std::string::npos);
    }

    testkit::openssl_tool openssl_;
    std::set<std::string> known_;
    std::vector<cipher_suite_id> defaults_;
    bool counts_short_tags_ = true;
};

const oracle& openssl() {
    static const oracle program;
    return program;
}

void expect_alike(const names& lists) {
    const std::vector<names> answers = openssl().answers(lists);
    ASSERT_EQ(answers.size(), lists.size());
    for (std::size_t i = 0; i < lists.size(); ++i) {
        EXPECT_EQ(openssl().ours(lists[i]), answers[i]) << lists[i];
    }
}

/// Every group of ciphers(1), and some that are gone.
const names groups = {
    "ALL",
    "COMPLEMENTOFALL",
    "COMPLEMENTOFDEFAULT",
    "HIGH",
    "MEDIUM",
    "LOW",
    "FIPS",
    "eNULL",
    "NULL",
    "aNULL",
    "kRSA",
    "aRSA",
    "RSA",
    "kDHE",
    "kEDH",
    "DH",
    "DHE",
    "EDH",
    "ADH",
    "kECDHE",
    "kEECDH",
    "ECDH",
    "ECDHE",
    "EECDH",
    "AECDH",
    "aDSS",
    "DSS",
    "aECDSA",
    "ECDSA",
    "TLSv1.2",
    "TLSv1.0",
    "TLSv1",
    "SSLv3",
    "AES128",
    "AES256",
    "AES",
    "AESGCM",
    "AESCCM",
    "AESCCM8",
    "ARIA128",
    "ARIA256",
    "ARIA",
    "ARIAGCM",
    "CAMELLIA128",
    "CAMELLIA256",
    "CAMELLIA",
    "CHACHA20",
    "CBC",
    "3DES",
    "RC4",
    "RC2",
    "IDEA",
    "SEED",
    "MD5",
    "SHA1",
    "SHA",
    "SHA256",
    "SHA384",
    "PSK",
    "kPSK",
    "kECDHEPSK",
    "kDHEPSK",
    "kRSAPSK",
    "aPSK",
    "SRP",
    "kSRP",
    "aSRP",
    "GOST",
    "kGOST",
    "aGOST",
    "EXPORT",
    "kDHr",
};

TEST(cipher_rules, choose_every_group_as_openssl_does) {
    expect_alike(groups);
}

TEST(cipher_rules, choose_as_openssl_does_from_lists_in_use) {
    expect_alike({
        // Mozilla's recommendations, intermediate and old
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
        "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
        "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305:"
        "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:"
        "ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:"
        "ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA256:DHE-RSA-AES256-SHA256:"
        "AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:AES128-SHA:AES256-SHA:"
        "DES-CBC3-SHA",
        // Mozilla's of 2014
        "ECDHE-RSA-AES128-GCM-SHA256:kEDH+AESGCM:ECDHE-RSA-AES128-SHA:DHE-DSS-AES256-SHA:AES:"
        "CAMELLIA:DES-CBC3-SHA:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!aECDH:"
        "!EDH-DSS-DES-CBC3-SHA:!EDH-RSA-DES-CBC3-SHA:!KRB5-DES-CBC3-SHA",
        // The manual's, and what followed it
        "ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:AES128-GCM-SHA256:RC4:HIGH:!MD5:!aNULL",
        "ECDHE-RSA-AES128-SHA256:AES128-GCM-SHA256:HIGH:!RC4:!MD5:!aNULL",
        "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"
        "ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:"
        "DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:"
        "ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:"
        "!PSK:!SRP:!CAMELLIA",
        // Programs' defaults and their manuals' examples
        "HIGH:!aNULL:!kRSA:@STRENGTH",
        "HIGH:!aNULL:!MD5",
        "HIGH:MEDIUM:+3DES:!aNULL",
        "HIGH:MEDIUM:!aNULL:!MD5:!SEED:!IDEA",
        "ALL:!ADH:!LOW:!EXP:!MD5:@STRENGTH",
        "ALL:!ADH:!EXPORT56:RC4+RSA:+HIGH:+MEDIUM:+LOW:+SSLv2:+EXP",
        "ALL:+RC4:@STRENGTH",
        "aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH",
        "EECDH+AESGCM:EDH+AESGCM:AES256+EECDH:AES256+EDH",
        "EECDH+ECDSA+AESGCM EECDH+aRSA+AESGCM EECDH+ECDSA+SHA384 EECDH+aRSA+SHA256 EECDH+aRSA+RC4 "
        "EECDH EDH+aRSA !RC4 !aNULL !eNULL !LOW !3DES !MD5 !EXP !PSK !SRP !DSS",
        "ECDH+AESGCM:DH+AESGCM:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:RSA+AESGCM:RSA+AES:!aNULL:"
        "!MD5:!DSS",
        "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDH+AESGCM:DH+AESGCM:ECDH+AES:DH+AES:"
        "RSA+AESGCM:RSA+AES:!aNULL:!eNULL:!MD5:!DSS",
        "kEECDH:+kEECDH+SHA:kEDH:+kEDH+SHA:+kEDH+CAMELLIA:kECDH:+kECDH+SHA:kRSA:+kRSA+SHA:"
        "+kRSA+CAMELLIA:!aNULL:!eNULL:!SSLv2:!RC4:!DES:!EXP:!SEED:!IDEA:+3DES",
        "DEFAULT",
        "DEFAULT:!kRSA",
        "DEFAULT:!EXP:!LOW:!MD5",
        "DEFAULT@SECLEVEL=2",
        "DEFAULT:@SECLEVEL=2:!PSK",
        "DEFAULT!aRSA",
        "DEFAULT-aRSA",
        "DEFAULT+aRSA",
        "DEFAULT@STRENGTH",
        "FIPS:!aNULL:!eNULL",
        "PSK+AESGCM:@STRENGTH",
    });
}

TEST(cipher_rules, take_out_move_and_sort_as_openssl_does) {
    expect_alike({
        "AES128-SHA!RSA:AES256-SHA",
        "AES128-SHA:AES256-SHA:-AES128-SHA:AES128-SHA",
        "ALL:-AES:CHACHA20:AES",
        "ALL:-aRSA:-AES:ALL",
        "ALL:!AES:AES",
        "ALL:+AES128:+ECDHE",
        "ALL:+ECDHE:-kRSA:@STRENGTH:kRSA",
        "AES128-SHA:HIGH@STRENGTH",
        "HIGH:-HIGH:AES128",
        "@STRENGTH:AES128:AES256",
        "AES128+AES256:AES128-SHA",
        "kRSA+AES128-SHA",
        "DHE-RSA-AES128-SHA+kRSA:AES128-SHA",
        "TLSv1.2+TLSv1:AES128-SHA",
        "HIGH+LOW:AES128-SHA",
        "AES128-SHA+TLSv1.2:AES256-SHA",
        "ALL+eNULL:NULL-SHA",
        " ;,:AES128-SHA,;: AES256-SHA;",
        ":",
        "!ALL:ALL",
    });
}

/// Lists of every kind the language has, from a seed.
class list_maker {
public:
    explicit list_maker(std::uint32_t seed)
        : random_(seed), suites_(openssl().known().begin(), openssl().known().end()) {}

    std::string list() {
        // OpenSSL's "DEFAULT" takes the others out for good, so that nothing can be added to it.
        const bool adds = below(8) != 0;
        std::string text = adds ? part() : "DEFAULT";
        for (std::size_t words = below(8); words != 0; --words) {
            text += ":, ;"[below(4)];
            text += word(adds);
        }
        return text;
    }

private:
    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::string part() {
        return below(5) == 0 ? suites_[below(suites_.size())] : groups[below(groups.size())];
    }

    std::string word(bool may_add) {
        if (below(10) == 0) {
            return "@STRENGTH";
        }
        static const names operators = {"-", "-", "+", "+", "!", "", "", ""};
        std::string text = operators[below(may_add ? 8 : 5)] + part();
        while (below(3) == 0) {
            text += '+' + part();
        }
        return text;
    }

    std::mt19937 random_;
    names suites_;
};

TEST(cipher_rules, choose_as_openssl_does_from_lists_made_at_random) {
    constexpr std::uint32_t seed = 20150;
    list_maker maker(seed);
    names lists(250);
    std::ranges::generate(lists, [&] { return maker.list(); });
    RecordProperty("seed", static_cast<int>(seed));

    expect_alike(lists);

    const auto empty = std::ranges::count_if(
        lists, [](const std::string& list) { return openssl().ours(list).empty(); });
    EXPECT_LT(empty, 100) << "of seed " << seed << ": most lists have to choose something";
}

}  // namespace
}  // namespace polytls::detail
