// Clauses on suites and groups: "Module functions" and "Forward secrecy".
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/cipher_list.hpp>
#include <polytls/cipher_suite.hpp>
#include <polytls/cipher_support.hpp>
#include <polytls/core/client_hello.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

namespace polytls::testkit {
namespace {

const std::string aes_then_chacha =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:TLS_AES_128_GCM_SHA256:"
    "TLS_CHACHA20_POLY1305_SHA256";
const std::string chacha_then_aes =
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:TLS_CHACHA20_POLY1305_SHA256:"
    "TLS_AES_128_GCM_SHA256";

std::string cipher_of(const pairing& with,
                      const std::string& of_client,
                      const std::string& of_server,
                      bool honor_cipher_order) {
    context_options client = client_options_for(with);
    client.ciphers = of_client;
    context_options server = server_options_for(with);
    server.ciphers = of_server;
    server.honor_cipher_order = honor_cipher_order;
    const auto link =
        handshake(with, {.client = {.context = value_of(create_secure_context(client))},
                         .server = {.context = value_of(create_secure_context(server))}});
    const cipher_suite* chosen = link.client.tls().cipher();
    return chosen == nullptr ? link.client.error() : std::string(chosen->encryption);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ciphers_order);

TEST_P(M_ciphers_order, the_clients_order_wins_by_default) {
    EXPECT_EQ(cipher_of(GetParam(), chacha_then_aes, aes_then_chacha, false),
              "CHACHA20/POLY1305(256)");
    EXPECT_EQ(cipher_of(GetParam(), aes_then_chacha, chacha_then_aes, false), "AESGCM(128)");
}

TEST_P(M_ciphers_order, the_servers_order_wins_with_honor_cipher_order) {
    EXPECT_EQ(cipher_of(GetParam(), chacha_then_aes, aes_then_chacha, true), "AESGCM(128)");
    EXPECT_EQ(cipher_of(GetParam(), aes_then_chacha, chacha_then_aes, true),
              "CHACHA20/POLY1305(256)");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ciphers_default);

TEST_P(M_ciphers_default, is_forward_secret_and_authenticated_encryption) {
    const auto link = handshake(GetParam());

    const cipher_suite* chosen = link.client.tls().cipher();
    ASSERT_NE(chosen, nullptr);
    EXPECT_EQ(chosen->mac, "AEAD");
    EXPECT_THAT(chosen->key_exchange, testing::AnyOf("ECDH", "any"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pfs_ecdhe);

TEST_P(M_pfs_ecdhe, is_negotiated_by_default) {
    const auto link = handshake(GetParam());

    EXPECT_THAT(link.client.tls().group(),
                testing::AnyOf("x25519", "secp256r1", "secp384r1", "secp521r1"));
    EXPECT_EQ(link.server.tls().group(), link.client.tls().group());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pfs_curve);

TEST_P(M_pfs_curve, ecdh_curve_picks_the_curve) {
    context_options options = client_options_for(GetParam());
    options.ecdh_curve = "P-384:prime256v1";

    const auto link =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(options))}});

    EXPECT_EQ(link.client.tls().group(), "secp384r1");
}

TEST_P(M_pfs_curve, no_curve_in_common_ends_the_handshake) {
    context_options client = client_options_for(GetParam());
    client.ecdh_curve = "P-384";
    context_options server = server_options_for(GetParam());
    server.ecdh_curve = "P-256";

    const auto link =
        handshake(GetParam(), {.client = {.context = value_of(create_secure_context(client))},
                               .server = {.context = value_of(create_secure_context(server))}});

    ASSERT_TRUE(link.server.failure());
    EXPECT_EQ(link.server.failure()->code, condition::nothing_in_common);
    EXPECT_EQ(link.client.error(), "ALERT_RECEIVED");
}

TEST_P(M_pfs_curve, an_unknown_name_is_a_clear_error) {
    context_options options = client_options_for(GetParam());
    options.ecdh_curve = "P-256:curve9";

    const auto made = create_secure_context(options);

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::unknown_group);
    EXPECT_THAT(made.error().message, testing::HasSubstr("curve9"));
}

/// A server with an RSA key, as the suites of DHE want, in TLS 1.2: after it, clients name the
/// groups.
context_options dhe_server(backend with, const std::string& dhparam) {
    static const credential rsa =
        root().issue({.dns_names = {"localhost"}, .key = key_kind::rsa_2048});
    return {.backend = with,
            .key = rsa.key_pem(),
            .cert = rsa.certificate_pem(),
            .dhparam = dhparam,
            .max_version = protocol_version::tls1_2};
}

link dhe_handshake(const pairing& with, const std::string& dhparam, const std::string& ciphers) {
    context_options client = client_options_for(with);
    client.ciphers = ciphers;
    client.min_version = protocol_version::tls1_2;
    client.max_version = protocol_version::tls1_2;
    return handshake(
        with,
        {.client = {.context = value_of(create_secure_context(client))},
         .server = {.context = value_of(create_secure_context(dhe_server(with.server, dhparam)))}});
}

const std::string only_dhe = "DHE-RSA-AES128-GCM-SHA256";

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pfs_dhe);

TEST_P(M_pfs_dhe, is_negotiated_in_the_size_of_the_parameters) {
    const auto link = dhe_handshake(GetParam(), dh_parameters_2048(), only_dhe);

    ASSERT_NE(link.client.tls().cipher(), nullptr) << link.client.error();
    EXPECT_EQ(link.client.tls().cipher()->name, only_dhe);
    EXPECT_EQ(link.client.tls().ephemeral_key().type, "DH");
    EXPECT_EQ(link.client.tls().ephemeral_key().size, 2048);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_pfs_dhparam_invalid);

TEST_P(M_pfs_dhparam_invalid, what_cannot_be_read_leaves_dhe_out) {
    const std::string whole = dh_parameters_2048();
    for (const std::string& bad : {std::string("garbage"), whole.substr(0, whole.size() / 2),
                                   localhost().certificate_pem()}) {
        EXPECT_EQ(dhe_handshake(GetParam(), bad, only_dhe).server.failure()->code,
                  condition::nothing_in_common);
        const auto link = dhe_handshake(GetParam(), bad, only_dhe + ":ECDHE-RSA-AES128-GCM-SHA256");
        EXPECT_EQ(link.client.tls().ephemeral_key().type, "ECDH");
    }
}

TEST_P(M_pfs_dhparam_invalid, less_than_1024_bits_is_a_clear_error) {
    const auto made = create_secure_context(dhe_server(GetParam().server, dh_parameters_512()));

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::weak_key);
    EXPECT_EQ(made.error().input, "dhparam");
    EXPECT_THAT(made.error().message, testing::HasSubstr("512"));
}

/// A handshake over nothing but one suite, with a server that has a key of every type that suites
/// ask for.
link handshake_over(const pairing& with,
                    const cipher_suite& suite,
                    const std::string& dhparam,
                    bool with_psk = false) {
    static const credential rsa =
        root().issue({.dns_names = {"localhost"}, .key = key_kind::rsa_2048});
    context_options client = client_options_for(with);
    client.ciphers = suite.name;
    context_options server = server_options_for(with);
    server.key = {localhost().key_pem(), rsa.key_pem()};
    server.cert = {localhost().certificate_pem(), rsa.certificate_pem()};
    server.ciphers = suite.name;
    server.dhparam = dhparam;
    link_setup setup{.client = {.context = value_of(create_secure_context(client))},
                     .server = {.context = value_of(create_secure_context(server))}};
    if (with_psk) {
        const std::vector<std::uint8_t> key(32, 7);
        setup.client.psk_callback = [key](std::string_view, const auto& done) {
            done(psk_credentials{.identity = "alice", .key = key});
        };
        setup.server.psk_callback = [key](std::string_view, const auto& done) { done(key); };
    }
    return handshake(with, std::move(setup));
}

/// What both backends of a pairing list that its version has.
std::vector<cipher_support> ciphers_of(const pairing& with) {
    std::vector<cipher_support> listed = get_ciphers(with.client);
    const std::vector<cipher_support> of_server = get_ciphers(with.server);
    std::erase_if(listed, [&](const cipher_support& line) {
        return is_tls1_3(line.suite->id) != (with.version == protocol_version::tls1_3) ||
               std::ranges::none_of(of_server, [&](const cipher_support& other) {
                   return other.suite == line.suite;
               });
    });
    return listed;
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_get_ciphers);

TEST_P(M_get_ciphers, every_suite_that_a_certificate_is_enough_for_is_negotiated) {
    std::size_t negotiated = 0;
    for (const cipher_support& line : ciphers_of(GetParam())) {
        if (line.support != support::yes) {
            EXPECT_NE(line.reason, "") << line.suite->name;
            continue;
        }
        const auto link = handshake_over(GetParam(), *line.suite, {});

        EXPECT_EQ(link.client.tls().cipher(), line.suite)
            << line.suite->name << ' ' << link.client.error() << ' ' << link.server.error();
        EXPECT_EQ(line.reason, "") << line.suite->name;
        ++negotiated;
    }
    EXPECT_GE(negotiated, 2U);
}

TEST_P(M_get_ciphers, the_reason_tells_what_the_others_take) {
    for (const cipher_support& line : ciphers_of(GetParam())) {
        if (line.support == support::yes) {
            continue;
        }
        const auto without = handshake_over(GetParam(), *line.suite, {});

        EXPECT_EQ(without.client.tls().cipher(), nullptr) << line.suite->name;
        ASSERT_TRUE(without.server.failure()) << line.suite->name;

        if (line.reason == "a server needs dhparam") {
            EXPECT_EQ(without.server.failure()->code, condition::nothing_in_common);
            const auto with = handshake_over(GetParam(), *line.suite, dh_parameters_2048());
            EXPECT_EQ(with.client.tls().cipher(), line.suite)
                << line.suite->name << ' ' << with.server.error();
        } else {
            EXPECT_THAT(line.reason, testing::HasSubstr("pre-shared key")) << line.suite->name;
            const auto with = handshake_over(GetParam(), *line.suite, dh_parameters_2048(), true);
            EXPECT_EQ(with.client.tls().cipher(), line.suite)
                << line.suite->name << ' ' << with.client.error() << ' ' << with.server.error();
        }
    }
}

TEST_P(M_get_ciphers, names_are_openssls_and_come_once) {
    std::set<std::string_view> names;
    for (const cipher_support& line : get_ciphers(GetParam().client)) {
        EXPECT_TRUE(names.insert(line.suite->name).second) << line.suite->name;
        EXPECT_EQ(find_cipher_suite(line.suite->name), line.suite);
        EXPECT_THAT(line.suite->name, testing::Not(testing::HasSubstr("_WITH_")));
    }
    EXPECT_TRUE(names.contains("ECDHE-ECDSA-AES128-GCM-SHA256"));
    EXPECT_EQ(names.contains("TLS_AES_128_GCM_SHA256"),
              GetParam().client.versions().contains(protocol_version::tls1_3));
}

/// The suites in a client's first flight, in order, those of TLS 1.3 or the others.
std::string offered(const link_end& client, bool of_tls1_3) {
    client_hello_reader reader(c_library_memory());
    reader.feed(client.sent());
    client_hello hello;
    if (parse_client_hello(reader.message(), hello)) {
        return "no hello";
    }
    std::string names;
    for (std::size_t i = 0; i + 1 < hello.cipher_suites.size(); i += 2) {
        const auto id =
            static_cast<cipher_suite_id>(hello.cipher_suites[i] << 8U | hello.cipher_suites[i + 1]);
        // Signals (RFC 5746, 7507) have no names.
        if (const cipher_suite* suite = find_cipher_suite(id);
            suite != nullptr && is_tls1_3(id) == of_tls1_3) {
            names += (names.empty() ? "" : ":") + std::string(suite->name);
        }
    }
    return names;
}

/// Those of the names that a backend has.
std::string had_by(backend of, const std::string& names) {
    std::string had;
    std::istringstream all(names);
    for (std::string name; std::getline(all, name, ':');) {
        if (std::ranges::any_of(get_ciphers(of), [&](const cipher_support& line) {
                return line.suite->name == name;
            })) {
            had += (had.empty() ? "" : ":") + name;
        }
    }
    return had;
}

std::string offer_of(const pairing& with, const std::string& ciphers) {
    context_options client = client_options_for(with);
    client.ciphers = ciphers;
    client.min_version = protocol_version::tls1_2;
    return offered(
        handshake(with, {.client = {.context = value_of(create_secure_context(client))}}).client,
        with.version == protocol_version::tls1_3);
}

struct list_and_offer {
    std::string list;
    std::string offer;  ///< By a backend that has everything.
};

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ciphers_format);

TEST_P(M_ciphers_format, groups_and_operators_decide_what_is_offered_in_which_order) {
    if (GetParam().version == protocol_version::tls1_3) {
        // Groups are about the suites before TLS 1.3.
        EXPECT_EQ(offer_of(GetParam(), "kRSA+AESGCM:ECDHE:!AESGCM:-CHACHA20:+ALL:@STRENGTH"),
                  offer_of(GetParam(), "DEFAULT"));
        return;
    }
    const std::array<list_and_offer, 10> cases = {{
        {"ECDHE+AESGCM", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                         "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"},
        {"ECDHE+AESGCM:+AES256:+aRSA",
         "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
         "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"},
        {"EECDH+ECDSA+AESGCM EECDH+aRSA+AESGCM;!AES128",
         "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"},
        {"ECDHE+AESGCM+aECDSA:ECDHE+CHACHA20+aECDSA:@STRENGTH",
         "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
         "ECDHE-ECDSA-AES128-GCM-SHA256"},
        {"ECDHE-ECDSA-AES128-GCM-SHA256:AES128-SHA:-AES128-SHA:ECDHE+CHACHA20+aECDSA:AES128-SHA",
         "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:AES128-SHA"},
        {"!AES256:ECDHE+AESGCM+aECDSA:ECDHE-ECDSA-AES256-GCM-SHA384",
         "ECDHE-ECDSA-AES128-GCM-SHA256"},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
         "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"},
        {"ECDHE+AESGCM+AES128@SECLEVEL=2",
         "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"},
        {"ECDHE+SHA384:ECDHE+SHA256:ECDHE+SHA+AES128",
         "ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256:"
         "ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA"},
        {"ECDHE-ECDSA-AES128-GCM-SHA256:NULL-MD5:RC4-SHA:!EXPORT:!KRB5:+LOW",
         "ECDHE-ECDSA-AES128-GCM-SHA256"},
    }};
    for (const auto& [list, offer] : cases) {
        EXPECT_EQ(offer_of(GetParam(), list), had_by(GetParam().client, offer)) << list;
    }
}

TEST_P(M_ciphers_format, suites_of_tls_1_3_are_named_in_the_same_list) {
    if (GetParam().version != protocol_version::tls1_3) {
        EXPECT_EQ(offer_of(GetParam(), "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"),
                  "ECDHE-ECDSA-AES128-GCM-SHA256");
        return;
    }
    const std::string others = "ECDHE-ECDSA-AES128-GCM-SHA256";

    EXPECT_EQ(offer_of(GetParam(), "TLS_AES_128_GCM_SHA256:" + others + ":TLS_AES_256_GCM_SHA384"),
              "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384");
    EXPECT_EQ(offer_of(GetParam(), "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:" + others +
                                       ":+TLS_AES_128_GCM_SHA256"),
              "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
    EXPECT_THAT(offer_of(GetParam(), others + ":!TLS_AES_256_GCM_SHA384"),
                testing::AllOf(testing::HasSubstr("TLS_AES_128_GCM_SHA256"),
                               testing::Not(testing::HasSubstr("TLS_AES_256_GCM_SHA384"))));
}

TEST_P(M_ciphers_format, a_list_decides_what_is_negotiated) {
    const bool is_1_3 = GetParam().version == protocol_version::tls1_3;
    const std::string everything =
        is_1_3 ? "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256" : "ECDHE+AESGCM:ECDHE+CHACHA20";
    const std::string moved =
        is_1_3 ? everything + ":+TLS_AES_256_GCM_SHA384" : everything + ":-CHACHA20:+AES256";
    const std::string killed =
        is_1_3 ? everything + ":!TLS_AES_128_GCM_SHA256" : everything + ":!CHACHA20:!AES128";

    EXPECT_EQ(cipher_of(GetParam(), everything, moved, true), "AESGCM(128)");
    EXPECT_EQ(cipher_of(GetParam(), moved, everything, false), "AESGCM(128)");
    EXPECT_EQ(cipher_of(GetParam(), everything, killed, true), "AESGCM(256)");
    EXPECT_EQ(cipher_of(GetParam(), killed, moved, true), "AESGCM(256)");
}

TEST_P(M_ciphers_format, no_group_of_good_suites_brings_weak_ones) {
    const std::string offer =
        offer_of(GetParam(), "ALL:HIGH:MEDIUM:COMPLEMENTOFDEFAULT:kRSA:SHA1:SHA256");

    ASSERT_NE(offer, "");
    std::istringstream names(offer);
    for (std::string name; std::getline(names, name, ':');) {
        const cipher_suite* const suite = find_cipher_suite(name);
        EXPECT_NE(suite->authentication, "None") << name;
        EXPECT_NE(suite->encryption, "None") << name;
        EXPECT_NE(suite->mac, "MD5") << name;
        EXPECT_THAT(name, testing::Not(testing::HasSubstr("RC4")));
    }
}

TEST_P(M_ciphers_format, levels_and_profiles_that_cannot_be_had_are_a_clear_error) {
    for (const std::string word : {"@SECLEVEL=0", "@SECLEVEL=1", "@SECLEVEL=3", "SUITEB128"}) {
        context_options options = client_options_for(GetParam());
        options.ciphers = "DEFAULT:" + word;

        const auto made = create_secure_context(options);

        ASSERT_FALSE(made) << word;
        EXPECT_EQ(made.error().code, condition::bad_input);
        EXPECT_EQ(made.error().input, "ciphers");
        EXPECT_THAT(made.error().message, testing::HasSubstr(word));
    }
}

POLYTLS_CLAUSE_OVER_BACKENDS(M_ciphers_empty);

TEST_P(M_ciphers_empty, an_unknown_word_is_a_clear_error) {
    for (const std::string word : {"NOPE", "!NOPE", "ECDHE+NOPE", "@NOPE", "-NOPE", "NOPE+ECDHE"}) {
        const auto made = create_secure_context(
            {.backend = GetParam(), .ciphers = "ECDHE-RSA-AES128-GCM-SHA256:" + word});

        ASSERT_FALSE(made) << word;
        EXPECT_EQ(made.error().code, errc::unknown_cipher);
        EXPECT_EQ(made.error().input, "ciphers");
        EXPECT_THAT(made.error().message, testing::HasSubstr("NOPE"));
    }
}

TEST_P(M_ciphers_empty, a_list_that_leaves_nothing_is_no_cipher_match) {
    for (const std::string list : {"", ":", "HIGH:!HIGH", "ECDHE+kRSA", "EXPORT", "@STRENGTH",
                                   "HIGH+LOW", "!TLS_AES_128_GCM_SHA256"}) {
        const auto made = create_secure_context({.backend = GetParam(), .ciphers = list});

        ASSERT_FALSE(made) << list;
        EXPECT_EQ(made.error().code, errc::no_cipher_match) << list;
        EXPECT_THAT(made.error().message, testing::HasSubstr("no cipher match"));
    }
}

}  // namespace
}  // namespace polytls::testkit
