#include "fake_backend.hpp"
#include "openssl_tool.hpp"
#include "random_certificate.hpp"
#include "utf8.hpp"

#include <polytls/certificate.hpp>
#include <polytls/pem.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace polytls {
namespace {

using testkit::byte_string;

constexpr int certificates_per_seed = 50;

std::string file_of(std::size_t index) {
    return std::to_string(index) + ".der";
}

/// "3A:01:…" out of "3a01…".
std::string with_colons(std::string_view hex) {
    std::string text;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        const char c = hex[i];
        text += i != 0 && i % 2 == 0 ? ":" : "";
        text += 'a' <= c && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return text;
}

byte_string from_hex(std::string_view hex) {
    byte_string decoded(hex.size() / 2);
    for (std::size_t i = 0; i < decoded.size(); ++i) {
        std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, decoded[i], 16);
    }
    return decoded;
}

/// Takes away the escapes of -nameopt esc_2253,esc_ctrl, "\," and "\0A".
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            plain += text[i];
            continue;
        }
        const std::string_view hex = text.substr(i + 1, 2);
        const bool is_hex = hex.size() == 2 && std::ranges::all_of(hex, [](char c) {
                                return ('0' <= c && c <= '9') || ('A' <= c && c <= 'F');
                            });
        plain += is_hex ? static_cast<char>(from_hex(hex)[0]) : text[i + 1];
        i += is_hex ? 2 : 1;
    }
    return plain;
}

/// What the openssl command says of a certificate: the lines under each title, and those that have
/// title and value in one.
struct description {
    std::map<std::string, std::vector<std::string>> lists{};
    std::map<std::string, std::string> values{};
    std::map<std::string, std::string> key{};
    std::string public_key{};  // PEM.
};

description describe(const testkit::openssl_tool& tool, const std::string& file) {
    std::istringstream text(tool.run(
        "x509 -noout -inform DER -in " + file +
        " -subject -issuer -nameopt sep_multiline,sname,utf8,esc_2253,esc_ctrl,dump_nostr,"
        "dump_der -serial -dates -pubkey -modulus -ext "
        "subjectAltName,authorityInfoAccess,extendedKeyUsage -text -certopt "
        "no_header,no_version,no_serial,no_signame,no_validity,no_subject,no_issuer,no_extensions,"
        "no_sigdump,no_aux"));
    description read;
    std::vector<std::string>* list = nullptr;
    for (std::string line; std::getline(text, line);) {
        // A long serial number goes on in the next line.
        for (std::string more;
             line.starts_with("serial=") && line.ends_with('\\') && std::getline(text, more);) {
            line.replace(line.size() - 1, 1, more);
        }
        if (line.starts_with("-----BEGIN")) {
            read.public_key = line + '\n';
        } else if (!read.public_key.empty() &&
                   !read.public_key.ends_with("END PUBLIC KEY-----\n")) {
            read.public_key += line + '\n';
        } else if (line.starts_with("                ")) {
            // Of the key: "Public-Key: (256 bit)", "ASN1 OID: prime256v1".
            const std::size_t colon = line.find(": ");
            const std::size_t start = line.find_first_not_of(' ');
            if (colon != line.npos) {
                read.key[line.substr(start, colon - start)] = line.substr(colon + 2);
            }
        } else if (line.starts_with("        ")) {
            list = nullptr;
        } else if (line.starts_with("    ") && list != nullptr) {
            // An empty name is a line, too.
            if (line.size() > 4) {
                list->push_back(line.substr(4));
            }
        } else if (line.ends_with('=') || line.find(": ") != line.npos) {
            list = &read.lists[line.substr(0, line.find_first_of("=:"))];
        } else {
            const std::size_t equals = line.find('=');
            read.values[line.substr(0, equals)] =
                line.substr(std::min(equals, line.size() - 1) + 1);
        }
    }
    return read;
}

/// Certificates made from a seed, in files, and a backend that has their digests from the command.
class generated : public testing::TestWithParam<std::uint64_t> {
protected:
    generated() {
        fake_.digester = [this](spi::digest_algorithm algorithm, bytes data) {
            const auto found = std::ranges::find_if(
                made_, [data](const auto& one) { return std::ranges::equal(one.der, data); });
            return from_hex(
                digests_.at(algorithm).at(static_cast<std::size_t>(found - made_.begin())));
        };
    }

    const std::vector<testkit::random_certificate>& make(bool plain) {
        testkit::certificate_maker maker(GetParam(), keys());
        std::string files;
        for (std::size_t i = 0; i < certificates_per_seed; ++i) {
            made_.push_back(maker.make(plain));
            tool.write(file_of(i), as_text(made_.back().der));
            files += " " + file_of(i);
        }
        for (const auto& [algorithm, name] : {std::pair(spi::digest_algorithm::sha1, "sha1"),
                                              std::pair(spi::digest_algorithm::sha256, "sha256"),
                                              std::pair(spi::digest_algorithm::sha512, "sha512")}) {
            std::istringstream lines(tool.run("dgst -r -" + std::string(name) + files));
            for (std::string line; std::getline(lines, line);) {
                digests_[algorithm].push_back(line.substr(0, line.find(' ')));
            }
        }
        return made_;
    }

    const std::string& digest(spi::digest_algorithm algorithm, std::size_t index) const {
        return digests_.at(algorithm).at(index);
    }

    testkit::openssl_tool tool;

private:
    /// The public halves of good keys of every kind.
    std::vector<byte_string> keys() const {
        std::vector<byte_string> made;
        for (const char* kind :
             {"RSA -pkeyopt rsa_keygen_bits:1024", "RSA-PSS -pkeyopt rsa_keygen_bits:1024",
              "EC -pkeyopt ec_paramgen_curve:P-256", "EC -pkeyopt ec_paramgen_curve:P-521",
              "EC -pkeyopt ec_paramgen_curve:brainpoolP384r1",
              "EC -pkeyopt ec_paramgen_curve:sect283k1", "ED25519", "ED448"}) {
            tool.run("genpkey -algorithm " + std::string(kind) + " -out any.key");
            tool.run("pkey -in any.key -pubout -outform DER -out any.pub");
            made.push_back(tool.content("any.pub"));
        }
        return made;
    }

    testkit::fake_backend fake_;
    std::vector<testkit::random_certificate> made_;
    std::map<spi::digest_algorithm, std::vector<std::string>> digests_;

protected:
    const backend with{fake_};
};

INSTANTIATE_TEST_SUITE_P(from_seed, generated, testing::Range<std::uint64_t>(1, 7));

std::vector<std::string> lines_of(const distinguished_name& name) {
    std::vector<std::string> lines;
    for (const auto& [key, value] : name) {
        lines.push_back(key + "=" + value);
    }
    return lines;
}

/// The attributes that the command writes on lines, those of one RDN on one.
std::vector<std::string> attributes(const std::vector<std::string>& lines) {
    constexpr std::string_view joint = " + ";
    std::vector<std::string> split;
    for (const std::string& line : lines) {
        std::string_view rest = line;
        for (auto at = rest.find(joint); at != rest.npos; at = rest.find(joint)) {
            split.push_back(unescaped(rest.substr(0, at)));
            rest.remove_prefix(at + joint.size());
        }
        split.push_back(unescaped(rest));
    }
    return split;
}

/// "OCSP - URI:http://a" a line, as the manual gathers them.
access_locations gathered(const std::vector<std::pair<std::string, std::string>>& accesses) {
    access_locations gathered;
    for (const auto& [key, value] : accesses) {
        auto found = std::ranges::find(gathered, key, &access_locations::value_type::first);
        if (found == gathered.end()) {
            found = gathered.insert(found, {key, {}});
        }
        found->second.push_back(value);
    }
    return gathered;
}

access_locations accesses_in(const std::vector<std::string>& lines) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string& line : lines) {
        const std::size_t colon = line.find(':');
        pairs.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
    return gathered(pairs);
}

/// Purposes as the command writes them.
std::string purposes_of(const certificate& shown) {
    std::string text;
    for (const std::string& oid : shown.ext_key_usage) {
        text += text.empty() ? "" : ", ";
        text += oid == "1.3.6.1.5.5.7.3.1"   ? "TLS Web Server Authentication"
                : oid == "1.3.6.1.5.5.7.3.2" ? "TLS Web Client Authentication"
                                             : oid;
    }
    return text;
}

std::string only_line(const std::vector<std::string>& lines) {
    return lines.empty() ? std::string() : lines.front();
}

void expect_key(const certificate& shown, description& expected) {
    const bool rsa = expected.key.contains("Exponent");
    const bool known = rsa || expected.key.contains("ASN1 OID");
    const byte_string whole = split_pem(expected.public_key).value().at(0).der;
    EXPECT_EQ(shown.modulus, rsa ? expected.values["Modulus"] : "");
    const std::string number = "(" + shown.exponent + ")";
    EXPECT_TRUE(!rsa || expected.key["Exponent"].ends_with(number))
        << shown.exponent << " is not " << expected.key["Exponent"];
    EXPECT_EQ(shown.exponent.empty(), !rsa);
    EXPECT_EQ(shown.asn1_curve, expected.key["ASN1 OID"]);
    EXPECT_EQ(shown.nist_curve, expected.key["NIST CURVE"]);
    EXPECT_EQ(known ? "(" + std::to_string(shown.bits) + " bit)" : "", expected.key["Public-Key"]);
    if (shown.asn1_curve.empty()) {
        EXPECT_EQ(shown.pubkey, whole);
    } else {
        ASSERT_LT(shown.pubkey.size(), whole.size());
        EXPECT_TRUE(std::equal(shown.pubkey.rbegin(), shown.pubkey.rend(), whole.rbegin()));
        EXPECT_EQ(shown.pubkey.size(), 1 + 2 * ((shown.bits + 7) / 8));
    }
}

// Third party: `openssl x509` and `openssl dgst`, a run of the former for each certificate.
TEST_P(generated, every_field_is_as_the_openssl_command_writes_it) {
    const auto& made = make(true);

    for (std::size_t i = 0; i < made.size(); ++i) {
        SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", certificate " + std::to_string(i) +
                     "\n" + to_pem("CERTIFICATE", made[i].der));
        const certificate shown = value_of(parse_certificate(made[i].der, with));
        description expected = describe(tool, file_of(i));

        EXPECT_EQ(lines_of(shown.subject), attributes(expected.lists["subject"]));
        EXPECT_EQ(lines_of(shown.issuer), attributes(expected.lists["issuer"]));
        EXPECT_EQ(shown.serial_number, expected.values["serial"]);
        EXPECT_EQ(shown.valid_from, expected.values["notBefore"]);
        EXPECT_EQ(shown.valid_to, expected.values["notAfter"]);
        EXPECT_EQ(shown.subjectaltname,
                  only_line(expected.lists["X509v3 Subject Alternative Name"]));
        EXPECT_EQ(shown.info_access, accesses_in(expected.lists["Authority Information Access"]));
        EXPECT_EQ(purposes_of(shown), only_line(expected.lists["X509v3 Extended Key Usage"]));
        EXPECT_EQ(shown.fingerprint, with_colons(digest(spi::digest_algorithm::sha1, i)));
        EXPECT_EQ(shown.fingerprint256, with_colons(digest(spi::digest_algorithm::sha256, i)));
        EXPECT_EQ(shown.fingerprint512, with_colons(digest(spi::digest_algorithm::sha512, i)));
        expect_key(shown, expected);
    }
}

/// A value as JSON writes strings, read back.
std::string from_json(std::string_view text) {
    std::string plain;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] != '\\') {
            plain += text[i];
        } else if (text[++i] != 'u') {
            plain += text[i];
        } else {
            std::uint32_t point = 0;
            std::from_chars(text.data() + i + 1, text.data() + i + 5, point, 16);
            detail::append_utf8(plain, point);
            i += 4;
        }
    }
    return plain;
}

/// Reads a list of names as simple programs do: cuts it at its commas, and that at its first colon.
std::vector<std::pair<std::string, std::string>> names_in(std::string_view list) {
    std::vector<std::pair<std::string, std::string>> names;
    for (std::size_t end = 0; !list.empty(); list.remove_prefix(std::min(end + 2, list.size()))) {
        end = std::min(list.find(','), list.size());
        const std::string_view one = list.substr(0, end);
        const std::size_t colon = std::min(one.find(':'), one.size() - 1);
        const std::string_view value = one.substr(colon + 1);
        names.emplace_back(one.substr(0, colon),
                           value.starts_with('"') ? from_json(value) : std::string(value));
    }
    return names;
}

TEST_P(generated, no_name_reads_as_another_or_as_two) {
    for (const auto& [der, alternative_names, accesses] : make(false)) {
        SCOPED_TRACE("seed " + std::to_string(GetParam()) + "\n" + to_pem("CERTIFICATE", der));

        const certificate shown = value_of(parse_certificate(der, with));

        EXPECT_EQ(names_in(shown.subjectaltname), alternative_names);
        EXPECT_EQ(shown.info_access, gathered(accesses));
    }
}

}  // namespace
}  // namespace polytls
