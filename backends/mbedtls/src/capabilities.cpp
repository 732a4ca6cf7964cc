#include "capabilities.hpp"

#include <algorithm>
#include <iterator>

namespace polytls::mbedtls {
namespace {

constexpr std::string_view no_hook =
    "mbedTLS has no hook for extensions and messages that it does not know itself";
constexpr std::string_view no_such_keys = "mbedTLS reads keys of RSA and of elliptic curves only";

constexpr capability report[] = {
    {feature::tls1_0, support::no,
     "mbedTLS 2.28 signs its handshakes with MD5 and SHA-1, which are weak, and 3 has it no more"},
    {feature::tls1_1, support::no,
     "mbedTLS 2.28 signs its handshakes with MD5 and SHA-1, which are weak, and 3 has it no more"},
    {feature::tls1_2, support::yes},
    {feature::tls1_3, support::no, "mbedTLS 2.28 does not have it; 3.6 does"},
    {feature::alpn, support::limited,
     "mbedTLS takes protocols as C strings: a name with a NUL in it cannot be negotiated"},
    {feature::server_name, support::yes},
    {feature::client_certificates, support::yes},
    {feature::encrypted_keys, support::limited, "mbedTLS has no scrypt"},
    {feature::session_tickets, support::yes},
    {feature::partial_chain, support::limited,
     "mbedTLS takes any CA for an anchor, but a leaf only if it is self-signed"},
    {feature::crl, support::yes},
    {feature::exporter, support::yes},
    {feature::finished, support::yes},
    {feature::session_store, support::yes},
    {feature::shared_ticket_keys, support::yes},
    {feature::ocsp_stapling, support::no, no_hook},
    {feature::key_log, support::yes},
    {feature::renegotiation, support::yes},
    {feature::npn, support::no, no_hook},
    {feature::dhparam, support::yes},
    {feature::pkcs12, support::limited, "mbedTLS has no RC2"},
    {feature::ocsp_response, support::no, no_hook},
    {feature::signature_algorithms, support::no,
     "mbedTLS 2.28 is told which digests handshakes are signed with, but not which schemes"},
    {feature::ephemeral_key, support::yes},
    {feature::ed25519, support::no, no_such_keys},
    {feature::rsa_pss, support::no, no_such_keys},
    {feature::verify_detail, support::yes},
    {feature::chosen_alert, support::yes},
    {feature::name_constraints, support::no,
     "mbedTLS does not read certificates in which they are critical"},
    {feature::critical_extensions, support::no,
     "mbedTLS does not read certificates with critical extensions that it does not know"},
    {feature::long_chains, support::no, "mbedTLS is built for no more than 8 issuers in a chain"},
    {feature::fragmented_handshakes, support::no,
     "mbedTLS 2.28 takes only handshake messages that lie whole in a record"},
    {feature::private_key_operations, support::no, "the adapter does not offer it yet"},
    {feature::key_update, support::no, "it belongs to TLS 1.3, which mbedTLS 2.28 does not have"},
    {feature::psk, support::no, "mbedTLS's pre-shared keys are not used here"},
};

constexpr cipher_suite_id id(std::uint16_t number) noexcept {
    return static_cast<cipher_suite_id>(number);
}

/// ChaCha20 first: mbedTLS does GCM block by block, and takes twice the time for it even where
/// there are instructions for AES.
///
/// The CCM suites with short tags are left out, as with other backends; so are Camellia and ARIA,
/// which they do not have. A server offers DHE only with parameters of its own.
constexpr cipher_suite_id suites[] = {
    // ECDHE with AEAD
    id(0xcca9), id(0xcca8), id(0xc02b), id(0xc02f), id(0xc02c), id(0xc030), id(0xc0ac), id(0xc0ad),
    // DHE with AEAD
    id(0xccaa), id(0x009e), id(0x009f), id(0xc09e), id(0xc09f),
    // ECDHE and DHE with CBC
    id(0xc023), id(0xc027), id(0xc024), id(0xc028), id(0x0067), id(0x006b), id(0xc009), id(0xc013),
    id(0xc00a), id(0xc014), id(0x0033), id(0x0039),
    // RSA key exchange: not forward secret
    id(0x009c), id(0x009d), id(0xc09c), id(0xc09d), id(0x003c), id(0x003d), id(0x002f), id(0x0035)};

struct group_number {
    named_group group;
    mbedtls_ecp_group_id number;
};

constexpr group_number group_numbers[] = {
    {named_group::x25519, MBEDTLS_ECP_DP_CURVE25519},
    {named_group::secp256r1, MBEDTLS_ECP_DP_SECP256R1},
    {named_group::secp384r1, MBEDTLS_ECP_DP_SECP384R1},
    {named_group::secp521r1, MBEDTLS_ECP_DP_SECP521R1},
};

constexpr named_group ordered_groups[] = {named_group::x25519, named_group::secp256r1,
                                          named_group::secp384r1, named_group::secp521r1};

}  // namespace

capability_report capabilities() noexcept {
    return report;
}

std::span<const cipher_suite_id> cipher_suites() noexcept {
    return suites;
}

std::span<const named_group> groups() noexcept {
    return ordered_groups;
}

mbedtls_ecp_group_id number_of(named_group group) noexcept {
    const auto* found = std::find_if(std::begin(group_numbers), std::end(group_numbers),
                                     [group](auto known) { return known.group == group; });
    return found == std::end(group_numbers) ? MBEDTLS_ECP_DP_NONE : found->number;
}

named_group group_of(mbedtls_ecp_group_id number) noexcept {
    const auto* found = std::find_if(std::begin(group_numbers), std::end(group_numbers),
                                     [number](auto known) { return known.number == number; });
    return found == std::end(group_numbers) ? named_group::none : found->group;
}

}  // namespace polytls::mbedtls
