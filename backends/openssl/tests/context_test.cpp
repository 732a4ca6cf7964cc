#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <array>

namespace polytls::openssl {
namespace {

/// What comes of a context.
struct outcome {
    errc code;
    spi::config_input input;
    std::size_t index;

    friend bool operator==(const outcome&, const outcome&) = default;

    friend void PrintTo(const outcome& one, std::ostream* out) {
        *out << name_of(one.code) << " of input " << static_cast<int>(one.input) << ", "
             << one.index;
    }
};

constexpr outcome fine{errc::ok, spi::config_input::none, 0};

outcome outcome_of(const spi::config_error& error) {
    EXPECT_EQ(ERR_peek_error(), 0U) << "left in the thread's queue";
    return {error.error.code, error.input, error.index};
}

outcome make(const context_recipe& recipe) {
    spi::handle<spi::context> made;
    const outcome result = outcome_of(recipe.make(made));
    EXPECT_EQ(made != nullptr, result == fine);
    return result;
}

/// A context that shows `leaf()` and one key in any form.
outcome make_with_key(const spi::private_key_source& key) {
    const buffer der = leaf().der();
    const bytes view = der;
    const spi::certificate_chain chain{std::span(&view, 1)};
    spi::context_config config{};
    config.identity = {.chains = std::span(&chain, 1), .keys = std::span(&key, 1)};
    config.protocol.cipher_suites = the_backend().cipher_suites();
    spi::handle<spi::context> made;
    return outcome_of(the_backend().make_context(config, made));
}

spi::private_key_source pem(std::string_view data) {
    return {.data = as_bytes(data), .encoding = spi::key_encoding::pem};
}

spi::private_key_source pem(std::string_view data, std::string_view passphrase) {
    return {.data = as_bytes(data),
            .encoding = spi::key_encoding::pem,
            .passphrase = passphrase,
            .has_passphrase = true};
}

spi::private_key_source der(bytes data) {
    return {.data = data, .encoding = spi::key_encoding::der};
}

outcome bad_key(errc code) {
    return {code, spi::config_input::key, 0};
}

TEST(context, takes_keys_in_every_form) {
    const std::string plain = leaf().key_pem();
    const std::string encrypted = leaf().key_pem("open sesame");
    const std::string traditional = leaf().dek_info_pem("open sesame");
    const buffer binary = leaf().key_der();
    const buffer encrypted_binary = leaf().encrypted_key_der("open sesame");
    spi::private_key_source encrypted_der = der(encrypted_binary);
    encrypted_der.passphrase = "open sesame";
    encrypted_der.has_passphrase = true;

    EXPECT_EQ(make_with_key(pem(plain)), fine);
    EXPECT_EQ(make_with_key(pem(plain, "not needed")), fine);
    EXPECT_EQ(make_with_key(pem(encrypted, "open sesame")), fine);
    EXPECT_EQ(make_with_key(pem(traditional, "open sesame")), fine);
    EXPECT_EQ(make_with_key(der(binary)), fine);
    EXPECT_EQ(make_with_key(encrypted_der), fine);
}

TEST(context, tells_a_missing_passphrase_from_a_wrong_one) {
    const std::string encrypted = leaf().key_pem("open sesame");
    const std::string traditional = leaf().dek_info_pem("open sesame");
    const buffer binary = leaf().encrypted_key_der("open sesame");
    spi::private_key_source wrong_der = der(binary);
    wrong_der.passphrase = "wrong";
    wrong_der.has_passphrase = true;
    const std::string long_one(5000, 'x');

    EXPECT_EQ(make_with_key(pem(encrypted)), bad_key(errc::passphrase_required));
    EXPECT_EQ(make_with_key(pem(traditional)), bad_key(errc::passphrase_required));
    EXPECT_EQ(make_with_key(der(binary)), bad_key(errc::passphrase_required));
    for (const std::string_view wrong :
         {std::string_view("wrong"), std::string_view(), std::string_view(long_one)}) {
        EXPECT_EQ(make_with_key(pem(encrypted, wrong)), bad_key(errc::wrong_passphrase));
        EXPECT_EQ(make_with_key(pem(traditional, wrong)), bad_key(errc::wrong_passphrase));
    }
    EXPECT_EQ(make_with_key(wrong_der), bad_key(errc::wrong_passphrase));
}

TEST(context, refuses_what_is_no_key) {
    const buffer certificate = leaf().der();
    const std::string cut = leaf().key_pem().substr(0, 100);

    for (const std::string_view bad :
         {std::string_view(), std::string_view("\0", 1), std::string_view("junk"),
          std::string_view(cut),
          std::string_view("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")}) {
        EXPECT_EQ(make_with_key(pem(bad)), bad_key(errc::bad_private_key)) << bad;
        EXPECT_EQ(make_with_key(pem(bad, "passphrase")), bad_key(errc::bad_private_key)) << bad;
        EXPECT_EQ(make_with_key(der(as_bytes(bad))), bad_key(errc::bad_private_key)) << bad;
    }
    EXPECT_EQ(make_with_key(der(certificate)), bad_key(errc::bad_private_key));
    EXPECT_EQ(make_with_key(spi::private_key_source{}), bad_key(errc::bad_private_key));
}

TEST(context, names_the_chain_that_cannot_be_read) {
    const buffer good = leaf().der();
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

TEST(context, names_the_anchor_that_cannot_be_read) {
    context_recipe recipe = showing(leaf());
    recipe.anchors.push_back(text("junk"));

    EXPECT_EQ(make(recipe), (outcome{errc::bad_ca, spi::config_input::anchor, 1}));
}

TEST(context, takes_the_same_anchor_twice) {
    context_recipe recipe = showing(leaf());
    recipe.anchors.push_back(root().der());

    EXPECT_EQ(make(recipe), fine);
}

TEST(context, refuses_a_key_that_fits_no_chain) {
    context_recipe recipe = showing(leaf());
    recipe.keys.push_back(root().key_pem());

    EXPECT_EQ(make(recipe), (outcome{errc::key_mismatch, spi::config_input::key, 1}));
}

TEST(context, refuses_weak_certificates_wherever_they_stand) {
    const credential weak_key = root().issue({.rsa = true, .rsa_bits = 1024});
    const credential weak_digest = root().issue({.sha1 = true});
    context_recipe with_weak_issuer = showing(leaf());
    with_weak_issuer.chains.front().push_back(weak_digest.der());

    EXPECT_EQ(make(showing(weak_key)),
              (outcome{errc::weak_key, spi::config_input::certificate, 0}));
    EXPECT_EQ(make(showing(weak_digest)),
              (outcome{errc::weak_key, spi::config_input::certificate, 0}));
    EXPECT_EQ(make(with_weak_issuer), (outcome{errc::weak_key, spi::config_input::certificate, 0}));
}

TEST(context, matches_keys_with_chains_whatever_their_order) {
    context_recipe recipe = showing(leaf());
    recipe.chains = {{rsa_leaf().der()}, {leaf().der()}};
    recipe.keys = {leaf().key_pem(), rsa_leaf().key_pem()};
    const auto server_context = recipe.made();
    for (const auto& [suite, expected] :
         {std::pair{0xc02b, leaf().der()}, std::pair{0xc02f, rsa_leaf().der()}}) {
        context_recipe asking = recipe;
        asking.suites = {static_cast<cipher_suite_id>(suite)};
        const auto client_context = asking.made();
        link link;

        link.run(*client_context, *server_context);

        ASSERT_TRUE(link.both_complete());
        EXPECT_EQ(link.client.events.path.front().der, expected);
    }
}

TEST(context, speaks_no_version_without_a_suite) {
    context_recipe recipe = showing(leaf());

    recipe.suites = {cipher_suite_id{0xc02b}};
    EXPECT_EQ(recipe.made()->versions(), only(protocol_version::tls1_2));
    recipe.suites = {cipher_suite_id{0x1301}};
    EXPECT_EQ(recipe.made()->versions(), only(protocol_version::tls1_3));
    recipe.suites = {cipher_suite_id{0x1301}, cipher_suite_id{0xc02b}};
    EXPECT_EQ(recipe.made()->versions(), version_range{});
}

TEST(context, refuses_suites_that_leave_nothing) {
    const outcome nothing_left{errc::no_cipher_match, spi::config_input::protocol, 0};
    context_recipe recipe = showing(leaf(), only(protocol_version::tls1_3));
    recipe.suites = {cipher_suite_id{0xc02b}};

    EXPECT_EQ(make(recipe), nothing_left);
    recipe.suites = {cipher_suite_id{0xfafa}};
    EXPECT_EQ(make(recipe), nothing_left);
}

TEST(context, refuses_versions_the_backend_does_not_name) {
    context_recipe recipe = showing(leaf(), {protocol_version::tls1_0, protocol_version::tls1_2});

    EXPECT_EQ(make(recipe),
              (outcome{errc::unsupported_by_backend, spi::config_input::protocol, 0}));
}

TEST(context, refuses_unknown_groups) {
    context_recipe recipe = showing(leaf());
    recipe.groups = {static_cast<named_group>(0xfafa)};

    EXPECT_EQ(make(recipe), (outcome{errc::unknown_group, spi::config_input::protocol, 0}));
}

TEST(context, refuses_an_id_context_longer_than_32_bytes) {
    const buffer name = pattern(33);
    context_recipe recipe = showing(leaf());
    recipe.session.id_context = name;

    EXPECT_EQ(make(recipe), (outcome{errc::invalid_argument, spi::config_input::session, 0}));
}

TEST(context, tells_what_it_was_made_with) {
    const buffer name = text("shop");
    context_recipe recipe = showing(leaf());
    recipe.session.id_context = name;
    recipe.session.timeout = std::chrono::seconds(77);
    recipe.allow_partial_chain = true;

    const auto made = recipe.made();

    EXPECT_EQ(&made->owner(), &the_backend());
    EXPECT_EQ(made->session_timeout(), std::chrono::seconds(77));
    EXPECT_EQ(as_text(made->session_id_context()), "shop");
    EXPECT_TRUE(made->allows_partial_chain());
}

TEST(anchor_set, serves_contexts_after_it_was_released) {
    const buffer der = root().der();
    const std::array<bytes, 2> anchors{bytes(der), as_bytes("junk is passed over")};
    spi::handle<spi::anchor_set> set;
    ASSERT_FALSE(the_backend().make_anchor_set(anchors, set));
    EXPECT_EQ(ERR_peek_error(), 0U);
    context_recipe recipe = showing(leaf());
    recipe.anchors = {};
    recipe.shared = set.get();
    const auto one = recipe.made();
    recipe.anchors = {self_signed({.name = "another", .ca = true}).der()};
    const auto other = recipe.made();

    set.reset();

    for (const auto* context : {&one, &other}) {
        link link;
        link.run(**context, **context);
        EXPECT_TRUE(link.both_complete());
        EXPECT_TRUE(link.client.events.accepted);
    }
}

TEST(anchor_set, is_not_changed_by_the_contexts_that_add_to_it) {
    const credential another = self_signed({.name = "another", .ca = true});
    const buffer der = root().der();
    const bytes view = der;
    spi::handle<spi::anchor_set> set;
    ASSERT_FALSE(the_backend().make_anchor_set(std::span(&view, 1), set));
    context_recipe adding = showing(another.issue({}));
    adding.anchors = {another.der()};
    adding.shared = set.get();
    context_recipe plain = adding;
    plain.anchors = {};
    const auto server_context = adding.made();
    const auto client_context = plain.made();
    link link;

    link.run(*client_context, *server_context);

    EXPECT_FALSE(link.client.events.accepted);
}

TEST(anchor_set, of_nothing_readable_is_refused) {
    const bytes junk = as_bytes("junk");
    spi::handle<spi::anchor_set> set;

    EXPECT_EQ(the_backend().make_anchor_set({}, set).code, errc::no_root_certificates);
    EXPECT_EQ(the_backend().make_anchor_set(std::span(&junk, 1), set).code,
              errc::no_root_certificates);
    EXPECT_FALSE(set);
    EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(backend, digests_and_describes) {
    std::array<std::uint8_t, 64> room{};
    std::array<char, 200> text{};
    link link;
    const auto trusting_nobody = [] {
        context_recipe recipe = showing(leaf());
        recipe.anchors = {};
        return recipe.made();
    }();
    link.run(*trusting_nobody, *trusting_nobody);

    // FIPS 180-2, appendix B.1.
    EXPECT_EQ(the_backend().digest(spi::digest_algorithm::sha256, as_bytes("abc"), room), 32U);
    EXPECT_THAT(std::span(room).first(4), testing::ElementsAre(0xba, 0x78, 0x16, 0xbf));
    EXPECT_EQ(the_backend().digest(spi::digest_algorithm::sha1, {}, room), 20U);
    EXPECT_EQ(the_backend().digest(spi::digest_algorithm::sha512, {}, room), 64U);
    EXPECT_EQ(the_backend().digest(spi::digest_algorithm::sha512, {}, std::span(room).first(63)),
              0U);
    const std::size_t size = the_backend().describe(link.client.error.native, text);
    EXPECT_EQ(std::string_view(text.data(), size), "certificate verify failed");
    EXPECT_EQ(the_backend().describe(0, text), 0U);
    EXPECT_EQ(the_backend().describe(link.client.error.native, std::span(text).first(4)), 4U);
}

TEST(backend, reports_every_feature_in_order) {
    const capability_report report = the_backend().capabilities();

    ASSERT_EQ(report.size(), every_feature().size());
    for (std::size_t i = 0; i < report.size(); ++i) {
        EXPECT_EQ(report[i].feature, every_feature()[i]);
        EXPECT_EQ(report[i].reason.empty(), report[i].support == support::yes);
    }
    EXPECT_THAT(std::string(the_backend().version()),
                testing::MatchesRegex("3\\.[0-9]+\\.[0-9]+.*"));
}

}  // namespace
}  // namespace polytls::openssl
