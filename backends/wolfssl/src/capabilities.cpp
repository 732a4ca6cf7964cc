#include "capabilities.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace polytls::wolfssl {
namespace {

constexpr capability full_report[] = {
    {feature::tls1_0, support::no, "Debian's builds of wolfSSL leave it out"},
    {feature::tls1_1, support::no,
     "wolfSSL speaks it only with SHA-1 signatures, which are below the security kept here"},
    {feature::tls1_2, support::yes},
    {feature::tls1_3, support::yes},
    {feature::alpn, support::limited,
     "wolfSSL offers no protocol with a comma or a NUL in its name, by which it splits lists"},
    {feature::server_name, support::yes},
    {feature::client_certificates, support::yes},
    {feature::encrypted_keys, support::limited, "wolfSSL reads no PKCS#8 whose key scrypt derives"},
    {feature::session_tickets, support::yes},
    {feature::partial_chain, support::yes},
    {feature::crl, support::yes},
    {feature::exporter, support::yes},
    {feature::finished, support::yes},
    {feature::session_store, support::yes},
    {feature::shared_ticket_keys, support::yes},
    {feature::ocsp_stapling, support::no,
     "wolfSSL sends a response only after verifying it against anchors that clients would then be "
     "judged by, too"},
    {feature::key_log, support::limited,
     "wolfSSL gives no secrets of TLS 1.3 unless it is built to"},
    {feature::renegotiation, support::no, "Debian's builds of wolfSSL leave it out"},
    {feature::npn, support::no, "wolfSSL does not have it"},
    {feature::dhparam, support::yes},
    {feature::pkcs12, support::limited, "wolfSSL does not decrypt RC2"},
    {feature::ocsp_response, support::no,
     "wolfSSL verifies a response itself, ends the handshake over one that it cannot verify, and "
     "does not hand over any"},
    {feature::signature_algorithms, support::yes},
    {feature::ephemeral_key, support::yes},
    {feature::ed25519, support::yes},
    {feature::rsa_pss, support::no,
     "wolfSSL 5.5 signs by another scheme than such a key allows, and refuses a peer's"},
    {feature::verify_detail, support::yes},
    {feature::chosen_alert, support::limited,
     "under TLS 1.3 wolfSSL chooses the alert, and cannot be told which"},
    {feature::name_constraints, support::yes},
    {feature::critical_extensions, support::no,
     "wolfSSL refuses such a certificate before it asks anybody"},
    {feature::long_chains, support::no, "wolfSSL takes nine certificates from a peer"},
    {feature::fragmented_handshakes, support::yes},
    {feature::private_key_operations, support::no,
     "wolfSSL's callbacks for signatures cannot wait for an answer, and are not used here"},
    {feature::key_update, support::limited,
     "wolfSSL asks the peer to change its keys with every other update, wanted or not"},
    {feature::psk, support::no, "wolfSSL's pre-shared keys are not used here"},
};

constexpr cipher_suite_id id(std::uint16_t number) noexcept {
    return static_cast<cipher_suite_id>(number);
}

/// ChaCha20 first: Debian builds wolfSSL without the processor's instructions for AES.
constexpr cipher_suite_id suites[] = {
    // TLS 1.3
    id(0x1303), id(0x1301), id(0x1302), id(0x1304),
    // ECDHE with AEAD
    id(0xcca9), id(0xcca8), id(0xc02b), id(0xc02f), id(0xc02c), id(0xc030), id(0xc0ac),
    // DHE with AEAD
    id(0xccaa), id(0x009e), id(0x009f),
    // ECDHE and DHE with CBC
    id(0xc023), id(0xc027), id(0xc024), id(0xc028), id(0x0067), id(0x006b), id(0xc009), id(0xc013),
    id(0xc00a), id(0xc014), id(0x0033), id(0x0039)};

struct group_name {
    named_group group;
    const char* wanted;        ///< As a list of groups has it.
    std::string_view told[2];  ///< As wolfSSL says it.
};

constexpr group_name group_names[] = {
    {named_group::x25519, "X25519", {"X25519", "X25519"}},
    {named_group::secp256r1, "P-256", {"SECP256R1", "prime256v1"}},
    {named_group::secp384r1, "P-384", {"SECP384R1", "secp384r1"}},
    {named_group::secp521r1, "P-521", {"SECP521R1", "secp521r1"}},
    {named_group::x448, "X448", {"X448", "X448"}},
    {named_group::ffdhe2048, nullptr, {"FFDHE_2048", "FFDHE_2048"}},
    {named_group::ffdhe3072, nullptr, {"FFDHE_3072", "FFDHE_3072"}},
    {named_group::ffdhe4096, nullptr, {"FFDHE_4096", "FFDHE_4096"}},
};

constexpr named_group ordered_groups[] = {named_group::x25519, named_group::secp256r1,
                                          named_group::secp384r1, named_group::secp521r1,
                                          named_group::x448};

}  // namespace

capability_report capabilities() noexcept {
    return full_report;
}

std::span<const cipher_suite_id> cipher_suites() noexcept {
    return suites;
}

std::span<const named_group> groups() noexcept {
    return ordered_groups;
}

bool use_group_list(WOLFSSL_CTX* ctx, std::span<const named_group> groups) noexcept {
    std::array<char, std::size(group_names) * 8> list{};
    char* at = list.data();
    for (const named_group group : groups) {
        const auto* known = std::ranges::find(group_names, group, &group_name::group);
        if (known == std::end(group_names) || known->wanted == nullptr ||
            static_cast<std::size_t>(at - list.data()) + 8 > list.size()) {
            return false;
        }
        if (at != list.data()) {
            *at++ = ':';
        }
        at = std::ranges::copy(std::string_view(known->wanted), at).out;
    }
    return wolfSSL_CTX_set1_curves_list(ctx, list.data()) == WOLFSSL_SUCCESS;
}

named_group group_of(const char* name) noexcept {
    if (name != nullptr) {
        for (const group_name& known : group_names) {
            if (std::ranges::find(known.told, std::string_view(name)) != std::end(known.told)) {
                return known.group;
            }
        }
    }
    return named_group::none;
}

}  // namespace polytls::wolfssl
