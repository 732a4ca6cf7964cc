#include "capabilities.hpp"

#include "late_answers.hpp"

#include <openssl/obj_mac.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace polytls::openssl {
namespace {

constexpr std::string_view old_versions =
    "OpenSSL 3 speaks it at security level 0 only, where weak keys and digests pass, too";

constexpr capability full_report[] = {
    {feature::tls1_0, support::no, old_versions},
    {feature::tls1_1, support::no, old_versions},
    {feature::tls1_2, support::yes},
    {feature::tls1_3, support::yes},
    {feature::alpn, support::yes},
    {feature::server_name, support::yes},
    {feature::client_certificates, support::yes},
    {feature::encrypted_keys, support::yes},
    {feature::session_tickets, support::yes},
    {feature::partial_chain, support::yes},
    {feature::crl, support::yes},
    {feature::exporter, support::yes},
    {feature::finished, support::yes},
    {feature::session_store, support::yes},
    {feature::shared_ticket_keys, support::yes},
    {feature::ocsp_stapling, support::yes},
    {feature::key_log, support::yes},
    {feature::renegotiation, support::yes},
    {feature::npn, support::yes},
    {feature::dhparam, support::yes},
    {feature::pkcs12, support::limited,
     "files encrypted with RC2-40 need OpenSSL's legacy provider, which is not loaded"},
    {feature::ocsp_response, support::yes},
    {feature::signature_algorithms, support::yes},
    {feature::ephemeral_key, support::yes},
    {feature::ed25519, support::yes},
    {feature::rsa_pss, support::yes},
    {feature::verify_detail, support::yes},
    {feature::chosen_alert, support::yes},
    {feature::name_constraints, support::yes},
    {feature::critical_extensions, support::yes},
    {feature::long_chains, support::yes},
    {feature::fragmented_handshakes, support::yes},
    {feature::private_key_operations, support::yes},
    {feature::key_update, support::yes},
    {feature::psk, support::yes},
};

/// What the report says where the platform has no stacks to wait on.
constexpr std::string_view at_once_only =
    "the answer has to come at once: OpenSSL's asynchronous jobs do not work on this platform";

class own_report {
public:
    own_report() noexcept {
        std::copy(std::begin(full_report), std::end(full_report), lines_);
        if (!late_answers::can_wait()) {
            for (const feature one : {feature::private_key_operations, feature::psk}) {
                lines_[static_cast<std::size_t>(one)] = {one, support::limited, at_once_only};
            }
        }
    }

    capability_report lines() const noexcept { return lines_; }

private:
    capability lines_[std::size(full_report)];
};

constexpr cipher_suite_id id(std::uint16_t number) noexcept {
    return static_cast<cipher_suite_id>(number);
}

/// AES first: OpenSSL has it in hardware wherever there is any.
///
/// The CCM suites with short tags are left out, since OpenSSL 3.2 moved them to security level 0.
/// A server offers DHE only with parameters of its own, which a client needs not.
constexpr cipher_suite_id suites[] = {
    // TLS 1.3
    id(0x1302), id(0x1303), id(0x1301), id(0x1304),
    // ECDHE with AEAD
    id(0xc02c), id(0xc030), id(0xcca9), id(0xcca8), id(0xc02b), id(0xc02f), id(0xc0ad), id(0xc0ac),
    // DHE with AEAD
    id(0x009f), id(0xccaa), id(0x009e), id(0xc09f), id(0xc09e),
    // ECDHE and DHE with CBC
    id(0xc024), id(0xc028), id(0xc023), id(0xc027), id(0x006b), id(0x0067), id(0xc00a), id(0xc014),
    id(0xc009), id(0xc013), id(0x0039), id(0x0033),
    // RSA key exchange: not forward secret
    id(0x009d), id(0x009c), id(0xc09d), id(0xc09c), id(0x003d), id(0x003c), id(0x0035), id(0x002f),
    // Pre-shared keys: ECDHE-PSK, DHE-PSK, and PSK alone, which is not forward secret
    id(0xccac), id(0xc038), id(0xc037), id(0x00ab), id(0xccad), id(0x00aa), id(0xc0a7), id(0xc0a6),
    id(0x00b3), id(0x00b2), id(0x00a9), id(0xccab), id(0x00a8), id(0xc0a5), id(0xc0a4), id(0x00af),
    id(0x00ae)};

struct group_number {
    named_group group;
    int nid;
};

constexpr group_number group_numbers[] = {
    {named_group::x25519, NID_X25519},       {named_group::secp256r1, NID_X9_62_prime256v1},
    {named_group::secp384r1, NID_secp384r1}, {named_group::secp521r1, NID_secp521r1},
    {named_group::x448, NID_X448},           {named_group::ffdhe2048, NID_ffdhe2048},
    {named_group::ffdhe3072, NID_ffdhe3072}, {named_group::ffdhe4096, NID_ffdhe4096},
};

constexpr named_group ordered_groups[] = {
    named_group::x25519, named_group::secp256r1, named_group::secp384r1, named_group::secp521r1,
    named_group::x448,   named_group::ffdhe2048, named_group::ffdhe3072, named_group::ffdhe4096};

}  // namespace

capability_report capabilities() noexcept {
    static const own_report only;
    return only.lines();
}

std::span<const cipher_suite_id> cipher_suites() noexcept {
    return suites;
}

std::span<const named_group> groups() noexcept {
    return ordered_groups;
}

int nid_of(named_group group) noexcept {
    for (const group_number& known : group_numbers) {
        if (known.group == group) {
            return known.nid;
        }
    }
    return 0;
}

named_group group_of(int nid) noexcept {
    for (const group_number& known : group_numbers) {
        if (known.nid == nid) {
            return known.group;
        }
    }
    return named_group::none;
}

}  // namespace polytls::openssl
