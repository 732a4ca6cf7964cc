#include "anchor_cache.hpp"
#include "fake_backend.hpp"
#include "sample_pem.hpp"
#include "secure_context_state.hpp"

#include <polytls/pem.hpp>
#include <polytls/root_certificates.hpp>
#include <polytls/secure_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace polytls {
namespace {

using namespace testkit;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

byte_string der_of(std::string_view pem) {
    return split_pem(pem)->at(0).der;
}

std::string text_of(const byte_string& data) {
    return std::string(as_text(data));
}

/// A backend of the test's own, and options that use it. All of them live on, since the roots that
/// contexts share are kept by the backend's address.
class secure_context_of_fake : public testing::Test {
protected:
    inline static std::list<fake_backend> every_fake;
    fake_backend& fake = every_fake.emplace_back();
    context_options options{.backend = backend(fake)};

    ~secure_context_of_fake() override { EXPECT_EQ(fake.contexts_alive, 0); }

    void give_identity() {
        options.key = sample_leaf_key();
        options.cert = sample_leaf_certificate();
    }

    const seen_config& made() {
        fake.seen.reset();
        const auto context = create_secure_context(options);
        EXPECT_TRUE(context) << context.error().message;
        if (!fake.seen) {
            throw std::logic_error("the adapter was not asked");
        }
        return *fake.seen;
    }

    failure refused() {
        fake.seen.reset();
        const auto context = create_secure_context(options);
        if (context) {
            ADD_FAILURE() << "a context was made";
            return {};
        }
        EXPECT_THAT(context.error().message, Not(IsEmpty()));
        return context.error();
    }

    void expect_refused(errc code, std::string_view input, const std::string& text = "") {
        const failure why = refused();
        EXPECT_EQ(why.code, make_error_code(code)) << why.message;
        EXPECT_EQ(why.input, input);
        EXPECT_THAT(why.message, HasSubstr(text));
        EXPECT_FALSE(fake.seen && !fake.answer.error);
    }
};

TEST_F(secure_context_of_fake, is_made_from_no_option_at_all) {
    const auto& seen = made();

    EXPECT_TRUE(seen.chains.empty());
    EXPECT_TRUE(seen.keys.empty());
    EXPECT_EQ(seen.versions, (version_range{protocol_version::tls1_2, protocol_version::tls1_3}));
    EXPECT_EQ(seen.cipher_suites.size(), 4U);
    EXPECT_EQ(seen.groups, fake.known_groups);
    EXPECT_FALSE(seen.honor_cipher_order);
    EXPECT_FALSE(seen.allow_partial_chain);
    EXPECT_TRUE(seen.tickets);
    EXPECT_EQ(seen.timeout.count(), 300);
}

TEST_F(secure_context_of_fake, hands_every_policy_to_the_adapter) {
    options.allow_partial_trust_chain = true;
    options.ciphers = "AES128-GCM-SHA256";
    options.ecdh_curve = "P-256:X25519:prime256v1";
    options.honor_cipher_order = true;
    options.max_version = protocol_version::tls1_2;
    options.tickets = false;
    options.session_timeout = std::chrono::seconds(7);
    options.session_id_context = std::string(32, 'c');

    const auto& seen = made();

    EXPECT_TRUE(seen.allow_partial_chain);
    EXPECT_THAT(seen.cipher_suites, ElementsAre(cipher_suite_id{0x009c}));
    EXPECT_THAT(seen.groups, ElementsAre(named_group::secp256r1, named_group::x25519));
    EXPECT_TRUE(seen.honor_cipher_order);
    EXPECT_EQ(seen.versions, (version_range{protocol_version::tls1_2, protocol_version::tls1_2}));
    EXPECT_FALSE(seen.tickets);
    EXPECT_EQ(seen.timeout.count(), 7);
    EXPECT_EQ(seen.id_context, std::string(32, 'c'));
}

TEST_F(secure_context_of_fake, copies_share_one_state_that_ends_with_the_last) {
    auto first = value_of(create_secure_context(options));
    const secure_context second = first;

    first = {};

    EXPECT_FALSE(first);
    EXPECT_TRUE(second);
    EXPECT_EQ(fake.contexts_alive, 1);
    EXPECT_EQ(second.backend(), options.backend);
    EXPECT_EQ(&second.implementation().owner(), &fake);
}

TEST_F(secure_context_of_fake, identity_reaches_the_adapter_as_der_chains_and_whole_pem_keys) {
    options.key = {"; a note\n" + std::string(sample_leaf_key()), std::string(sample_leaf_key())};
    options.cert = {std::string(sample_leaf_certificate()) + std::string(sample_root_certificate()),
                    text_of(der_of(sample_ed25519_certificate()))};

    const auto& seen = made();

    ASSERT_EQ(seen.chains.size(), 2U);
    EXPECT_THAT(seen.chains[0],
                ElementsAre(der_of(sample_leaf_certificate()), der_of(sample_root_certificate())));
    EXPECT_THAT(seen.chains[1], ElementsAre(der_of(sample_ed25519_certificate())));
    ASSERT_EQ(seen.keys.size(), 2U);
    EXPECT_EQ(seen.keys[0].encoding, spi::key_encoding::pem);
    EXPECT_EQ(seen.keys[0].data + "\n", sample_leaf_key());
    EXPECT_EQ(seen.keys[0].passphrase, std::nullopt);
}

TEST_F(secure_context_of_fake, revocation_lists_are_refused_where_the_backend_reads_none) {
    give_identity();
    options.crl = {"anything"};

    expect_refused(errc::unsupported_by_backend, "crl", "it reads none");
}

TEST_F(secure_context_of_fake, one_text_may_hold_both_certificate_and_key) {
    const std::string both =
        std::string(sample_leaf_certificate()) + std::string(sample_leaf_key());
    options.key = both;
    options.cert = both;

    const auto& seen = made();

    EXPECT_EQ(seen.keys.size(), 1U);
    EXPECT_THAT(seen.chains, ElementsAre(ElementsAre(der_of(sample_leaf_certificate()))));
}

TEST_F(secure_context_of_fake, a_der_key_stays_der) {
    options.cert = sample_leaf_certificate();
    options.key = text_of(der_of(sample_leaf_key()));

    const auto& seen = made();

    EXPECT_EQ(seen.keys.at(0).encoding, spi::key_encoding::der);
}

TEST_F(secure_context_of_fake, an_empty_passphrase_is_a_passphrase) {
    options.key = sample_encrypted_leaf_key();
    options.cert = sample_leaf_certificate();
    options.passphrase = "";

    EXPECT_EQ(made().keys.at(0).passphrase, "");
}

TEST_F(secure_context_of_fake, a_certificate_given_as_key_is_named) {
    options.cert = sample_leaf_certificate();
    options.key = sample_leaf_certificate();

    expect_refused(errc::bad_private_key, "key[0]",
                   "key[0] holds a certificate, not a private key");

    options.key = text_of(der_of(sample_leaf_certificate()));

    expect_refused(errc::bad_private_key, "key[0]",
                   "key[0] holds a certificate, not a private key");
}

TEST_F(secure_context_of_fake, a_key_given_as_certificate_is_named) {
    options.key = sample_leaf_key();
    options.cert = sample_leaf_key();

    expect_refused(errc::bad_certificate, "cert[0]",
                   "cert[0] holds a private key, not a certificate");
}

TEST_F(secure_context_of_fake, empty_and_meaningless_texts_are_named) {
    give_identity();
    options.key = {std::string(sample_leaf_key()), ""};
    expect_refused(errc::bad_private_key, "key[1]", "key[1] is empty");
    options.key = "/etc/ssl/private/key.pem";
    expect_refused(errc::bad_private_key, "key[0]", "neither PEM nor DER");
    give_identity();
    options.cert = "";
    expect_refused(errc::bad_certificate, "cert[0]", "cert[0] is empty");
    options.cert = "garbage";
    expect_refused(errc::bad_certificate, "cert[0]", "neither PEM nor DER");
    give_identity();
    options.ca = one_or_many{std::string(sample_root_certificate()), ""};
    expect_refused(errc::bad_ca, "ca[1]", "ca[1] is empty");
    options.ca = "garbage";
    expect_refused(errc::bad_ca, "ca[0]", "neither PEM nor DER");
}

TEST_F(secure_context_of_fake, truncated_pem_is_named) {
    give_identity();
    options.key = sample_leaf_key().substr(0, 100);
    expect_refused(errc::bad_pem, "key[0]", "key[0]: the PEM block that begins in line 1");
    give_identity();
    options.cert = {std::string(sample_leaf_certificate().substr(0, 200))};
    expect_refused(errc::bad_pem, "cert[0]", "cert[0]: ");
    give_identity();
    options.ca = one_or_many(sample_root_certificate().substr(0, 200));
    expect_refused(errc::bad_pem, "ca[0]", "ca[0]: ");
}

TEST_F(secure_context_of_fake, a_callback_that_signs_takes_the_place_of_keys) {
    options.cert = sample_leaf_certificate();
    options.sign_callback = [](const signing_request&, const auto&) {};
    expect_refused(errc::unsupported_by_backend, "sign_callback", "not in the backend's report");
    fake.report[10] = {feature::private_key_operations, support::limited, "at once"};

    const auto& seen = made();

    EXPECT_THAT(seen.external_keys, ElementsAre(true));
    EXPECT_THAT(seen.keys, IsEmpty());
}

TEST_F(secure_context_of_fake,
       a_callback_that_signs_does_not_go_with_keys_or_without_certificates) {
    fake.report[10] = {feature::private_key_operations, support::yes};
    options.sign_callback = [](const signing_request&, const auto&) {};

    expect_refused(errc::invalid_argument, "sign_callback", "without cert");

    options.cert = sample_leaf_certificate();
    options.key = sample_leaf_key();
    expect_refused(errc::invalid_argument, "sign_callback", "cannot be combined");
}

TEST_F(secure_context_of_fake, key_and_certificate_go_together) {
    options.key = sample_leaf_key();
    expect_refused(errc::invalid_argument, "cert", "key is given without cert");
    options.key = {};
    options.cert = sample_leaf_certificate();
    expect_refused(errc::invalid_argument, "key", "cert is given without key");
    options.key = sample_leaf_key();
    options.cert = {std::string(sample_leaf_certificate()), std::string(sample_root_certificate())};
    expect_refused(errc::invalid_argument, "cert", "1 private key and 2 certificates");
}

TEST_F(secure_context_of_fake, an_encrypted_key_needs_a_passphrase) {
    options.cert = sample_leaf_certificate();
    for (const auto key : {sample_encrypted_leaf_key(), sample_traditional_encrypted_leaf_key()}) {
        options.key = key;

        expect_refused(errc::passphrase_required, "key[0]", "key[0]: ");
    }
}

TEST_F(secure_context_of_fake, an_encrypted_key_is_refused_where_the_backend_opens_none) {
    fake.report[7] = {feature::encrypted_keys, support::no, "built without PKCS#5"};
    options.cert = sample_leaf_certificate();
    options.key = sample_encrypted_leaf_key();
    options.passphrase = sample_passphrase;

    expect_refused(errc::unsupported_by_backend, "key[0]", "built without PKCS#5");
}

TEST_F(secure_context_of_fake, no_secret_is_in_the_failure_of_a_wrong_passphrase) {
    options.cert = sample_leaf_certificate();
    options.key = sample_encrypted_leaf_key();
    options.passphrase = "Tr0ub4dor&3";
    fake.answer = {
        {errc::wrong_passphrase, alert_description::none, 42}, spi::config_input::key, 0};
    fake.native_text = "bad decrypt";

    const failure why = refused();

    EXPECT_TRUE(why.code == errc::wrong_passphrase);
    const std::string shown =
        why.message + why.input + why.native_text + why.backend + why.code.message();
    EXPECT_THAT(shown, Not(HasSubstr(*options.passphrase)));
    std::string_view body = sample_encrypted_leaf_key().substr(38);
    for (; body.size() > 16; body.remove_prefix(8)) {
        EXPECT_THAT(shown, Not(HasSubstr(std::string(body.substr(0, 8)))));
    }
}

TEST_F(secure_context_of_fake, an_adapters_error_names_input_backend_and_native_text) {
    give_identity();
    fake.answer = {{errc::key_mismatch, alert_description::none, -7}, spi::config_input::key, 0};
    fake.native_text = "values mismatch";

    const failure why = refused();

    EXPECT_TRUE(why.code == errc::key_mismatch);
    EXPECT_EQ(why.message, "key[0]: " + std::string(message_of(errc::key_mismatch)) +
                               " (fake 1.2.3: values mismatch)");
    EXPECT_EQ(why.input, "key[0]");
    EXPECT_EQ(why.backend, "fake");
    EXPECT_EQ(why.backend_version, "1.2.3");
    EXPECT_EQ(why.native, -7);
    EXPECT_EQ(why.native_text, "values mismatch");
}

TEST_F(secure_context_of_fake, an_adapters_error_on_an_anchor_names_the_text_it_is_from) {
    options.ca =
        one_or_many{std::string(sample_root_certificate()) + std::string(sample_leaf_certificate()),
                    std::string(sample_root_certificate())};
    fake.answer = {{errc::bad_ca}, spi::config_input::anchor, 2};
    EXPECT_EQ(refused().input, "ca[1]");
    fake.answer = {{errc::bad_ca}, spi::config_input::anchor, 1};
    EXPECT_EQ(refused().input, "ca[0]");
    fake.answer = {{errc::bad_ca}, spi::config_input::anchor, 99};
    EXPECT_EQ(refused().input, "ca");
    fake.answer = {{errc::no_memory}};
    EXPECT_EQ(refused().input, "");
}

TEST_F(secure_context_of_fake, ca_replaces_the_systems_roots) {
    options.ca =
        one_or_many{std::string(sample_root_certificate()) + std::string(sample_leaf_certificate()),
                    text_of(der_of(sample_root_certificate()))};

    const auto& seen = made();
    const auto context = create_secure_context(options);

    EXPECT_THAT(seen.anchors,
                ElementsAre(der_of(sample_root_certificate()), der_of(sample_leaf_certificate()),
                            der_of(sample_root_certificate())));
    EXPECT_EQ(fake.anchor_sets_made, 0);
    ASSERT_TRUE(context);
    EXPECT_EQ(context->shared_state()->anchors().size(), 3U);
}

TEST_F(secure_context_of_fake, an_empty_ca_list_trusts_nobody) {
    options.ca.emplace();

    const auto& seen = made();

    EXPECT_TRUE(seen.anchors.empty());
    EXPECT_EQ(seen.shared, nullptr);
    EXPECT_EQ(fake.anchor_sets_made, 0);
}

TEST_F(secure_context_of_fake, ca_without_a_certificate_is_named) {
    options.ca =
        one_or_many{std::string(sample_root_certificate()), std::string(sample_leaf_key())};
    expect_refused(errc::bad_ca, "ca[1]", "ca[1] holds a private key, not a certificate");
    options.ca = sample_trusted_root_certificate();
    expect_refused(errc::bad_ca, "ca[0]", "OpenSSL's own form");
    options.ca = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
    expect_refused(errc::bad_ca, "ca[0]", "holds no certificate, but 'X509 CRL'");
}

TEST_F(secure_context_of_fake, the_systems_roots_are_parsed_once_and_shared) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this] { EXPECT_TRUE(detail::shared_root_anchors(options.backend)); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }

    const spi::anchor_set* const first = made().shared;
    const spi::anchor_set* const second = made().shared;
    const auto context = create_secure_context(options);

    EXPECT_NE(first, nullptr);
    EXPECT_EQ(first, second);
    EXPECT_EQ(fake.anchor_sets_made, 1);
    EXPECT_EQ(fake.roots, **root_certificate_list());
    ASSERT_TRUE(context);
    EXPECT_EQ(context->shared_state()->trusted, *root_certificate_list());
}

TEST_F(secure_context_of_fake, without_system_roots_trusts_nobody_and_is_no_error) {
    fake.anchor_answer = {errc::no_root_certificates};

    const auto& seen = made();
    const auto context = create_secure_context(options);

    EXPECT_EQ(seen.shared, nullptr);
    EXPECT_TRUE(seen.anchors.empty());
    ASSERT_TRUE(context);
    EXPECT_TRUE(context->shared_state()->anchors().empty());
}

TEST_F(secure_context_of_fake, roots_that_memory_was_short_for_are_tried_again) {
    fake.anchor_answer = {errc::no_memory};
    expect_refused(errc::no_memory, "ca");
    fake.anchor_answer = {};

    EXPECT_NE(made().shared, nullptr);
}

TEST_F(secure_context_of_fake, a_lower_max_version_lowers_the_min_version_that_is_not_set) {
    fake.spoken.min = protocol_version::tls1_0;
    options.max_version = protocol_version::tls1_1;

    EXPECT_EQ(made().versions, (version_range{protocol_version::tls1_1, protocol_version::tls1_1}));
}

TEST_F(secure_context_of_fake, a_min_version_above_the_max_version_is_an_error) {
    options.min_version = protocol_version::tls1_3;
    options.max_version = protocol_version::tls1_2;

    expect_refused(errc::bad_version_range, "min_version", "TLSv1.3");
}

TEST_F(secure_context_of_fake, a_version_the_backend_lacks_is_refused_with_the_reports_reason) {
    options.min_version = protocol_version::tls1_0;

    expect_refused(errc::unsupported_by_backend, "min_version", "left out of this build");

    options.min_version.reset();
    options.max_version = protocol_version::tls1_1;

    expect_refused(errc::unsupported_by_backend, "max_version", "fake 1.2.3");
}

TEST_F(secure_context_of_fake, a_number_that_is_no_version_is_named) {
    options.min_version = static_cast<protocol_version>(0x0300);

    expect_refused(errc::unknown_version, "min_version");
}

TEST_F(secure_context_of_fake, a_group_that_is_unknown_or_lacking_is_named) {
    options.ecdh_curve = "X25519:P-999";
    expect_refused(errc::unknown_group, "ecdh_curve", "'P-999'");
    options.ecdh_curve = "P-384";
    expect_refused(errc::unknown_group, "ecdh_curve", "fake 1.2.3 does not have 'P-384'");
    options.ecdh_curve = "";
    expect_refused(errc::unknown_group, "ecdh_curve", "''");
}

TEST_F(secure_context_of_fake, ciphers_at_fault_are_named) {
    options.ciphers = "NONSENSE";
    expect_refused(errc::unknown_cipher, "ciphers", "'NONSENSE'");
    options.ciphers = "";
    expect_refused(errc::no_cipher_match, "ciphers");
}

TEST_F(secure_context_of_fake, session_options_have_limits) {
    options.session_timeout = std::chrono::seconds(-1);
    expect_refused(errc::invalid_argument, "session_timeout", "negative");
    options.session_timeout = std::chrono::seconds(0);
    options.session_id_context = std::string(33, 'c');
    expect_refused(errc::invalid_argument, "session_id_context", "33 bytes");
}

TEST_F(secure_context_of_fake, partial_chains_are_refused_where_the_backend_has_none) {
    fake.report[9] = {feature::partial_chain, support::no, "a root is wanted"};
    options.allow_partial_trust_chain = true;

    expect_refused(errc::unsupported_by_backend, "allow_partial_trust_chain", "a root is wanted");
}

TEST(secure_context, made_by_nobody_is_empty) {
    EXPECT_FALSE(secure_context{});
}

TEST(backends, are_found_by_name_among_candidates) {
    fake_backend fake;
    const std::array<spi::backend*, 1> candidates{&fake};

    const auto found = find_backend("fake", candidates);
    const auto missing = find_backend("openssl", candidates);

    ASSERT_TRUE(found);
    EXPECT_EQ(*found, backend(fake));
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().code == errc::unknown_backend);
    EXPECT_THAT(missing.error().message, HasSubstr("'openssl'; there is fake"));
}

TEST(backends, refuse_a_feature_with_the_reports_reason) {
    fake_backend fake;
    const backend asked(fake);

    const failure refused = asked.refusal(feature::tls1_0);

    EXPECT_FALSE(asked.supports(feature::tls1_0));
    EXPECT_TRUE(asked.supports(feature::encrypted_keys));
    EXPECT_TRUE(refused.code == errc::unsupported_by_backend);
    EXPECT_EQ(refused.message, "tls1_0 is not supported by fake 1.2.3: left out of this build");
    EXPECT_EQ(refused.backend, "fake");
    EXPECT_EQ(refused.backend_version, "1.2.3");
}

}  // namespace
}  // namespace polytls
