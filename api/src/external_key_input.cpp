#include "external_key_input.hpp"

#include "shown_certificate.hpp"

#include <polytls/cipher_suite.hpp>

#include <algorithm>
#include <utility>

namespace polytls::detail {

result<identity_input> read_external_identity(const one_or_many& certificates, backend with) {
    if (!with.supports(feature::private_key_operations)) {
        failure refused = with.refusal(feature::private_key_operations);
        refused.input = "sign_callback";
        refused.message.insert(0, "sign_callback: ");
        return tl::make_unexpected(std::move(refused));
    }
    if (certificates.empty()) {
        return tl::make_unexpected(make_failure(
            errc::invalid_argument, "sign_callback is given without cert", "sign_callback"));
    }
    return read_certificates(certificates);
}

result<std::vector<cipher_suite_id>> without_rsa_exchange(std::vector<cipher_suite_id> suites,
                                                          const identity_input& identity) {
    const auto shown = shown_certificates(identity.certificates, {});
    if (std::ranges::none_of(shown, &shown_certificate::rsa)) {
        return suites;
    }
    std::erase_if(suites, [](cipher_suite_id id) {
        const cipher_suite* suite = find_cipher_suite(id);
        return suite != nullptr && suite->key_exchange == "RSA";
    });
    if (suites.empty()) {
        return tl::make_unexpected(make_failure(
            errc::no_cipher_match,
            "ciphers: nothing is left but RSA key exchange, for which the key of sign_callback "
            "would have to decrypt",
            "ciphers"));
    }
    return suites;
}

}  // namespace polytls::detail
