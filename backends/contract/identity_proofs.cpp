#include "proof.hpp"

#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

/// A context that shows `leaf()`, whose key is encrypted.
outcome make_with_encrypted(key_derivation derivation) {
    context_recipe recipe = showing(leaf());
    const buffer certificate = leaf().certificate_der();
    const bytes view = certificate;
    const spi::certificate_chain chain{std::span(&view, 1)};
    const std::string text = leaf().encrypted_key_pem("open sesame", derivation);
    const spi::private_key_source key{
        .data = as_bytes(text), .passphrase = "open sesame", .has_passphrase = true};
    spi::context_config config{};
    config.identity = {.chains = std::span(&chain, 1), .keys = std::span(&key, 1)};
    config.protocol.versions = usual_versions();
    config.protocol.cipher_suites = the_backend().cipher_suites();
    spi::handle<spi::context> made;
    return outcome_of(the_backend().make_context(config, made));
}

constexpr outcome denied_key{errc::unsupported_by_backend, spi::config_input::key, 0};

void encrypted_keys_work() {
    EXPECT_EQ(make_with_encrypted(key_derivation::pbkdf2), fine);
    EXPECT_EQ(make_with_encrypted(key_derivation::scrypt), fine);
}

void encrypted_keys_refused() {
    EXPECT_EQ(make_with_encrypted(key_derivation::pbkdf2), denied_key);
    EXPECT_EQ(make_with_encrypted(key_derivation::scrypt), denied_key);
}

void encrypted_keys_limited() {
    EXPECT_EQ(make_with_encrypted(key_derivation::pbkdf2), fine);
    EXPECT_EQ(make_with_encrypted(key_derivation::scrypt), denied_key);
}

class counted final : public spi::pkcs12_contents {
public:
    void key(bytes /*der*/) noexcept override { ++keys; }

    void certificate(bytes /*der*/) noexcept override { ++certificates; }

    int keys = 0;
    int certificates = 0;
};

void expect_pkcs12(pkcs12_form form, errc code) {
    counted contents;
    const std::string file = leaf().pkcs12("open sesame", {root()}, form);
    EXPECT_EQ(the_backend().read_pkcs12(as_bytes(file), "open sesame", contents).code, code);
    EXPECT_EQ(contents.keys, code == errc::ok ? 1 : 0);
    EXPECT_EQ(contents.certificates, code == errc::ok ? 2 : 0);
}

void pkcs12_works() {
    expect_pkcs12(pkcs12_form::modern, errc::ok);
    expect_pkcs12(pkcs12_form::legacy, errc::ok);
    expect_pkcs12(pkcs12_form::rc2_40, errc::ok);
}

void pkcs12_refused() {
    expect_pkcs12(pkcs12_form::modern, errc::unsupported_by_backend);
    expect_pkcs12(pkcs12_form::legacy, errc::unsupported_by_backend);
    expect_pkcs12(pkcs12_form::rc2_40, errc::unsupported_by_backend);
}

void pkcs12_limited() {
    expect_pkcs12(pkcs12_form::modern, errc::ok);
    expect_pkcs12(pkcs12_form::legacy, errc::ok);
    expect_pkcs12(pkcs12_form::rc2_40, errc::unsupported_by_backend);
}

/// Both ends show a certificate with such a key, beneath a CA of the usual kind.
template <key_kind Kind>
void kind_of_key_works() {
    const credential who = root().issue({.key = Kind});
    for (const protocol_version version : versions()) {
        const context_recipe recipe = showing(who, only(version));
        link link;
        link.server.config.peer = has(feature::client_certificates)
                                      ? spi::peer_certificate::required
                                      : spi::peer_certificate::not_requested;
        if (shakes_hands(link, recipe, recipe)) {
            EXPECT_EQ(peer_certificates(link.client), who.certificate_der());
        }
    }
}

template <key_kind Kind>
void kind_of_key_refused() {
    const outcome result = make(showing(root().issue({.key = Kind})));
    EXPECT_EQ(result.code, errc::unsupported_by_backend);
    EXPECT_TRUE(result.input == spi::config_input::certificate ||
                result.input == spi::config_input::key);
    EXPECT_EQ(result.index, 0U);
}

constexpr proof proofs[] = {
    {feature::encrypted_keys, encrypted_keys_work, encrypted_keys_refused, encrypted_keys_limited},
    {feature::pkcs12, pkcs12_works, pkcs12_refused, pkcs12_limited},
    {feature::ed25519, kind_of_key_works<key_kind::ed25519>,
     kind_of_key_refused<key_kind::ed25519>},
    {feature::rsa_pss, kind_of_key_works<key_kind::rsa_pss>,
     kind_of_key_refused<key_kind::rsa_pss>},
};

}  // namespace

std::span<const proof> identity_proofs() {
    return proofs;
}

}  // namespace polytls::contract
