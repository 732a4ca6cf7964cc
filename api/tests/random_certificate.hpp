#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace polytls::testkit {

using byte_string = std::vector<std::uint8_t>;

/// What a made-up certificate says, as far as no other program tells it.
struct random_certificate {
    byte_string der{};
    /// Its alternative names in order: "DNS", and the value as UTF-8.
    std::vector<std::pair<std::string, std::string>> alternative_names{};
    /// Its accesses in order: "OCSP - URI", and the value as UTF-8.
    std::vector<std::pair<std::string, std::string>> accesses{};
};

/// Makes certificates up, of all that X.509 permits and some of what it does not. Their signatures
/// are noise, which nobody looks at who only reads them.
class certificate_maker {
public:
    /// `keys` are SubjectPublicKeyInfos to use besides RSA keys of random numbers.
    certificate_maker(std::uint64_t seed, std::vector<byte_string> keys)
        : random_(seed), keys_(std::move(keys)) {}

    /// With `plain`, alternative names and accesses have only what the openssl command writes
    /// without ambiguity; otherwise anything, separators and control characters above all.
    random_certificate make(bool plain);

private:
    std::uint64_t number(std::uint64_t low, std::uint64_t high);

    bool one_in(std::uint64_t chances) { return number(1, chances) == 1; }

    template <class T, std::size_t Size>
    const T& any_of(const T (&choices)[Size]) {
        return choices[number(0, Size - 1)];
    }

    byte_string noise(std::size_t size);
    byte_string integer();
    byte_string unknown_oid();
    char32_t character(char32_t highest);
    byte_string text_value();
    byte_string attribute();
    byte_string name();
    byte_string time();
    byte_string rsa_key();
    byte_string extensions();
    byte_string alternative_name();
    byte_string access();
    byte_string purposes();
    std::string host_text(bool plain);
    std::pair<byte_string, std::pair<std::string, std::string>> general_name();

    std::mt19937_64 random_;
    std::vector<byte_string> keys_;
    bool plain_ = true;
    random_certificate made_;
};

}  // namespace polytls::testkit
