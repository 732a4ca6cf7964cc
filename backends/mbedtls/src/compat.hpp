#pragma once

#include <polytls/core/bytes.hpp>

#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>

/// The one place that knows of mbedTLS's versions, and of what its headers keep to themselves:
/// members that have no accessor, and functions whose parameters changed from 2.28 to 3.
#if MBEDTLS_VERSION_NUMBER < 0x021c0000 || MBEDTLS_VERSION_NUMBER >= 0x03000000
#error "polytls needs mbedTLS 2.28"
#endif

#include <mbedtls/pk_internal.h>
#include <mbedtls/ssl_internal.h>

#if !defined(MBEDTLS_SSL_PROTO_TLS1_2) || !defined(MBEDTLS_SSL_SESSION_TICKETS) ||                 \
    !defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE) || !defined(MBEDTLS_SSL_RENEGOTIATION) ||          \
    !defined(MBEDTLS_SSL_ALPN) || !defined(MBEDTLS_SSL_EXPORT_KEYS) ||                             \
    !defined(MBEDTLS_X509_CRL_PARSE_C) || !defined(MBEDTLS_PEM_PARSE_C)
#error "this mbedTLS was built without something that polytls needs"
#endif

namespace polytls::mbedtls::compat {

inline int state_of(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.state;
}

inline bool handshake_over(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.state == MBEDTLS_SSL_HANDSHAKE_OVER;
}

/// The session of the handshake under way, or else that of the connection; null when there is none.
inline mbedtls_ssl_session* session_of(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.session_negotiate != nullptr ? ssl.session_negotiate : ssl.session;
}

/// The session of the connection as it stands; before that, that of the handshake.
inline mbedtls_ssl_session* standing_session_of(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.session != nullptr ? ssl.session : ssl.session_negotiate;
}

inline bytes ticket_of(const mbedtls_ssl_session& session) noexcept {
    return {session.ticket, session.ticket_len};
}

inline bytes id_of(const mbedtls_ssl_session& session) noexcept {
    return {session.id, session.id_len};
}

inline int suite_of(const mbedtls_ssl_session& session) noexcept {
    return session.ciphersuite;
}

/// The certificates that the peer sent; null when there are none.
inline mbedtls_x509_crt* peer_chain_of(const mbedtls_ssl_session& session) noexcept {
    return session.peer_cert;
}

inline std::uint32_t verify_flags_of(const mbedtls_ssl_session& session) noexcept {
    return session.verify_result;
}

/// The header of the record that came last or is coming.
inline bytes record_header(const mbedtls_ssl_context& ssl) noexcept {
    return {ssl.in_hdr, 5};
}

/// No byte of the next record has come.
inline bool between_records(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.in_left == 0;
}

/// The kind of the record that was decrypted last.
inline int record_type(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.in_msgtype;
}

/// Level and description of the alert that came last; only where `record_type` says that it is one.
inline bytes alert_of(const mbedtls_ssl_context& ssl) noexcept {
    return {ssl.in_msg, 2};
}

/// Something that was written waits for room.
inline bool has_pending_output(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.out_left != 0;
}

inline bool sends_in_the_clear(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.transform_out == nullptr;
}

inline bytes own_finished(const mbedtls_ssl_context& ssl) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(ssl.own_verify_data), ssl.verify_data_len};
}

inline bytes peer_finished(const mbedtls_ssl_context& ssl) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(ssl.peer_verify_data), ssl.verify_data_len};
}

inline bool renegotiates_securely(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.secure_renegotiation == MBEDTLS_SSL_SECURE_RENEGOTIATION;
}

/// Forgets that a server has asked for a new handshake: mbedTLS would ask again with each record
/// that comes before the answer, and clients of mbedTLS die of that.
inline void forget_request(mbedtls_ssl_context& ssl) noexcept {
    ssl.renego_status = MBEDTLS_SSL_INITIAL_HANDSHAKE;
}

/// The group of an ECDHE exchange that is under way; `MBEDTLS_ECP_DP_NONE` when there is none.
inline mbedtls_ecp_group_id group_of(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.handshake == nullptr ? MBEDTLS_ECP_DP_NONE : ssl.handshake->ecdh_ctx.grp.id;
}

/// The size in bits of the prime of a DHE exchange that is under way; 0 when there is none.
inline std::size_t dh_size_of(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.handshake == nullptr ? 0 : mbedtls_mpi_bitlen(&ssl.handshake->dhm_ctx.P);
}

inline std::size_t size_of(const mbedtls_dhm_context& dh) noexcept {
    return mbedtls_mpi_bitlen(&dh.P);
}

inline void use_tls1_2(mbedtls_ssl_config& conf) noexcept {
    mbedtls_ssl_conf_min_version(&conf, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_max_version(&conf, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}

using group_list = mbedtls_ecp_group_id;

inline void use_groups(mbedtls_ssl_config& conf, const group_list* groups) noexcept {
    mbedtls_ssl_conf_curves(&conf, groups);
}

/// Digests of at least 112 bits of security, which signatures in handshakes are made with.
inline void use_strong_digests(mbedtls_ssl_config& conf) noexcept {
    static constexpr int digests[] = {MBEDTLS_MD_SHA512, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA256,
                                      MBEDTLS_MD_NONE};
    mbedtls_ssl_conf_sig_hashes(&conf, digests);
}

inline int read_key(mbedtls_pk_context& key, bytes data, bytes passphrase) noexcept {
    return mbedtls_pk_parse_key(&key, data.data(), data.size(), passphrase.data(),
                                passphrase.size());
}

inline int check_pair(const mbedtls_pk_context& certified, const mbedtls_pk_context& key) noexcept {
    return mbedtls_pk_check_pair(&certified, &key);
}

inline bytes content_of(const mbedtls_pem_context& block) noexcept {
    return {block.buf, block.buflen};
}

/// The digest that a certificate is signed with.
inline mbedtls_md_type_t digest_of(const mbedtls_x509_crt& certificate) noexcept {
    return certificate.sig_md;
}

/// Checks what a certificate or a revocation list is signed with.
template <class Signed>
bool is_signed_by(const Signed& what, bytes content, mbedtls_pk_context& key) noexcept {
    const mbedtls_md_info_t* digest = mbedtls_md_info_from_type(what.sig_md);
    unsigned char hash[MBEDTLS_MD_MAX_SIZE];
    return digest != nullptr && mbedtls_md(digest, content.data(), content.size(), hash) == 0 &&
           mbedtls_pk_can_do(&key, what.sig_pk) == 1 &&
           mbedtls_pk_verify_ext(what.sig_pk, what.sig_opts, &key, what.sig_md, hash,
                                 mbedtls_md_get_size(digest), what.sig.p, what.sig.len) == 0;
}

/// Has what the keys of a connection are made from told to `take`.
inline void
use_key_export(mbedtls_ssl_config& conf, mbedtls_ssl_export_keys_ext_t* take, void* user) noexcept {
    mbedtls_ssl_conf_export_keys_ext_cb(&conf, take, user);
}

/// Puts one session in the place of another; the one is then empty.
inline void move_session(mbedtls_ssl_session& from, mbedtls_ssl_session& to) noexcept {
    mbedtls_ssl_session_free(&to);
    to = from;
    mbedtls_platform_zeroize(&from, sizeof from);
}

/// How a suite's keys are agreed on.
enum class key_exchange : std::uint8_t { other, rsa, dhe, ecdhe };

inline key_exchange key_exchange_of(int suite) noexcept {
    const mbedtls_ssl_ciphersuite_t* known = mbedtls_ssl_ciphersuite_from_id(suite);
    switch (known == nullptr ? MBEDTLS_KEY_EXCHANGE_NONE : known->key_exchange) {
    case MBEDTLS_KEY_EXCHANGE_RSA:
        return key_exchange::rsa;
    case MBEDTLS_KEY_EXCHANGE_DHE_RSA:
        return key_exchange::dhe;
    case MBEDTLS_KEY_EXCHANGE_ECDHE_RSA:
    case MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA:
        return key_exchange::ecdhe;
    default:
        return key_exchange::other;
    }
}

/// A client waits for a ticket that the server has announced.
inline bool expects_ticket(const mbedtls_ssl_context& ssl) noexcept {
    return ssl.handshake != nullptr && ssl.handshake->new_session_ticket != 0;
}

/// No key usage is named, or all of these are among it.
inline bool allows_usage(const mbedtls_x509_crt& certificate, unsigned usage) noexcept {
    return mbedtls_x509_crt_check_key_usage(&certificate, usage) == 0;
}

/// Has a server show a certificate of ours whatever it says that its key is for, which is for the
/// peer to judge.
inline void forget_usage(mbedtls_x509_crt& own) noexcept {
    own.ext_types &= ~(MBEDTLS_X509_EXT_KEY_USAGE | MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE);
}

/// The longest path below an issuer that it allows, itself not counted; -1 for any.
inline int path_length(const mbedtls_x509_crt& certificate) noexcept {
    return certificate.max_pathlen - 1;
}

inline bool is_ca(const mbedtls_x509_crt& certificate) noexcept {
    return certificate.version < 3 || certificate.ca_istrue != 0;
}

}  // namespace polytls::mbedtls::compat
