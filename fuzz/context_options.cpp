// What a context is made from: keys, certificates, revocation lists, parameters and the texts
// beside them.
#include "input.hpp"
#include "parties.hpp"
#include "target.hpp"

#include <polytls/pem.hpp>
#include <polytls/secure_context.hpp>

#include <algorithm>
#include <string>
#include <testkit/pki.hpp>
#include <testkit/pki_random.hpp>

namespace polytls::fuzz {
namespace {

/// Stand between the options of an input, and between the texts of one option.
constexpr std::string_view separator = "\n%%\n";
constexpr std::string_view comma = "\n,,\n";

std::string text_of(bytes data) {
    return std::string(as_text(data));
}

one_or_many list_of(bytes data) {
    input_reader from(data);
    std::vector<std::string> texts;
    while (!from.empty()) {
        texts.push_back(text_of(from.until(comma)));
    }
    return one_or_many(std::move(texts));
}

context_options options_of(bytes input) {
    input_reader from(input);
    const std::uint8_t flags = from.byte();
    context_options options{.key = list_of(from.until(separator)),
                            .cert = list_of(from.until(separator)),
                            .ca = list_of(from.until(separator)),
                            .crl = list_of(from.until(separator)),
                            .allow_partial_trust_chain = (flags & 1U) != 0,
                            .honor_cipher_order = (flags & 2U) != 0};
    const auto set = [&from](std::string& option) {
        if (const bytes given = from.until(separator); !given.empty()) {
            option = text_of(given);
        }
    };
    set(options.ciphers);
    set(options.ecdh_curve);
    set(options.sigalgs);
    set(options.dhparam);
    set(options.secure_protocol);
    set(options.session_id_context);
    options.ticket_keys = copy_of(from.until(separator));
    options.secure_options = static_cast<secure_options>(from.two_bytes());
    return options;
}

std::string der_of(const std::string& pem) {
    return text_of(value_of(split_pem(pem)).front().der);
}

}  // namespace

void run(bytes input) {
    testkit::seed_libcrypto(1);
    const auto made = create_secure_context(options_of(input));
    if (made) {
        require(static_cast<bool>(*made), "a context that was made is none that is empty");
        return;
    }
    const failure& why = made.error();
    require(static_cast<bool>(why.code) && !why.message.empty() && !why.input.empty(),
            "a failure has a code, a sentence and the input at fault");
    require(std::ranges::none_of(why.message, [](char c) { return c >= 0 && c < ' '; }),
            "a sentence for people has no control characters");
}

std::vector<octets> seeds() {
    testkit::seed_libcrypto(1);
    const auto ca = testkit::self_signed({.common_name = "root", .ca = true});
    const auto ec = ca.issue({.dns_names = {"localhost"}});
    const auto rsa = ca.issue({.dns_names = {"localhost"}, .key = testkit::key_kind::rsa_2048});
    const std::string next(separator);
    const std::string also(comma);
    const std::string crl = ca.crl_pem({ec});
    const std::string dh = testkit::dh_parameters_2048();
    const std::vector<std::string> texts = {
        "",
        next + next + ca.certificate_pem(),
        ec.key_pem() + next + ec.certificate_pem() + next + next,
        rsa.key_pem() + also + ec.key_pem() + next + ec.certificate_pem() + also +
            rsa.certificate_pem() + next + ca.certificate_pem() + next + crl,
        ec.traditional_key_pem("secret") + next + ec.certificate_pem() + next + next,
        ec.encrypted_key_pem("secret") + next + ec.certificate_pem() + next + next,
        next + next + next + next + "DEFAULT" + next + "X25519:P-256" + next +
            "ECDSA+SHA256:rsa_pss_rsae_sha256" + next + dh + next + "TLSv1_2_method" + next + "id" +
            next + std::string(48, 'k') + next,
        der_of(ec.key_pem()) + next + der_of(ec.certificate_pem()) + next + next,
        der_of(rsa.key_pem()) + next + der_of(rsa.certificate_pem()) + next + next,
        next + next + der_of(ca.certificate_pem()) + next + der_of(crl),
        next + next + next + next + next + next + next + der_of(dh),
    };
    std::vector<octets> made(texts.size());
    std::ranges::transform(texts, made.begin(),
                           [](const std::string& text) { return octets{0} + as_bytes(text); });
    return made;
}

}  // namespace polytls::fuzz
