#include "identity_input.hpp"

#include "input_text.hpp"

#include <polytls/core/public_key.hpp>
#include <polytls/core/x509.hpp>

#include <algorithm>
#include <utility>

namespace polytls::detail {
namespace {

failure holds_no_key(const pem_text& pem, const std::string& input) {
    const auto& blocks = pem.blocks();
    if (std::any_of(blocks.begin(), blocks.end(), is_certificate)) {
        return make_failure(errc::bad_private_key,
                            input + " holds a certificate, not a private key", input);
    }
    return make_failure(errc::bad_private_key,
                        input + " holds no private key, but " + quoted(blocks.front().label),
                        input);
}

class key_reader {
public:
    key_reader(const std::optional<std::string>& passphrase, backend with)
        : passphrase_(passphrase), with_(with) {}

    /// Adds the keys of a text to `into`.
    result<void> read(const std::string& text, const std::string& input, identity_input& into) {
        if (looks_like_der(text)) {
            return add_der(text, input, into);
        }
        if (!looks_like_pem(text)) {
            return tl::make_unexpected(unreadable_input(errc::bad_private_key, text, input));
        }
        const auto pem = pem_text::split(text, input);
        if (!pem) {
            return tl::make_unexpected(pem.error());
        }
        const std::size_t before = into.keys.size();
        for (const pem_block& block : pem->blocks()) {
            if (!is_private_key(block)) {
                continue;
            }
            if (block.encrypted) {
                if (auto refused = may_be_opened(input); !refused) {
                    return refused;
                }
            }
            add(as_bytes(block.text), spi::key_encoding::pem, input, into);
        }
        if (into.keys.size() == before) {
            return tl::make_unexpected(holds_no_key(*pem, input));
        }
        return {};
    }

private:
    result<void> add_der(std::string_view text, const std::string& input, identity_input& into) {
        x509::certificate_view certificate;
        if (!x509::parse_certificate(as_bytes(text), certificate)) {
            return tl::make_unexpected(make_failure(
                errc::bad_private_key, input + " holds a certificate, not a private key", input));
        }
        add(as_bytes(text), spi::key_encoding::der, input, into);
        return {};
    }

    result<void> may_be_opened(const std::string& input) const {
        if (!with_.supports(feature::encrypted_keys)) {
            failure refused = with_.refusal(feature::encrypted_keys);
            refused.message.insert(0, input + ": ");
            refused.input = input;
            return tl::make_unexpected(std::move(refused));
        }
        if (!passphrase_) {
            return tl::make_unexpected(make_failure(
                errc::passphrase_required,
                input + ": " + std::string(message_of(errc::passphrase_required)), input));
        }
        return {};
    }

    void add(bytes data,
             spi::key_encoding encoding,
             const std::string& input,
             identity_input& into) const {
        into.keys.push_back(
            {.data = data,
             .encoding = encoding,
             .passphrase = passphrase_ ? std::string_view(*passphrase_) : std::string_view{},
             .has_passphrase = passphrase_.has_value()});
        into.key_names.push_back(input);
    }

    const std::optional<std::string>& passphrase_;
    backend with_;
};

std::string count_of(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

/// Whether there is a key for each chain, and a chain for each key.
result<void> check_pairs(std::size_t keys, std::size_t chains) {
    if (keys == chains) {
        return {};
    }
    if (keys == 0) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument, "cert is given without key", "key"));
    }
    if (chains == 0) {
        return tl::make_unexpected(
            make_failure(errc::invalid_argument, "key is given without cert", "cert"));
    }
    return tl::make_unexpected(make_failure(
        errc::invalid_argument,
        count_of(keys, "private key") + " and " + count_of(chains, "certificate") +
            " are given, but each key goes with one text in cert, the leaf first and its chain "
            "after it",
        chains > keys ? "cert" : "key"));
}

/// The algorithm of a certificate's key, as its OID; empty for what is no certificate or no key,
/// which the adapter refuses.
bytes key_algorithm(bytes der) {
    x509::certificate_view certificate;
    x509::public_key_view key;
    if (x509::parse_certificate(der, certificate) ||
        x509::parse_public_key(certificate.subject_public_key_info, key)) {
        return {};
    }
    return key.algorithm;
}

/// Whether the chains' keys are of different types. Which of two of one type a client wants to see
/// cannot be told.
result<void> check_types(const identity_input& read) {
    for (std::size_t i = 1; i < read.certificates.size(); ++i) {
        for (std::size_t earlier = 0; earlier < i; ++earlier) {
            const bytes one = key_algorithm(read.certificates[i].front());
            const bytes other = key_algorithm(read.certificates[earlier].front());
            if (!one.empty() && std::ranges::equal(one, other)) {
                const std::string input = input_name("cert", i);
                return tl::make_unexpected(make_failure(
                    errc::invalid_argument,
                    input + " has a key of the same type as " + input_name("cert", earlier) +
                        ": one certificate of each type (RSA, ECDSA, ...) can be shown; for "
                        "different names use one context each",
                    input));
            }
        }
    }
    return {};
}

}  // namespace

result<identity_input> read_certificates(const one_or_many& certificates) {
    identity_input read;
    for (std::size_t i = 0; i < certificates.size(); ++i) {
        auto chain = certificates_in(certificates[i], errc::bad_certificate, input_name("cert", i));
        if (!chain) {
            return tl::make_unexpected(std::move(chain.error()));
        }
        read.certificates.push_back(*std::move(chain));
    }
    if (auto differing = check_types(read); !differing) {
        return tl::make_unexpected(std::move(differing.error()));
    }
    return read;
}

result<identity_input> read_identity(const one_or_many& keys,
                                     const one_or_many& certificates,
                                     const std::optional<std::string>& passphrase,
                                     backend with) {
    identity_input read;
    key_reader reader(passphrase, with);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (auto done = reader.read(keys[i], input_name("key", i), read); !done) {
            return tl::make_unexpected(std::move(done.error()));
        }
    }
    for (std::size_t i = 0; i < certificates.size(); ++i) {
        auto chain = certificates_in(certificates[i], errc::bad_certificate, input_name("cert", i));
        if (!chain) {
            return tl::make_unexpected(std::move(chain.error()));
        }
        read.certificates.push_back(*std::move(chain));
    }
    if (auto paired = check_pairs(read.keys.size(), read.certificates.size()); !paired) {
        return tl::make_unexpected(std::move(paired.error()));
    }
    if (auto differing = check_types(read); !differing) {
        return tl::make_unexpected(std::move(differing.error()));
    }
    return read;
}

}  // namespace polytls::detail
