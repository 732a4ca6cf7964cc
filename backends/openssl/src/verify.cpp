#include "verify.hpp"

#include "engine.hpp"
#include "errors.hpp"
#include "key_material.hpp"
#include "memory.hpp"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <optional>

namespace polytls::openssl {
namespace {

/// Longer paths are refused; OpenSSL's own limit is 100 certificates.
constexpr std::size_t longest_path = 32;

/// What OpenSSL says of each certificate while it verifies.
struct examination {
    std::array<path_element, longest_path> path{};
    bool flawless = true;
};

struct mapping {
    int native;
    fault found;
};

constexpr mapping mappings[] = {
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, fault::issuer_unknown},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, fault::issuer_unknown},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, fault::issuer_unknown},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, fault::issuer_unknown},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, fault::issuer_unknown},
    {X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, fault::bad_signature},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, fault::bad_signature},
    {X509_V_ERR_CERT_NOT_YET_VALID, fault::not_yet_valid},
    {X509_V_ERR_CERT_HAS_EXPIRED, fault::expired},
    {X509_V_ERR_CERT_REVOKED, fault::revoked},
    {X509_V_ERR_UNABLE_TO_GET_CRL, fault::crl_missing},
    {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, fault::crl_missing},
    {X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, fault::crl_bad_signature},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, fault::crl_bad_signature},
    {X509_V_ERR_CRL_NOT_YET_VALID, fault::crl_not_yet_valid},
    {X509_V_ERR_CRL_HAS_EXPIRED, fault::crl_expired},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, fault::chain_too_long},
    {X509_V_ERR_INVALID_CA, fault::not_a_ca},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, fault::not_a_ca},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, fault::path_too_long},
    {X509_V_ERR_INVALID_PURPOSE, fault::wrong_purpose},
    {X509_V_ERR_PERMITTED_VIOLATION, fault::name_constraint},
    {X509_V_ERR_EXCLUDED_VIOLATION, fault::name_constraint},
    {X509_V_ERR_SUBTREE_MINMAX, fault::name_constraint},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, fault::name_constraint},
    {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, fault::critical_extension},
    {X509_V_ERR_EE_KEY_TOO_SMALL, fault::weak_key},
    {X509_V_ERR_CA_KEY_TOO_SMALL, fault::weak_key},
    {X509_V_ERR_CA_MD_TOO_WEAK, fault::weak_digest},
};

fault fault_of(int native) noexcept {
    const auto* found = std::find_if(std::begin(mappings), std::end(mappings),
                                     [native](auto entry) { return entry.native == native; });
    return found == std::end(mappings) ? fault::other : found->found;
}

/// OpenSSL chooses the alert by the code of the verification error: this is a code for each alert.
int error_for(alert_description alert) noexcept {
    switch (alert) {
    case alert_description::bad_certificate:
        return X509_V_ERR_HOSTNAME_MISMATCH;
    case alert_description::unsupported_certificate:
        return X509_V_ERR_INVALID_PURPOSE;
    case alert_description::certificate_revoked:
        return X509_V_ERR_CERT_REVOKED;
    case alert_description::certificate_expired:
        return X509_V_ERR_CERT_HAS_EXPIRED;
    case alert_description::unknown_ca:
        return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    case alert_description::decrypt_error:
        return X509_V_ERR_CERT_SIGNATURE_FAILURE;
    case alert_description::handshake_failure:
        return X509_V_ERR_APPLICATION_VERIFICATION;
    case alert_description::internal_error:
        return X509_V_ERR_OUT_OF_MEM;
    default:
        return X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION;  // certificate_unknown
    }
}

engine& engine_of(X509_STORE_CTX* store) noexcept {
    void* ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    return engine::of(static_cast<SSL*>(ssl));
}

int note_fault(int ok, X509_STORE_CTX* store) noexcept {
    if (ok != 1) {
        auto& noted = *static_cast<examination*>(X509_STORE_CTX_get_app_data(store));
        const int depth = X509_STORE_CTX_get_error_depth(store);
        const std::size_t place =
            std::min(static_cast<std::size_t>(std::max(depth, 0)), longest_path - 1);
        noted.path[place].faults |= fault_of(X509_STORE_CTX_get_error(store));
        noted.flawless = false;
    }
    // Going on makes OpenSSL say everything that is wrong: the verdict is not its to give.
    return 1;
}

/// Writes the path's certificates one after the other, and points the path at them.
std::size_t encode_path(STACK_OF(X509) * chain,
                        std::array<path_element, longest_path>& path,
                        scratch& room) noexcept {
    std::uint8_t* at = room.data();
    std::size_t size = 0;
    for (int i = 0; i < sk_X509_num(chain) && size < longest_path; ++i) {
        std::uint8_t* from = at;
        if (i2d_X509(sk_X509_value(chain, i), &at) < 0) {
            break;
        }
        path[size++].der = {from, at};
    }
    return size;
}

std::size_t encoded_size(STACK_OF(X509) * chain) noexcept {
    std::size_t size = 0;
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        size += static_cast<std::size_t>(std::max(i2d_X509(sk_X509_value(chain, i), nullptr), 0));
    }
    return size;
}

/// Puts to `by` what was noted; nothing without the memory for it.
std::optional<spi::peer_judgement>
judgement_of(X509_STORE_CTX* store, examination& noted, spi::peer_judge& by) noexcept {
    STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(store);
    const auto length = static_cast<std::size_t>(std::max(sk_X509_num(chain), 0));
    scratch room(encoded_size(chain));
    if (room.data() == nullptr || length == 0) {
        return std::nullopt;
    }
    if (length > longest_path) {
        noted.path.back().faults |= fault::chain_too_long;
        noted.flawless = false;
    }
    const std::size_t size = encode_path(chain, noted.path, room);
    const auto from_store = static_cast<std::size_t>(X509_STORE_CTX_get_num_untrusted(store));
    for (std::size_t i = from_store; i < size; ++i) {
        noted.path[i].anchor = true;
    }
    const STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store);
    return by.judge_peer({.path = std::span(noted.path).first(size),
                          .sent = static_cast<std::size_t>(std::max(sk_X509_num(sent), 1)),
                          .accepted = noted.flawless});
}

/// Examines the chain that a store's context was made for; nothing when it could not be.
std::optional<spi::peer_judgement> examine(X509_STORE_CTX* store, spi::peer_judge& by) noexcept {
    examination noted;
    X509_STORE_CTX_set_app_data(store, &noted);
    const auto now = static_cast<time_t>(by.now().unix_time.count());
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(store), now);
    X509_STORE_CTX_set_verify_cb(store, note_fault);
    // With a callback that always goes on, anything but 1 means that it could not be examined.
    noted.flawless = X509_verify_cert(store) == 1 && noted.flawless;
    X509_STORE_CTX_set_app_data(store, nullptr);
    return judgement_of(store, noted, by);
}

int verify_chain(X509_STORE_CTX* store, void* /*unused*/) noexcept {
    const error_scope scope;
    const auto judgement = examine(store, engine_of(store).events())
                               .value_or(spi::peer_judgement{
                                   .accept = false, .alert = alert_description::internal_error});
    X509_STORE_CTX_set_error(store, judgement.accept ? X509_V_OK : error_for(judgement.alert));
    return judgement.accept ? 1 : 0;
}

/// Prepares a store's context as libssl does for a chain that a peer has shown (its
/// ssl_verify_cert_chain, which cannot be had without a handshake).
bool prepare(X509_STORE_CTX* store, SSL_CTX* ctx, STACK_OF(X509) * chain, role peer) noexcept {
    if (X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(ctx), sk_X509_value(chain, 0), chain) !=
        1) {
        return false;
    }
    X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(store);
    X509_VERIFY_PARAM_set_auth_level(param, SSL_CTX_get_security_level(ctx));
    return X509_STORE_CTX_set_default(store, peer == role::server ? "ssl_server" : "ssl_client") ==
               1 &&
           X509_VERIFY_PARAM_set1(param, SSL_CTX_get0_param(ctx)) == 1;
}

/// Sees each message before OpenSSL deals with it.
void watch_for_absence(int sent,
                       int /*version*/,
                       int content_type,
                       const void* data,
                       std::size_t size,
                       SSL* ssl,
                       void* /*unused*/) noexcept {
    // Four bytes of header, and an empty list after, under TLS 1.3, an empty context.
    constexpr std::size_t longest_without = 4 + 1 + 3;
    if (sent != 0 || content_type != SSL3_RT_HANDSHAKE || size < 4 || size > longest_without ||
        *static_cast<const unsigned char*>(data) != SSL3_MT_CERTIFICATE) {
        return;
    }
    const error_scope scope;
    if (!engine::of(ssl).events().judge_peer({}).accept) {
        SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
}

}  // namespace

void judge_peers(SSL_CTX* ctx) noexcept {
    SSL_CTX_set_cert_verify_callback(ctx, verify_chain, nullptr);
}

status examine_chain(SSL_CTX* ctx,
                     std::span<const bytes> chain,
                     role peer,
                     spi::peer_judge& judge) noexcept {
    ERR_clear_error();
    const error_scope scope;
    const x509_stack_handle sent(sk_X509_new_null());
    const x509_store_ctx_handle store(X509_STORE_CTX_new());
    if (!sent || !store) {
        return take_error(errc::no_memory);
    }
    if (chain.empty()) {
        return {.code = errc::invalid_argument};
    }
    for (const bytes der : chain) {
        x509_handle certificate = read_certificate(der);
        if (!certificate) {
            return take_error(errc::bad_certificate);
        }
        if (sk_X509_push(sent.get(), certificate.get()) == 0) {
            return take_error(errc::no_memory);
        }
        // The stack owns it now.
        static_cast<void>(certificate.release());
    }
    if (!prepare(store.get(), ctx, sent.get(), peer) || !examine(store.get(), judge)) {
        return take_error(errc::no_memory);
    }
    return {};
}

void judge_absence(SSL* ssl) noexcept {
    // OpenSSL says nothing of a certificate that was asked for and did not come, and once the
    // handshake is over it cannot be made to send an alert. The only place in between is here.
    SSL_set_msg_callback(ssl, watch_for_absence);
}

}  // namespace polytls::openssl
