#include "certificate_reading.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace polytls {
namespace {

using testkit::reading;

/// What `openssl x509` says of a certificate: "CN=x" a line under "subject", the rest by title.
struct description {
    std::vector<std::string> subject{};
    std::vector<std::string> issuer{};
    std::map<std::string, std::string> lines{};
};

/// Attributes of one RDN stand on one line.
void add_names(std::string_view line, std::vector<std::string>& names) {
    constexpr std::string_view joint = " + ";
    for (auto at = line.find(joint); at != line.npos; at = line.find(joint)) {
        names.emplace_back(line.substr(0, at));
        line.remove_prefix(at + joint.size());
    }
    names.emplace_back(line);
}

description describe(const testkit::openssl_tool& tool, const std::string& file) {
    const std::string common = "x509 -noout -inform DER -in " + file;
    std::istringstream text(
        tool.run(common + " -subject -issuer -nameopt sep_multiline,sname,utf8 -serial -dates") +
        tool.run(common + " -fingerprint -sha1") + tool.run(common + " -fingerprint -sha256") +
        tool.run(common + " -fingerprint -sha512"));
    description read;
    std::vector<std::string>* names = nullptr;
    for (std::string line; std::getline(text, line);) {
        if (line.size() > 4 && line.starts_with("    ")) {
            add_names(std::string_view(line).substr(4), *names);
            continue;
        }
        const auto equals = line.find('=');
        names = line.starts_with("subject") ? &read.subject : &read.issuer;
        std::string title = line.substr(0, equals);
        std::ranges::transform(title, title.begin(), [](char c) {
            return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        read.lines[title] = line.substr(equals + 1);
    }
    return read;
}

std::vector<std::string> lines_of(const distinguished_name& name) {
    std::vector<std::string> lines;
    for (const auto& [key, value] : name) {
        lines.push_back(key + "=" + value);
    }
    return lines;
}

struct odd_certificate {
    std::string title;
    std::string sections;
    std::string arguments = {};
    std::string string_mask = "utf8only";

    friend void PrintTo(const odd_certificate& odd, std::ostream* out) { *out << odd.title; }
};

std::string title_of(const testing::TestParamInfo<odd_certificate>& info) {
    return info.param.title;
}

const odd_certificate odd_certificates[] = {
    {"plain", "[dn]\nC=GB\nST=Kent\nL=Deal\nO=Acme\nOU=Shop\nCN=shop.example\n[ext]\n"},
    {"multi_valued_rdn", "[dn]\nO=Acme\n+OU=Shop\n+CN=shop\nC=GB\n[ext]\n"},
    {"repeated_attributes", "[dn]\n0.OU=one\n1.OU=two\n2.OU=three\nCN=x\n[ext]\n"},
    {"utf8", "[dn]\nO=Grüße & Söhne ☃ 🎈\nCN=日本\n[ext]\n"},
    {"bmp_string", "[dn]\nO=Grüße ☃\nCN=日本\n[ext]\n", "", "MASK:0x800"},
    {"universal_string", "[dn]\nO=Grüße ☃ 🎈\n[ext]\n", "", "MASK:0x100"},
    {"t61_string", "[dn]\nO=Grüße\n[ext]\n", "", "MASK:0x4"},
    {"printable_string", "[dn]\nO=Acme\n[ext]\n", "", "MASK:0x2"},
    {"ia5_string", "[dn]\nCN=a@b\nemailAddress=a@b\n[ext]\n", "", "MASK:0x10"},
    {"long_value", "[dn]\ndescription=" + std::string(900, 'x') + "\n[ext]\n"},
    {"empty_subject", "[dn]\n[ext]\n", "-subj /"},
    {"separators_in_values", "[dn]\nO=a/b,c=d\\#e\nCN=\"quoted\"\n[ext]\n"},
    {"unknown_types", "[dn]\n0.1.2.3.4=four\n0.1.3.6.1.4.1.99999.1=own\n[ext]\n"},
    {"type_made_from_a_uuid",
     "[dn]\n0.2.25.329800735698586629295641978511506172918=uuid\n0.2.999.1=example\n[ext]\n"},
    {"people", "[dn]\nGN=Ada\nSN=Lovelace\ninitials=AL\ntitle=Countess\ngenerationQualifier=I\n"
               "pseudonym=AAL\nname=Ada Lovelace\nUID=ada\nserialNumber=42\nDC=org\n[ext]\n"},
    {"extended_validation", "[dn]\njurisdictionC=US\njurisdictionST=Delaware\njurisdictionL=Dover\n"
                            "businessCategory=Private Organization\npostalCode=1\nstreet=Main\n"
                            "organizationIdentifier=VATUS-1\nCN=x\n[ext]\n"},
    {"serial_of_one_byte", "[dn]\nCN=x\n[ext]\n", "-set_serial 5"},
    {"serial_with_its_top_bit", "[dn]\nCN=x\n[ext]\n", "-set_serial 0xB9B0D332A1AA5635"},
    {"serial_of_twenty_bytes", "[dn]\nCN=x\n[ext]\n",
     "-set_serial 0x7fffffffffffffffffffffffffffffffffffffff"},
    {"serial_beyond_twenty_bytes", "[dn]\nCN=x\n[ext]\n",
     "-set_serial 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"},
    {"negative_serial", "[dn]\nCN=x\n[ext]\n", "-set_serial -300"},
    {"negative_serial_of_a_power", "[dn]\nCN=x\n[ext]\n", "-set_serial -256"},
    {"negative_serial_of_its_shortest", "[dn]\nCN=x\n[ext]\n", "-set_serial -128"},
    {"far_away", "[dn]\nCN=x\n[ext]\n", "-days 90000"},
};

class every_field : public reading, public testing::WithParamInterface<odd_certificate> {};

INSTANTIATE_TEST_SUITE_P(of, every_field, testing::ValuesIn(odd_certificates), title_of);

TEST_P(every_field, is_as_the_openssl_command_writes_it) {
    const auto& [title, sections, arguments, string_mask] = GetParam();
    const auto der = tool.make_certificate("odd", sections, arguments, string_mask);

    const certificate shown = read(der);

    auto expected = describe(tool, "odd.der");
    EXPECT_EQ(lines_of(shown.subject), expected.subject);
    EXPECT_EQ(lines_of(shown.issuer), expected.issuer);
    EXPECT_EQ(shown.serial_number, expected.lines["serial"]);
    EXPECT_EQ(shown.valid_from, expected.lines["notbefore"]);
    EXPECT_EQ(shown.valid_to, expected.lines["notafter"]);
    EXPECT_EQ(shown.fingerprint, expected.lines["sha1 fingerprint"]);
    EXPECT_EQ(shown.fingerprint256, expected.lines["sha256 fingerprint"]);
    EXPECT_EQ(shown.fingerprint512, expected.lines["sha512 fingerprint"]);
    EXPECT_EQ(shown.raw, der);
}

/// Every type that OpenSSL knows is in the table, and under its name.
TEST_F(reading, short_names_are_those_of_the_openssl_command) {
    std::string sections = "[dn]\n";
    for (int arc = 3; arc <= 100; ++arc) {
        // The codes of countries in three letters or digits are held to their size.
        const bool of_three = arc == 98 || arc == 99;
        sections += "0.2.5.4." + std::to_string(arc) + (of_three ? "=111\n" : "=XX\n");
    }
    for (int arc = 1; arc <= 56; ++arc) {
        sections += "0.0.9.2342.19200300.100.1." + std::to_string(arc) + "=XX\n";
    }

    const certificate shown = read_with(sections + "[ext]\n");

    EXPECT_EQ(lines_of(shown.subject), describe(tool, "odd.der").subject);
    EXPECT_EQ(shown.subject.size(), 154U);
}

class validity : public reading {
protected:
    /// `openssl req` knows no dates, `openssl ca` does.
    certificate issue(const std::string& from, const std::string& to) const {
        tool.write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\n"
                             "serial=serial\ndefault_md=sha256\npolicy=p\nemail_in_dn=no\n"
                             "[p]\ncommonName=supplied\n[req]\ndistinguished_name=dn\n[dn]\n");
        tool.write("index", "");
        tool.write("serial", "01\n");
        tool.run("req -new -key key.pem -subj /CN=x -config ca.cnf -out csr");
        tool.run("ca -batch -selfsign -config ca.cnf -in csr -keyfile key.pem -notext -out c.pem "
                 "-startdate " +
                 from + " -enddate " + to);
        tool.run("x509 -in c.pem -outform DER -out dated.der");
        return read(tool.content("dated.der"));
    }
};

TEST_F(validity, reaches_from_before_1970_to_after_2050) {
    const certificate shown = issue("19500203040506Z", "20510101000000Z");

    EXPECT_EQ(shown.valid_from, "Feb  3 04:05:06 1950 GMT");
    EXPECT_EQ(shown.valid_to, "Jan  1 00:00:00 2051 GMT");
    EXPECT_EQ(shown.valid_from, describe(tool, "dated.der").lines["notbefore"]);
    EXPECT_EQ(shown.valid_to, describe(tool, "dated.der").lines["notafter"]);
}

TEST_F(validity, reaches_from_centuries_ago_to_the_end_of_rfc_5280) {
    const certificate shown = issue("17760704120000Z", "99991231235959Z");

    EXPECT_EQ(shown.valid_from, "Jul  4 12:00:00 1776 GMT");
    EXPECT_EQ(shown.valid_to, "Dec 31 23:59:59 9999 GMT");
}

TEST_F(validity, knows_leap_days) {
    const certificate shown = issue("20000229000000Z", "20240229235959Z");

    EXPECT_EQ(shown.valid_from, "Feb 29 00:00:00 2000 GMT");
    EXPECT_EQ(shown.valid_to, "Feb 29 23:59:59 2024 GMT");
}

class reading_names : public reading {
protected:
    std::string alt_names(const std::string& extension) const {
        return read_with("[dn]\nCN=x\n[ext]\nsubjectAltName=" + extension).subjectaltname;
    }
};

TEST_F(reading_names, alternative_names_of_plain_kinds_are_as_the_openssl_command_writes_them) {
    const std::string names = "DNS:a.example,DNS:*.b.example,IP:127.0.0.1,IP:2001:db8::1,IP:::,"
                              "email:me@a.example,URI:https://a.example/?q=1\\#x,RID:1.2.3.4";

    const std::string shown = alt_names(names);

    EXPECT_EQ(shown, "DNS:a.example, DNS:*.b.example, IP Address:127.0.0.1, "
                     "IP Address:2001:DB8:0:0:0:0:0:1, IP Address:0:0:0:0:0:0:0:0, "
                     "email:me@a.example, URI:https://a.example/?q=1#x, Registered ID:1.2.3.4");
    EXPECT_NE(tool.run("x509 -noout -inform DER -in odd.der -ext subjectAltName").find(shown),
              std::string::npos);
}

TEST_F(reading_names, alternative_names_may_be_absent_or_none) {
    EXPECT_EQ(read_with("[dn]\nCN=x\n[ext]\n").subjectaltname, "");
    EXPECT_EQ(alt_names("DER:3000"), "");
}

// What is expected below is what Node 20.20.2 shows of the same certificates.

TEST_F(reading_names, one_alternative_name_never_reads_as_two) {
    EXPECT_EQ(alt_names("@s\n[s]\nDNS.1=\"a,DNS:b\""), R"(DNS:"a\u002cDNS:b")");
    EXPECT_EQ(alt_names("@s\n[s]\nURI.1=\"http://a/, DNS:b\""), R"(URI:"http://a/\u002c DNS:b")");
    EXPECT_EQ(alt_names("@s\n[s]\nemail.1=\"a, IP Address:127.0.0.1\""),
              R"(email:"a\u002c IP Address:127.0.0.1")");
}

TEST_F(reading_names, alternative_names_that_look_quoted_are_quoted) {
    EXPECT_EQ(alt_names("DER:30058203226122"), R"(DNS:"\"a\"")");
    EXPECT_EQ(alt_names("DER:30058203612762"), R"(DNS:"a'b")");
    EXPECT_EQ(alt_names("DER:30058203615C62"), R"(DNS:"a\\b")");
}

TEST_F(reading_names, alternative_names_with_more_than_plain_text_are_escaped) {
    EXPECT_EQ(alt_names("DER:300F820D6F6B2E6578616D706C65002E78"), R"(DNS:"ok.example\u0000.x")");
    EXPECT_EQ(alt_names("DER:30068204610A7F62"), R"(DNS:"a\u000a\u007fb")");
    EXPECT_EQ(alt_names("DER:3006820461C3BC62"), R"(DNS:"a\u00c3\u00bcb")");
}

TEST_F(reading_names, ip_addresses_of_no_known_length_are_said_to_be_so) {
    EXPECT_EQ(alt_names("DER:300787050102030405"), "IP Address:<invalid length=5>");
    EXPECT_EQ(alt_names("DER:30028700"), "IP Address:<invalid length=0>");
}

TEST_F(reading_names, registered_ids_are_numbers_alone) {
    EXPECT_EQ(alt_names("RID:2.5.4.3"), "Registered ID:2.5.4.3");
}

TEST_F(reading_names, alternative_names_without_a_text_form_are_named) {
    EXPECT_EQ(alt_names("otherName:1.2.3.4;UTF8:x,DNS:a"), "othername:<unsupported>, DNS:a");
    EXPECT_EQ(alt_names("DER:300BA509A003130178A1021300"), "EdiPartyName:<unsupported>");
    EXPECT_EQ(alt_names("DER:3004A3023000"), "X400Name:<unsupported>");
}

TEST_F(reading_names, other_names_that_people_read_are_shown_with_their_kind) {
    EXPECT_EQ(alt_names("otherName:1.3.6.1.4.1.311.20.2.3;UTF8:joe@a.example,"
                        "otherName:1.3.6.1.5.5.7.8.5;UTF8:juliet@im.example,"
                        "otherName:1.3.6.1.5.5.7.8.7;IA5:_mail.a.example,"
                        "otherName:1.3.6.1.5.5.7.8.8;UTF8:realm.example,"
                        "otherName:1.3.6.1.5.5.7.8.9;UTF8:jim@a.example"),
              "othername:UPN:joe@a.example, othername:XmppAddr:juliet@im.example, "
              "othername:SRVName:_mail.a.example, othername:NAIRealm:realm.example, "
              "othername:SmtpUTF8Mailbox:jim@a.example");
    EXPECT_EQ(alt_names("@s\n[s]\notherName.1=\"1.3.6.1.5.5.7.8.5;UTF8:a,DNS:b\""),
              R"(othername:"XmppAddr:a\u002cDNS:b")");
    EXPECT_EQ(alt_names("@s\n[s]\notherName.1=\"1.3.6.1.4.1.311.20.2.3;FORMAT:UTF8,UTF8:grüß\""),
              "othername:UPN:grüß");
}

TEST_F(reading_names, other_names_of_another_type_than_their_kinds_are_only_named) {
    EXPECT_EQ(alt_names("otherName:1.3.6.1.5.5.7.8.5;IA5:a"), "othername:<unsupported>");
    EXPECT_EQ(alt_names("otherName:1.3.6.1.5.5.7.8.7;UTF8:a"), "othername:<unsupported>");
    EXPECT_EQ(alt_names("DER:3002A000"), "othername:<unsupported>");
}

TEST_F(reading_names, directory_names_follow_rfc_2253) {
    EXPECT_EQ(alt_names("dirName:d\n[d]\nCN=only"), "DirName:CN=only");
    EXPECT_EQ(alt_names("dirName:d\n[d]\nC=GB\nO=Acme\n+CN=x"),
              R"(DirName:"O=Acme+CN=x\u002cC=GB")");
    EXPECT_EQ(alt_names("dirName:d\n[d]\nO=\"Acme, CN=x\""), R"(DirName:"O=Acme\\\u002c CN=x")");
    EXPECT_EQ(alt_names("DER:3011A40F300D310B300906035504030C02C3BC"), "DirName:CN=ü");
    EXPECT_EQ(alt_names("DER:3011A40F300D310B300906035504030C020A2C"),
              R"(DirName:"CN=\u000a\\\u002c")");
    EXPECT_EQ(alt_names("dirName:d\n[d]\n0.1.2.3.4=own"), "DirName:1.2.3.4=#0C036F776E");
}

TEST_F(reading, serial_number_zero_is_one_digit) {
    EXPECT_EQ(read_with("[dn]\nCN=x\n[ext]\n", "-set_serial 0").serial_number, "0");
}

TEST_F(reading, purposes_are_numbers) {
    const certificate shown =
        read_with("[dn]\nCN=x\n[ext]\nextendedKeyUsage=serverAuth,clientAuth,1.2.840.113549.1\n");

    EXPECT_EQ(
        shown.ext_key_usage,
        (std::vector<std::string>{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.2.840.113549.1"}));
}

TEST_F(reading, a_ca_is_one_that_may_sign_certificates) {
    const std::string start = "[dn]\nCN=x\n[ext]\n";

    EXPECT_TRUE(read_with(start + "basicConstraints=CA:TRUE\n").ca);
    EXPECT_TRUE(read_with(start + "basicConstraints=CA:TRUE\nkeyUsage=keyCertSign\n").ca);
    EXPECT_FALSE(read_with(start + "basicConstraints=CA:TRUE\nkeyUsage=digitalSignature\n").ca);
    EXPECT_FALSE(read_with(start + "basicConstraints=CA:FALSE\n").ca);
    EXPECT_FALSE(read_with(start).ca);
}

TEST_F(reading, a_subject_field_is_the_last_of_its_name) {
    const certificate shown = read_with("[dn]\n0.OU=one\n1.OU=two\nCN=x\n[ext]\n");

    EXPECT_EQ(shown.subject_field("OU"), "two");
    EXPECT_EQ(shown.subject_field("CN"), "x");
    EXPECT_EQ(shown.subject_field("O"), "");
}

TEST_F(reading, malformed_parts_make_the_certificate_bad_and_are_named) {
    const auto failure_of = [this](const std::string& extension) {
        const auto der = tool.make_certificate("odd", "[dn]\nCN=x\n[ext]\n" + extension + "\n");
        return parse_certificate(der, with).error();
    };

    const failure names = failure_of("subjectAltName=DER:3006820161890162");
    const failure purposes = failure_of("extendedKeyUsage=DER:30070603551D250101");
    const failure directory = failure_of("subjectAltName=DER:3004A4023100");

    EXPECT_EQ(names.code, errc::bad_certificate);
    EXPECT_EQ(names.input, "subjectAltName");
    EXPECT_EQ(directory.input, "subjectAltName");
    EXPECT_EQ(purposes.input, "extKeyUsage");
}

TEST_F(reading, a_root_is_its_own_issuer) {
    const auto root = std::make_unique<const certificate>(read_with("[dn]\nCN=x\n[ext]\n"));
    const certificate changed_keys = read_with(
        "[dn]\nCN=x\n[ext]\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=DER:3003800102\n");
    certificate leaf;
    leaf.issuer_certificate = std::make_shared<const certificate>(*root);

    EXPECT_TRUE(root->self_issued);
    EXPECT_EQ(root->issued_by(), root.get());
    EXPECT_EQ(root->issuer_certificate, nullptr) << "it would never be freed";
    EXPECT_FALSE(changed_keys.self_issued);
    EXPECT_EQ(changed_keys.issued_by(), nullptr);
    EXPECT_EQ(leaf.issued_by(), leaf.issuer_certificate.get());
    EXPECT_EQ(leaf.issued_by()->issued_by(), leaf.issued_by());
}

TEST_F(reading, what_is_no_certificate_is_refused) {
    EXPECT_EQ(parse_certificate({}, with).error().code, errc::bad_certificate);
    EXPECT_EQ(parse_certificate(as_bytes("hello"), with).error().code, errc::bad_certificate);
    EXPECT_TRUE(certificate{}.empty());
}

}  // namespace
}  // namespace polytls
