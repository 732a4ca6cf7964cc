#include "link.hpp"

#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

/// A context that shows `leaf()` and one key in any form.
outcome make_with_key(const spi::private_key_source& key) {
    const buffer der = leaf().certificate_der();
    const bytes view = der;
    const spi::certificate_chain chain{std::span(&view, 1)};
    spi::context_config config{};
    config.identity = {.chains = std::span(&chain, 1), .keys = std::span(&key, 1)};
    config.protocol.versions = usual_versions();
    config.protocol.cipher_suites = the_backend().cipher_suites();
    config.protocol.groups = the_backend().groups();
    spi::handle<spi::context> made;
    return outcome_of(the_backend().make_context(config, made));
}

spi::private_key_source pem(std::string_view data) {
    return {.data = as_bytes(data), .encoding = spi::key_encoding::pem};
}

spi::private_key_source der(bytes data) {
    return {.data = data, .encoding = spi::key_encoding::der};
}

spi::private_key_source with(std::string_view passphrase, spi::private_key_source key) {
    key.passphrase = passphrase;
    key.has_passphrase = true;
    return key;
}

outcome bad_key(errc code) {
    return {code, spi::config_input::key, 0};
}

TEST(identity, takes_plain_keys_in_every_form) {
    const std::string text = leaf().key_pem();
    const buffer pkcs8 = leaf().key_der();
    const buffer traditional = leaf().traditional_key_der();

    EXPECT_EQ(make_with_key(pem(text)), fine);
    EXPECT_EQ(make_with_key(with("not needed", pem(text))), fine);
    EXPECT_EQ(make_with_key(der(pkcs8)), fine);
    EXPECT_EQ(make_with_key(der(traditional)), fine);
}

TEST(identity, takes_rsa_keys_in_every_form) {
    const buffer forms[] = {rsa_leaf().key_der(), rsa_leaf().traditional_key_der()};
    const buffer certificate = rsa_leaf().certificate_der();
    const bytes view = certificate;
    const spi::certificate_chain chain{std::span(&view, 1)};
    for (const buffer& form : forms) {
        const spi::private_key_source key = der(form);
        spi::context_config config{};
        config.identity = {.chains = std::span(&chain, 1), .keys = std::span(&key, 1)};
        config.protocol.versions = usual_versions();
        config.protocol.cipher_suites = the_backend().cipher_suites();
        spi::handle<spi::context> made;

        EXPECT_EQ(outcome_of(the_backend().make_context(config, made)), fine);
    }
}

/// What encrypts keys, where the backend reads any; what it does if not is in `features_test.cpp`.
class encrypted_key : public testing::TestWithParam<support> {};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(encrypted_key);
INSTANTIATE_TEST_SUITE_P(
    reported,
    encrypted_key,
    testing::ValuesIn(has(feature::encrypted_keys)
                          ? std::vector<support>{level_of(feature::encrypted_keys)}
                          : std::vector<support>{}),
    [](const auto& level) { return std::string(name_of(level.param)); });

TEST_P(encrypted_key, is_taken_in_every_form_with_its_passphrase) {
    const std::string pkcs8 = leaf().encrypted_key_pem("open sesame");
    const std::string traditional = leaf().traditional_key_pem("open sesame");
    const buffer binary = leaf().encrypted_key_der("open sesame");

    EXPECT_EQ(make_with_key(with("open sesame", pem(pkcs8))), fine);
    EXPECT_EQ(make_with_key(with("open sesame", pem(traditional))), fine);
    EXPECT_EQ(make_with_key(with("open sesame", der(binary))), fine);
}

TEST_P(encrypted_key, wants_a_passphrase) {
    const std::string pkcs8 = leaf().encrypted_key_pem("open sesame");
    const std::string traditional = leaf().traditional_key_pem("open sesame");
    const buffer binary = leaf().encrypted_key_der("open sesame");

    EXPECT_EQ(make_with_key(pem(pkcs8)), bad_key(errc::passphrase_required));
    EXPECT_EQ(make_with_key(pem(traditional)), bad_key(errc::passphrase_required));
    EXPECT_EQ(make_with_key(der(binary)), bad_key(errc::passphrase_required));
}

TEST_P(encrypted_key, wants_the_right_passphrase) {
    const std::string pkcs8 = leaf().encrypted_key_pem("open sesame");
    const std::string traditional = leaf().traditional_key_pem("open sesame");
    const buffer binary = leaf().encrypted_key_der("open sesame");
    const std::string long_one(5000, 'x');

    for (const std::string_view wrong :
         {std::string_view("wrong"), std::string_view(), std::string_view(long_one)}) {
        EXPECT_EQ(make_with_key(with(wrong, pem(pkcs8))), bad_key(errc::wrong_passphrase));
        EXPECT_EQ(make_with_key(with(wrong, pem(traditional))), bad_key(errc::wrong_passphrase));
        EXPECT_EQ(make_with_key(with(wrong, der(binary))), bad_key(errc::wrong_passphrase));
    }
}

TEST(identity, refuses_what_is_no_key) {
    const buffer certificate = leaf().certificate_der();
    const std::string cut = leaf().key_pem().substr(0, 100);
    const buffer whole = leaf().key_der();
    const bytes half = bytes(whole).first(whole.size() / 2);

    for (const std::string_view bad :
         {std::string_view(), std::string_view("\0", 1), std::string_view("junk"),
          std::string_view(cut),
          std::string_view("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")}) {
        EXPECT_EQ(make_with_key(pem(bad)), bad_key(errc::bad_private_key)) << bad;
        EXPECT_EQ(make_with_key(with("secret", pem(bad))), bad_key(errc::bad_private_key)) << bad;
        EXPECT_EQ(make_with_key(der(as_bytes(bad))), bad_key(errc::bad_private_key)) << bad;
    }
    EXPECT_EQ(make_with_key(der(certificate)), bad_key(errc::bad_private_key));
    EXPECT_EQ(make_with_key(der(half)), bad_key(errc::bad_private_key));
    EXPECT_EQ(make_with_key(spi::private_key_source{}), bad_key(errc::bad_private_key));
}

TEST(identity, names_the_key_that_cannot_be_read) {
    context_recipe recipe = showing(leaf());
    recipe.keys.emplace_back("junk");

    EXPECT_EQ(make(recipe), (outcome{errc::bad_private_key, spi::config_input::key, 1}));
}

TEST(identity, names_the_chain_that_cannot_be_read) {
    const buffer good = leaf().certificate_der();
    buffer trailing = good;
    trailing.push_back(0);
    const buffer cut(good.begin(), good.end() - 1);
    for (const buffer& bad : {buffer{}, text("junk"), trailing, cut}) {
        context_recipe first = showing(leaf());
        context_recipe later = showing(leaf());
        first.chains.push_back({bad});
        later.chains.push_back({good, bad});

        EXPECT_EQ(make(first), (outcome{errc::bad_certificate, spi::config_input::certificate, 1}));
        EXPECT_EQ(make(later), (outcome{errc::bad_certificate, spi::config_input::certificate, 1}));
    }
    context_recipe empty = showing(leaf());
    empty.chains.push_back({});
    EXPECT_EQ(make(empty), (outcome{errc::bad_certificate, spi::config_input::certificate, 1}));
}

TEST(identity, refuses_a_key_that_fits_no_chain) {
    context_recipe other = showing(leaf());
    context_recipe none = showing(leaf());
    other.keys.push_back(root().key_pem());
    none.chains.clear();

    EXPECT_EQ(make(other), (outcome{errc::key_mismatch, spi::config_input::key, 1}));
    EXPECT_EQ(make(none), (outcome{errc::key_mismatch, spi::config_input::key, 0}));
}

TEST(identity, refuses_weak_certificates_wherever_they_stand) {
    const credential weak_key = root().issue({.key = key_kind::rsa_1024});
    const credential weak_digest = root().issue({.sha1 = true});
    context_recipe with_weak_issuer = showing(leaf());
    with_weak_issuer.chains.front().push_back(weak_digest.certificate_der());
    const outcome weak{errc::weak_key, spi::config_input::certificate, 0};

    EXPECT_EQ(make(showing(weak_key)), weak);
    EXPECT_EQ(make(showing(weak_digest)), weak);
    EXPECT_EQ(make(with_weak_issuer), weak);
}

/// Under TLS 1.2 a suite says of what kind the certificate is to be.
class two_identities : public over_versions {};

POLYTLS_RUN_OVER(two_identities, tls1_2_with(feature::tls1_2));

TEST_P(two_identities, have_their_keys_matched_whatever_the_order) {
    context_recipe recipe = showing(leaf());
    recipe.chains = {{rsa_leaf().certificate_der()}, {leaf().certificate_der()}};
    recipe.keys = {leaf().key_pem(), rsa_leaf().key_pem()};
    const auto server_context = recipe.made();
    for (const auto& [suite, expected] :
         {std::pair{0xc02b, &leaf()}, std::pair{0xc02f, &rsa_leaf()}}) {
        context_recipe asking = trusting(range());
        asking.suites = {static_cast<cipher_suite_id>(suite)};
        const auto client_context = asking.made();
        link link;

        link.run(*client_context, *server_context);

        ASSERT_TRUE(link.both_complete());
        EXPECT_EQ(link.client.events.path.front().der, expected->certificate_der());
    }
}

}  // namespace
}  // namespace polytls::contract
