#include "choice.hpp"

#include <algorithm>
#include <iterator>

namespace polytls::wolfssl {
namespace {

/// All that wolfSSL signs with, where the caller does not say.
constexpr signature_scheme every_scheme[] = {
    signature_scheme::ecdsa_secp256r1_sha256,
    signature_scheme::ecdsa_secp384r1_sha384,
    signature_scheme::ecdsa_secp521r1_sha512,
    signature_scheme::ed25519,
    signature_scheme::ed448,
    signature_scheme::rsa_pss_rsae_sha256,
    signature_scheme::rsa_pss_rsae_sha384,
    signature_scheme::rsa_pss_rsae_sha512,
    signature_scheme::rsa_pkcs1_sha256,
    signature_scheme::rsa_pkcs1_sha384,
    signature_scheme::rsa_pkcs1_sha512,
};

/// The suites of TLS 1.2 that ask for a certificate with an elliptic key.
constexpr std::uint16_t elliptic_suites[] = {0xc009, 0xc00a, 0xc023, 0xc024, 0xc02b,
                                             0xc02c, 0xc0ac, 0xc0ad, 0xcca9};

constexpr std::uint16_t dhe_suites[] = {0x0033, 0x0039, 0x0067, 0x006b, 0x009e,
                                        0x009f, 0xc09e, 0xc09f, 0xccaa};

template <std::size_t Size>
bool is_in(const std::uint16_t (&list)[Size], cipher_suite_id suite) noexcept {
    return std::ranges::find(list, static_cast<std::uint16_t>(suite)) != std::end(list);
}

std::uint16_t number_at(bytes list, std::size_t place) noexcept {
    return static_cast<std::uint16_t>(list[2 * place] << 8U | list[2 * place + 1]);
}

key_type type_for(signature_scheme scheme) noexcept {
    switch (scheme) {
    case signature_scheme::ecdsa_secp256r1_sha256:
    case signature_scheme::ecdsa_secp384r1_sha384:
    case signature_scheme::ecdsa_secp521r1_sha512:
        return key_type::ecdsa;
    case signature_scheme::ed25519:
        return key_type::ed25519;
    case signature_scheme::ed448:
        return key_type::ed448;
    default:
        return key_type::rsa;
    }
}

bool is_pkcs1(signature_scheme scheme) noexcept {
    return scheme == signature_scheme::rsa_pkcs1_sha256 ||
           scheme == signature_scheme::rsa_pkcs1_sha384 ||
           scheme == signature_scheme::rsa_pkcs1_sha512;
}

std::span<const signature_scheme> own_schemes(const context& of) noexcept {
    return of.schemes().empty() ? std::span<const signature_scheme>(every_scheme) : of.schemes();
}

/// Chooses for one client.
class chooser {
public:
    chooser(const context& of, const client_hello& hello) noexcept : of_(of), hello_(hello) {}

    server_choice choose() const noexcept;

private:
    server_choice choose_for(cipher_suite_id suite) const noexcept;
    const identity* slot_of(key_type type) const noexcept;
    const identity* elliptic_slot() const noexcept;
    const identity* signing_slot() const noexcept;
    bool can_sign(const identity& slot) const noexcept;
    bool has_group_in_common() const noexcept;

    bool tls1_3() const noexcept {
        return hello_.best_version(of_.versions()) == protocol_version::tls1_3;
    }

    server_choice with(const identity* slot) const noexcept {
        return {.identity = static_cast<std::size_t>(slot - of_.identities().data())};
    }

    const context& of_;
    const client_hello& hello_;
};

const identity* chooser::slot_of(key_type type) const noexcept {
    const auto slots = of_.identities();
    const auto found =
        std::ranges::find_if(slots, [type](const identity& slot) { return slot.type == type; });
    return found == slots.end() ? nullptr : &*found;
}

/// The first identity that can sign with a scheme of the client's, in the client's order.
const identity* chooser::signing_slot() const noexcept {
    for (std::size_t i = 0; i < hello_.signature_algorithms.size() / 2; ++i) {
        const auto scheme =
            static_cast<signature_scheme>(number_at(hello_.signature_algorithms, i));
        const auto own = own_schemes(of_);
        if (std::ranges::find(own, scheme) == own.end() || (tls1_3() && is_pkcs1(scheme))) {
            continue;
        }
        if (const identity* slot = slot_of(type_for(scheme))) {
            return slot;
        }
    }
    return nullptr;
}

bool chooser::can_sign(const identity& slot) const noexcept {
    if (hello_.signature_algorithms.empty()) {
        return true;  // Which means SHA-1 (RFC 5246, section 7.4.1.4.1): wolfSSL will say.
    }
    for (std::size_t i = 0; i < hello_.signature_algorithms.size() / 2; ++i) {
        const auto scheme =
            static_cast<signature_scheme>(number_at(hello_.signature_algorithms, i));
        const auto own = own_schemes(of_);
        if (std::ranges::find(own, scheme) != own.end() && type_for(scheme) == slot.type) {
            return true;
        }
    }
    return false;
}

bool chooser::has_group_in_common() const noexcept {
    std::array<named_group, 1> none{};
    // Below TLS 1.3 a client may leave them all to the server (RFC 8422, section 4).
    return (hello_.supported_groups.empty() && !tls1_3()) || of_.groups().empty() ||
           shared_groups(of_, hello_, none) != 0;
}

/// Any of the elliptic identities, which share suites.
const identity* chooser::elliptic_slot() const noexcept {
    for (const key_type type : {key_type::ecdsa, key_type::ed25519, key_type::ed448}) {
        const identity* slot = slot_of(type);
        if (slot != nullptr && can_sign(*slot)) {
            return slot;
        }
    }
    return nullptr;
}

/// What comes of a suite that both have.
server_choice chooser::choose_for(cipher_suite_id suite) const noexcept {
    if (is_dhe(suite)) {
        if (!of_.has_dh_parameters()) {
            return {.refusal = {.code = errc::no_shared_cipher}};
        }
    } else if (!has_group_in_common()) {
        return {.refusal = {.code = errc::no_shared_group}};
    }
    const bool elliptic = is_in(elliptic_suites, suite);
    const identity* slot = elliptic ? elliptic_slot() : slot_of(key_type::rsa);
    const bool any = elliptic ? slot_of(key_type::ecdsa) != nullptr ||
                                    slot_of(key_type::ed25519) != nullptr ||
                                    slot_of(key_type::ed448) != nullptr
                              : slot != nullptr;
    if (!any) {
        return {.refusal = {.code = errc::no_shared_cipher}};
    }
    if (slot == nullptr || !can_sign(*slot)) {
        return {.refusal = {.code = errc::no_shared_signature_algorithm}};
    }
    return with(slot);
}

server_choice chooser::choose() const noexcept {
    const auto version = hello_.best_version(of_.versions());
    if (!version) {
        return {.refusal = {.code = errc::unsupported_protocol}};
    }
    const bool recent = tls1_3();
    const auto fits = [&](cipher_suite_id suite) {
        return is_tls1_3(suite) == recent && hello_.offers(suite);
    };
    const auto own = of_.suites();
    if (recent) {
        if (std::ranges::none_of(own, fits)) {
            return {.refusal = {.code = errc::no_shared_cipher}};
        }
        if (!has_group_in_common()) {
            return {.refusal = {.code = errc::no_shared_group}};
        }
        const identity* slot = signing_slot();
        return slot != nullptr
                   ? with(slot)
                   : server_choice{.refusal = {.code = errc::no_shared_signature_algorithm}};
    }
    // As the library will choose the suite: in the order that counts, the first that can be used.
    server_choice first{.refusal = {.code = errc::no_shared_cipher}};
    const auto try_suite = [&](cipher_suite_id suite) {
        const server_choice choice = choose_for(suite);
        if (!choice.refusal || first.refusal.code == errc::no_shared_cipher) {
            first = choice;
        }
        return !choice.refusal;
    };
    if (of_.honors_cipher_order()) {
        static_cast<void>(std::ranges::any_of(
            own, [&](cipher_suite_id suite) { return fits(suite) && try_suite(suite); }));
        return first;
    }
    for (std::size_t i = 0; i < hello_.cipher_suites.size() / 2; ++i) {
        const auto suite = static_cast<cipher_suite_id>(number_at(hello_.cipher_suites, i));
        if (!is_tls1_3(suite) && std::ranges::find(own, suite) != own.end() && try_suite(suite)) {
            break;
        }
    }
    return first;
}

}  // namespace

bool is_dhe(cipher_suite_id suite) noexcept {
    return is_in(dhe_suites, suite);
}

server_choice choose(const context& of, const client_hello& hello) noexcept {
    return chooser(of, hello).choose();
}

std::size_t shared_schemes(const context& of,
                           const client_hello& hello,
                           std::span<signature_scheme> schemes) noexcept {
    const auto own = own_schemes(of);
    std::size_t count = 0;
    for (std::size_t i = 0; i < hello.signature_algorithms.size() / 2; ++i) {
        const auto scheme = static_cast<signature_scheme>(number_at(hello.signature_algorithms, i));
        if (std::ranges::find(own, scheme) == own.end()) {
            continue;
        }
        if (count < schemes.size()) {
            schemes[count] = scheme;
        }
        ++count;
    }
    return count;
}

std::size_t shared_groups(const context& of,
                          const client_hello& hello,
                          std::span<named_group> groups) noexcept {
    const auto own = of.groups();
    std::size_t count = 0;
    for (std::size_t i = 0; i < hello.supported_groups.size() / 2; ++i) {
        const auto group = static_cast<named_group>(number_at(hello.supported_groups, i));
        if (std::ranges::find(own, group) == own.end()) {
            continue;
        }
        if (count < groups.size()) {
            groups[count] = group;
        }
        ++count;
    }
    return count;
}

}  // namespace polytls::wolfssl
