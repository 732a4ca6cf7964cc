#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

class collected final : public spi::pkcs12_contents {
public:
    void key(bytes der) noexcept override { keys.push_back(copy_of(der)); }

    void certificate(bytes der) noexcept override { certificates.push_back(copy_of(der)); }

    std::vector<buffer> keys{};
    std::vector<buffer> certificates{};
};

/// Files that hold a key with its certificate, in the forms that every backend which reads any
/// must read.
class pkcs12 : public testing::TestWithParam<pkcs12_form> {
protected:
    errc read(std::string_view data, std::string_view passphrase) {
        contents_ = {};
        return the_backend().read_pkcs12(as_bytes(data), passphrase, contents_).code;
    }

    collected contents_{};
};

std::vector<pkcs12_form> forms() {
    return has(feature::pkcs12) ? std::vector{pkcs12_form::modern, pkcs12_form::legacy}
                                : std::vector<pkcs12_form>{};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(pkcs12);
INSTANTIATE_TEST_SUITE_P(form, pkcs12, testing::ValuesIn(forms()), [](const auto& form) {
    return form.param == pkcs12_form::modern ? "modern" : "legacy";
});

TEST_P(pkcs12, gives_the_key_and_its_certificate_first) {
    const std::string file = leaf().pkcs12("open sesame", {root(), rsa_leaf()}, GetParam());

    EXPECT_EQ(read(file, "open sesame"), errc::ok);

    EXPECT_EQ(contents_.keys.size(), 1U);
    ASSERT_EQ(contents_.certificates.size(), 3U);
    EXPECT_EQ(contents_.certificates[0], leaf().certificate_der());
    EXPECT_THAT(contents_.certificates,
                testing::UnorderedElementsAre(leaf().certificate_der(), root().certificate_der(),
                                              rsa_leaf().certificate_der()));
}

TEST_P(pkcs12, gives_a_key_that_contexts_take) {
    for (const credential* who : {&leaf(), &rsa_leaf()}) {
        ASSERT_EQ(read(who->pkcs12("open sesame", {}, GetParam()), "open sesame"), errc::ok);
        const buffer certificate = who->certificate_der();
        const bytes view = certificate;
        const spi::certificate_chain chain{std::span(&view, 1)};
        const spi::private_key_source key{.data = contents_.keys.front(),
                                          .encoding = spi::key_encoding::der};
        spi::context_config config{};
        config.identity = {.chains = std::span(&chain, 1), .keys = std::span(&key, 1)};
        config.protocol.versions = usual_versions();
        config.protocol.cipher_suites = the_backend().cipher_suites();
        spi::handle<spi::context> made;

        EXPECT_EQ(outcome_of(the_backend().make_context(config, made)), fine);
    }
}

TEST_P(pkcs12, may_have_an_empty_passphrase) {
    EXPECT_EQ(read(leaf().pkcs12("", {}, GetParam()), ""), errc::ok);
    EXPECT_EQ(contents_.keys.size(), 1U);
}

TEST_P(pkcs12, may_have_a_long_passphrase_of_any_letters) {
    const std::string passphrase = "Gr\xc3\xbc\xc3\x9f Gott, " + std::string(60, 'x');

    EXPECT_EQ(read(leaf().pkcs12(passphrase, {}, GetParam()), passphrase), errc::ok);
}

TEST_P(pkcs12, wants_the_right_passphrase) {
    const std::string file = leaf().pkcs12("open sesame", {}, GetParam());
    const std::string long_one(5000, 'x');

    for (const std::string_view wrong :
         {std::string_view("wrong"), std::string_view(), std::string_view("open sesame\0", 12),
          std::string_view(long_one)}) {
        EXPECT_EQ(read(file, wrong), errc::wrong_passphrase);
        EXPECT_TRUE(contents_.keys.empty());
        EXPECT_TRUE(contents_.certificates.empty());
    }
}

TEST_P(pkcs12, that_was_cut_is_none) {
    const std::string file = leaf().pkcs12("open sesame", {}, GetParam());
    for (std::size_t size = 0; size < file.size(); size += 7) {
        EXPECT_EQ(read(std::string_view(file).substr(0, size), "open sesame"), errc::bad_pkcs12)
            << size;
        EXPECT_TRUE(contents_.keys.empty());
    }
}

TEST_P(pkcs12, with_any_bit_changed_is_read_whole_or_not_at_all) {
    const std::string file = leaf().pkcs12("open sesame", {}, GetParam());
    for (std::size_t at = 0; at < file.size(); at += 13) {
        std::string changed = file;
        changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));

        const errc code = read(changed, "open sesame");

        if (code == errc::ok) {
            EXPECT_EQ(contents_.certificates.at(0), leaf().certificate_der()) << at;
        } else {
            EXPECT_TRUE(contents_.keys.empty()) << at;
        }
    }
}

TEST_P(pkcs12, is_not_what_is_something_else) {
    const buffer certificate = leaf().certificate_der();
    for (const std::string_view other :
         {std::string_view("junk"), std::string_view(), as_text(certificate)}) {
        EXPECT_EQ(read(other, "open sesame"), errc::bad_pkcs12);
    }
}

}  // namespace
}  // namespace polytls::contract
