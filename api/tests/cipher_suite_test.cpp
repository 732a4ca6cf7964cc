#include <polytls/cipher_suite.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace polytls {
namespace {

struct closer {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
};

std::string output_of(const char* command) {
    const std::unique_ptr<std::FILE, closer> pipe(popen(command, "r"));
    std::string text;
    for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
        text += static_cast<char>(c);
    }
    return text;
}

/// A line of the table as `openssl ciphers -V -stdname` writes it, without its spaces.
std::string line_of(const cipher_suite& suite) {
    std::ostringstream line;
    const auto id = static_cast<unsigned>(suite.id);
    char number[16];
    std::snprintf(number, sizeof number, "0x%02X,0x%02X", id >> 8U, id & 0xffU);
    line << number << " - " << suite.iana_name << " - " << suite.name << ' ' << suite.version
         << " Kx=" << suite.key_exchange << " Au=" << suite.authentication
         << " Enc=" << suite.encryption << " Mac=" << suite.mac;
    return line.str();
}

TEST(cipher_suite, table_has_every_line_that_the_openssl_command_writes) {
    std::istringstream lines(
        output_of("openssl ciphers -V -stdname -ciphersuites TLS_AES_128_GCM_SHA256:"
                  "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:"
                  "TLS_AES_128_CCM_8_SHA256 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'"));
    std::set<std::string> table;
    for (const cipher_suite& suite : every_cipher_suite()) {
        table.insert(line_of(suite));
    }

    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        std::istringstream words(line);
        std::string squeezed;
        for (std::string word; words >> word;) {
            squeezed += (squeezed.empty() ? "" : " ") + word;
        }
        EXPECT_EQ(table.count(squeezed), 1U) << squeezed;
    }

    EXPECT_GT(count, 60U) << "the openssl command is needed";
}

TEST(cipher_suite, is_found_by_id_and_by_both_names) {
    for (const cipher_suite& suite : every_cipher_suite()) {
        EXPECT_EQ(find_cipher_suite(suite.id), &suite);
        EXPECT_EQ(find_cipher_suite(suite.name), &suite);
        EXPECT_EQ(find_cipher_suite(suite.iana_name), &suite);
    }
}

TEST(cipher_suite, without_a_name_is_null) {
    EXPECT_EQ(find_cipher_suite(cipher_suite_id{0x0000}), nullptr);
    EXPECT_EQ(find_cipher_suite(cipher_suite_id{0xffff}), nullptr);
    EXPECT_EQ(find_cipher_suite(cipher_suite_id{0x0003}), nullptr);
    EXPECT_EQ(find_cipher_suite(""), nullptr);
    EXPECT_EQ(find_cipher_suite("HIGH"), nullptr);
}

}  // namespace
}  // namespace polytls
