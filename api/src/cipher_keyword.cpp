#include "cipher_keyword.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace polytls::detail {
namespace {

using suite_ref = const cipher_suite&;

bool encrypts(suite_ref s) {
    return s.encryption != "None";
}

/// Whether it encrypts with a cipher, in any mode and size.
bool uses(suite_ref s, std::string_view cipher) {
    return s.encryption.starts_with(cipher);
}

/// Whether its cipher's key has a size, "128" or "256".
bool uses(suite_ref s, std::string_view cipher, std::string_view bits) {
    return uses(s, cipher) && s.encryption.find(bits) != std::string_view::npos;
}

bool is_certified(suite_ref s) {
    return s.authentication != "None";
}

bool is_medium(suite_ref s) {
    return uses(s, "3DES") || uses(s, "RC4") || uses(s, "IDEA") || uses(s, "SEED");
}

/// What OpenSSL's table marks so: AES in the modes of FIPS 140-2's time, and triple DES.
bool is_fips(suite_ref s) {
    return uses(s, "3DES") || ((uses(s, "AES(") || uses(s, "AESGCM(")) && s.key_exchange != "SRP");
}

constexpr cipher_keyword by_default{"DEFAULT",
                                    [](suite_ref, bool is_default) { return is_default; }};

constexpr cipher_keyword gone{"", [](suite_ref, bool) { return false; }};

constexpr std::string_view gone_words[] = {
#include "tables/retired_cipher_words.inc"
};

// clang-format off
constexpr cipher_keyword keywords[] = {
    // All and the rest
    {"ALL", [](suite_ref s, bool) { return encrypts(s); }},
    {"COMPLEMENTOFALL", [](suite_ref s, bool) { return !encrypts(s); }, weakness::unencrypted},
    {"COMPLEMENTOFDEFAULT", [](suite_ref s, bool is_default) { return encrypts(s) && !is_default; }},
    // Key exchange
    {"kRSA", [](suite_ref s, bool) { return s.key_exchange == "RSA"; }},
    {"kDHE", [](suite_ref s, bool) { return s.key_exchange == "DH"; }},
    {"kEDH", [](suite_ref s, bool) { return s.key_exchange == "DH"; }},
    {"DH", [](suite_ref s, bool) { return s.key_exchange == "DH"; }},
    {"kECDHE", [](suite_ref s, bool) { return s.key_exchange == "ECDH"; }},
    {"kEECDH", [](suite_ref s, bool) { return s.key_exchange == "ECDH"; }},
    {"ECDH", [](suite_ref s, bool) { return s.key_exchange == "ECDH"; }},
    {"kPSK", [](suite_ref s, bool) { return s.key_exchange == "PSK"; }},
    {"kRSAPSK", [](suite_ref s, bool) { return s.key_exchange == "RSAPSK"; }},
    {"kDHEPSK", [](suite_ref s, bool) { return s.key_exchange == "DHEPSK"; }},
    {"kECDHEPSK", [](suite_ref s, bool) { return s.key_exchange == "ECDHEPSK"; }},
    {"PSK", [](suite_ref s, bool) { return s.key_exchange.ends_with("PSK"); }},
    {"kSRP", [](suite_ref s, bool) { return s.key_exchange == "SRP"; }},
    {"SRP", [](suite_ref s, bool) { return s.key_exchange == "SRP"; }},
    // Authentication
    {"aRSA", [](suite_ref s, bool) { return s.authentication == "RSA"; }},
    {"aDSS", [](suite_ref s, bool) { return s.authentication == "DSS"; }},
    {"DSS", [](suite_ref s, bool) { return s.authentication == "DSS"; }},
    {"aECDSA", [](suite_ref s, bool) { return s.authentication == "ECDSA"; }},
    {"ECDSA", [](suite_ref s, bool) { return s.authentication == "ECDSA"; }},
    {"aPSK", [](suite_ref s, bool) { return s.authentication == "PSK"; }},
    {"aSRP", [](suite_ref s, bool) { return s.authentication == "SRP"; }},
    {"aNULL", [](suite_ref s, bool) { return !is_certified(s); }, weakness::anonymous},
    // Both
    {"RSA", [](suite_ref s, bool) { return s.key_exchange == "RSA" && s.authentication == "RSA"; }},
    {"DHE", [](suite_ref s, bool) { return s.key_exchange == "DH" && is_certified(s); }},
    {"EDH", [](suite_ref s, bool) { return s.key_exchange == "DH" && is_certified(s); }},
    {"ECDHE", [](suite_ref s, bool) { return s.key_exchange == "ECDH" && is_certified(s); }},
    {"EECDH", [](suite_ref s, bool) { return s.key_exchange == "ECDH" && is_certified(s); }},
    {"ADH", [](suite_ref s, bool) { return s.key_exchange == "DH" && !is_certified(s); }, weakness::anonymous},
    {"AECDH", [](suite_ref s, bool) { return s.key_exchange == "ECDH" && !is_certified(s); }, weakness::anonymous},
    // Encryption
    {"eNULL", [](suite_ref s, bool) { return !encrypts(s); }, weakness::unencrypted},
    {"NULL", [](suite_ref s, bool) { return !encrypts(s); }, weakness::unencrypted},
    {"AES", [](suite_ref s, bool) { return uses(s, "AES"); }},
    {"AES128", [](suite_ref s, bool) { return uses(s, "AES", "128"); }},
    {"AES256", [](suite_ref s, bool) { return uses(s, "AES", "256"); }},
    {"AESGCM", [](suite_ref s, bool) { return uses(s, "AESGCM"); }},
    {"AESCCM", [](suite_ref s, bool) { return uses(s, "AESCCM"); }},
    {"AESCCM8", [](suite_ref s, bool) { return uses(s, "AESCCM8"); }},
    {"ARIA", [](suite_ref s, bool) { return uses(s, "ARIA"); }},
    {"ARIA128", [](suite_ref s, bool) { return uses(s, "ARIA", "128"); }},
    {"ARIA256", [](suite_ref s, bool) { return uses(s, "ARIA", "256"); }},
    {"ARIAGCM", [](suite_ref s, bool) { return uses(s, "ARIAGCM"); }},
    {"CAMELLIA", [](suite_ref s, bool) { return uses(s, "Camellia"); }},
    {"CAMELLIA128", [](suite_ref s, bool) { return uses(s, "Camellia", "128"); }},
    {"CAMELLIA256", [](suite_ref s, bool) { return uses(s, "Camellia", "256"); }},
    {"CHACHA20", [](suite_ref s, bool) { return uses(s, "CHACHA20"); }},
    {"3DES", [](suite_ref s, bool) { return uses(s, "3DES"); }},
    {"IDEA", [](suite_ref s, bool) { return uses(s, "IDEA"); }},
    {"SEED", [](suite_ref s, bool) { return uses(s, "SEED"); }},
    {"RC4", [](suite_ref s, bool) { return uses(s, "RC4"); }, weakness::rc4},
    {"CBC", [](suite_ref s, bool) { return encrypts(s) && s.mac != "AEAD" && !uses(s, "RC4"); }},
    // Digest
    {"MD5", [](suite_ref s, bool) { return s.mac == "MD5"; }, weakness::md5},
    {"SHA", [](suite_ref s, bool) { return s.mac == "SHA1"; }},
    {"SHA1", [](suite_ref s, bool) { return s.mac == "SHA1"; }},
    {"SHA256", [](suite_ref s, bool) { return s.mac == "SHA256"; }},
    {"SHA384", [](suite_ref s, bool) { return s.mac == "SHA384"; }},
    // The version a suite came with
    {"SSLv3", [](suite_ref s, bool) { return s.version == "SSLv3"; }},
    {"TLSv1", [](suite_ref s, bool) { return s.version == "TLSv1"; }},
    {"TLSv1.0", [](suite_ref s, bool) { return s.version == "TLSv1"; }},
    {"TLSv1.2", [](suite_ref s, bool) { return s.version == "TLSv1.2"; }},
    // Strength
    {"HIGH", [](suite_ref s, bool) { return encrypts(s) && !is_medium(s); }},
    {"MEDIUM", [](suite_ref s, bool) { return is_medium(s); }},
    {"FIPS", [](suite_ref s, bool) { return is_fips(s); }},
    // Suites by the names they had
    {"EDH-RSA-DES-CBC3-SHA", [](suite_ref s, bool) { return s.name == "DHE-RSA-DES-CBC3-SHA"; }},
    {"EDH-DSS-DES-CBC3-SHA", [](suite_ref s, bool) { return s.name == "DHE-DSS-DES-CBC3-SHA"; }},
};
// clang-format on

}  // namespace

weakness weaknesses_of(const cipher_suite& suite) noexcept {
    return (is_certified(suite) ? weakness::none : weakness::anonymous) |
           (encrypts(suite) ? weakness::none : weakness::unencrypted) |
           (uses(suite, "RC4") ? weakness::rc4 : weakness::none) |
           (suite.mac == "MD5" ? weakness::md5 : weakness::none);
}

unsigned strength_of(const cipher_suite& suite) noexcept {
    const std::size_t bracket = suite.encryption.rfind('(');
    if (bracket == std::string_view::npos) {
        return 0;
    }
    const std::string_view digits = suite.encryption.substr(bracket + 1);
    unsigned bits = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    // Triple DES has keys of 168 bits, and is worth 112 of them.
    return bits == 168 ? 112 : bits;
}

const cipher_keyword& default_keyword() noexcept {
    return by_default;
}

const cipher_keyword* find_cipher_keyword(std::string_view name) noexcept {
    if (name == by_default.name) {
        return &by_default;
    }
    const auto* const found =
        std::find_if(std::begin(keywords), std::end(keywords),
                     [name](const cipher_keyword& known) { return known.name == name; });
    if (found != std::end(keywords)) {
        return found;
    }
    const bool is_gone =
        std::find(std::begin(gone_words), std::end(gone_words), name) != std::end(gone_words);
    return is_gone ? &gone : nullptr;
}

}  // namespace polytls::detail
