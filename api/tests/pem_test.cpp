#include "sample_pem.hpp"

#include <polytls/pem.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace polytls {
namespace {

using namespace testkit;
using testing::HasSubstr;

std::string message_for(std::string_view text) {
    const auto blocks = split_pem(text);
    if (blocks) {
        return "no error";
    }
    EXPECT_TRUE(blocks.error().code == errc::bad_pem);
    return blocks.error().message;
}

TEST(split_pem, gives_blocks_in_order_and_passes_over_what_stands_between) {
    const std::string text = "subject=CN = leaf\n" + std::string(sample_leaf_certificate()) +
                             "\nissuer=…\n" + std::string(sample_leaf_key()) + "the end";

    const auto blocks = split_pem(text);

    ASSERT_TRUE(blocks);
    ASSERT_EQ(blocks->size(), 2U);
    EXPECT_EQ((*blocks)[0].label, "CERTIFICATE");
    EXPECT_EQ(std::string((*blocks)[0].text) + "\n", sample_leaf_certificate());
    EXPECT_FALSE((*blocks)[0].encrypted);
    EXPECT_EQ((*blocks)[0].der.front(), 0x30);
    EXPECT_EQ((*blocks)[1].label, "PRIVATE KEY");
}

TEST(split_pem, decodes_what_to_pem_wrote) {
    for (std::size_t size = 1; size < 200; ++size) {
        std::vector<std::uint8_t> data(size);
        for (std::size_t i = 0; i < size; ++i) {
            data[i] = static_cast<std::uint8_t>(i * 37 + size);
        }

        const std::string text = to_pem("DATA", data);
        const auto blocks = split_pem(text);

        ASSERT_TRUE(blocks);
        EXPECT_EQ(blocks->at(0).der, data);
    }
}

TEST(split_pem, writes_the_very_text_openssl_wrote) {
    const auto blocks = split_pem(sample_root_certificate());

    ASSERT_TRUE(blocks);
    EXPECT_EQ(to_pem("CERTIFICATE", blocks->at(0).der), sample_root_certificate());
}

TEST(split_pem, takes_carriage_returns_a_byte_order_mark_and_no_last_line_feed) {
    std::string text = "\xEF\xBB\xBF";
    for (const char c : sample_leaf_certificate()) {
        text += c == '\n' ? "\r\n" : std::string(1, c);
    }
    text.resize(text.size() - 2);

    const auto blocks = split_pem(text);

    ASSERT_TRUE(blocks);
    EXPECT_EQ(blocks->at(0).der, split_pem(sample_leaf_certificate())->at(0).der);
    EXPECT_TRUE(looks_like_pem(text));
}

TEST(split_pem, tells_encrypted_blocks_by_label_and_by_header) {
    const auto by_label = split_pem(sample_encrypted_leaf_key());
    const auto by_header = split_pem(sample_traditional_encrypted_leaf_key());

    ASSERT_TRUE(by_label);
    EXPECT_TRUE(by_label->at(0).encrypted);
    EXPECT_FALSE(by_label->at(0).der.empty());
    ASSERT_TRUE(by_header);
    EXPECT_TRUE(by_header->at(0).encrypted);
    EXPECT_TRUE(by_header->at(0).der.empty());
}

TEST(split_pem, of_a_text_without_blocks_is_empty) {
    EXPECT_TRUE(split_pem("")->empty());
    EXPECT_TRUE(split_pem("nothing\nhere ----BEGIN X----\n")->empty());
    EXPECT_FALSE(looks_like_pem("nothing -----BEGIN X-----"));
}

TEST(split_pem, refuses_a_block_that_is_cut_anywhere) {
    const std::string text{sample_leaf_certificate()};
    const std::size_t begin = text.find('\n') + 1;
    const std::size_t end = text.find("-----END CERTIFICATE-----") + 25;
    for (std::size_t size = begin; size < end; ++size) {
        EXPECT_NE(message_for(text.substr(0, size)), "no error") << size;
    }
    EXPECT_EQ(message_for(text.substr(0, end)), "no error");
}

TEST(split_pem, names_the_line_of_a_block_without_end) {
    EXPECT_THAT(message_for("\n\n-----BEGIN A-----\nAAAA\n"), HasSubstr("line 3 has no END"));
    EXPECT_THAT(message_for("-----BEGIN A-----\nAAAA\n-----BEGIN B-----\nAAAA\n-----END B-----\n"),
                HasSubstr("line 1 has no END"));
}

TEST(split_pem, refuses_another_end) {
    EXPECT_THAT(message_for("-----BEGIN A-----\nAAAA\n-----END B-----\n"),
                HasSubstr("another END line, line 3"));
}

TEST(split_pem, refuses_what_is_not_base64_without_repeating_it) {
    const std::string message = message_for("-----BEGIN A-----\nAAAA\nSECR*T\n-----END A-----\n");

    EXPECT_THAT(message, HasSubstr("not base64 in line 3"));
    EXPECT_THAT(message, testing::Not(HasSubstr("SECR")));
    for (const char* body :
         {"A", "AA", "AAA", "AA=", "AA=A", "A===", "AAAA=", "AAAA====", "=AAA"}) {
        EXPECT_NE(message_for("-----BEGIN A-----\n" + std::string(body) + "\n-----END A-----\n"),
                  "no error")
            << body;
    }
}

TEST(split_pem, refuses_a_block_without_content) {
    EXPECT_THAT(message_for("-----BEGIN A-----\n-----END A-----\n"), HasSubstr("no content"));
}

TEST(read_file, gives_every_byte) {
    const auto path = std::filesystem::path(testing::TempDir()) / "polytls_read_file_test";
    const std::string content(100000, '\0');
    std::ofstream(path, std::ios::binary) << content;

    const auto read = read_file(path.string());

    std::filesystem::remove(path);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, content);
}

TEST(read_file, names_the_path_and_the_reason) {
    const auto missing = read_file("/nowhere/key.pem");

    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().code == errc::file_unreadable);
    EXPECT_EQ(missing.error().input, "/nowhere/key.pem");
    EXPECT_THAT(missing.error().message, HasSubstr("/nowhere/key.pem"));
    EXPECT_THAT(missing.error().message, HasSubstr("No such file or directory"));
}

TEST(read_file, refuses_a_directory_and_a_path_with_a_zero_byte) {
    const auto directory = read_file("/");
    const auto zero = read_file(std::string("/etc/passwd\0x", 13));

    ASSERT_FALSE(directory);
    EXPECT_THAT(directory.error().message, HasSubstr("Is a directory"));
    EXPECT_FALSE(zero);
}

}  // namespace
}  // namespace polytls
