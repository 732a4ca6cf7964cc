#include "psk.hpp"

#include "engine.hpp"
#include "errors.hpp"
#include "name_list.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cstring>

namespace polytls::openssl {
namespace {

/// Copies a key to where OpenSSL wants it; more than the room ends the handshake.
unsigned give_key(SSL* ssl, const spi::answer& answer, unsigned char* psk, unsigned room) noexcept {
    if (answer.state != spi::answer_state::given || answer.data.size() > room) {
        return room + 1;
    }
    std::copy(answer.data.begin(), answer.data.end(), psk);
    engine::of(ssl).note_psk(!answer.data.empty());
    return static_cast<unsigned>(answer.data.size());
}

unsigned
find_for_server(SSL* ssl, const char* identity, unsigned char* psk, unsigned room) noexcept {
    const error_scope scope;
    const spi::answer answer = engine::of(ssl).find_psk(as_bytes(identity));
    return give_key(ssl, answer, psk, room);
}

unsigned find_for_client(SSL* ssl,
                         const char* hint,
                         char* identity,
                         unsigned identity_room,
                         unsigned char* psk,
                         unsigned room) noexcept {
    const error_scope scope;
    const spi::answer answer = engine::of(ssl).find_psk(hint == nullptr ? bytes{} : as_bytes(hint));
    // The room for the identity includes its NUL.
    if (answer.identity.size() >= identity_room) {
        return room + 1;
    }
    *std::copy(answer.identity.begin(), answer.identity.end(), identity) = '\0';
    return give_key(ssl, answer, psk, room);
}

/// Whether the first key that a client offers may be one of ours, and not a session: OpenSSL takes
/// no longer identities, and its tickets are.
bool may_be_psk(const client_hello* hello) noexcept {
    if (hello == nullptr || hello->pre_shared_keys.size() < 2) {
        return false;
    }
    const bytes identities = hello->pre_shared_keys;
    return static_cast<unsigned>(identities[0] << 8U | identities[1]) <= PSK_MAX_IDENTITY_LEN;
}

bool offers_sha256(const client_hello& hello) noexcept {
    return hello.offers(cipher_suite_id{0x1301}) || hello.offers(cipher_suite_id{0x1303}) ||
           hello.offers(cipher_suite_id{0x1304});
}

/// Puts the TLS 1.3 suites with SHA-256 first, or takes them alone. That is the hash which goes
/// with these keys (RFC 8446, section 4.2.11); with another suite OpenSSL passes the key over.
status prefer_sha256(SSL* ssl, bool alone) noexcept {
    const STACK_OF(SSL_CIPHER)* ciphers = SSL_get_ciphers(ssl);
    const int count = sk_SSL_CIPHER_num(ciphers);
    name_list names(static_cast<std::size_t>(std::max(count, 0)));
    if (!names.usable()) {
        return {.code = errc::no_memory};
    }
    for (const bool sha256 : {true, false}) {
        if (alone && !sha256) {
            break;
        }
        for (int i = 0; i < count; ++i) {
            const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
            const bool has_sha256 =
                EVP_MD_is_a(SSL_CIPHER_get_handshake_digest(cipher), "SHA256") == 1;
            if (SSL_CIPHER_get_kx_nid(cipher) == NID_kx_any && has_sha256 == sha256) {
                names.add(SSL_CIPHER_get_name(cipher));
            }
        }
    }
    return names.empty() || SSL_set_ciphersuites(ssl, names.text()) == 1
               ? status{}
               : take_error(errc::no_cipher_match);
}

}  // namespace

status use_psk(SSL* ssl, const spi::engine_config& config) noexcept {
    if (config.side == role::client) {
        SSL_set_psk_client_callback(ssl, find_for_client);
        // Under TLS 1.3 OpenSSL takes the key for a session, which has no context.
        static constexpr unsigned char no_context[1] = {};
        if (SSL_set_session_id_context(ssl, no_context, 0) != 1) {
            return take_error(errc::invalid_argument);
        }
        return prefer_sha256(ssl, false);
    }
    SSL_set_psk_server_callback(ssl, find_for_server);
    char hint[PSK_MAX_IDENTITY_LEN + 1] = {};
    if (config.psk_hint.size() >= sizeof hint) {
        return {.code = errc::invalid_argument};
    }
    std::copy(config.psk_hint.begin(), config.psk_hint.end(), hint);
    if (!config.psk_hint.empty() && SSL_use_psk_identity_hint(ssl, hint) != 1) {
        return take_error(errc::invalid_argument);
    }
    // It is the client's order that may count.
    return prefer_sha256(ssl, may_be_psk(config.hello) && offers_sha256(*config.hello));
}

bool by_psk(const SSL* ssl, bool key_given) noexcept {
    if (SSL_version(ssl) >= TLS1_3_VERSION) {
        // OpenSSL takes the key for a session. A client may offer one as well, but a server that
        // has found it has said so (`engine::note_psk`): else whoever has a session could pass for
        // anybody whose key does not go with the suite.
        return key_given && SSL_session_reused(ssl) == 1;
    }
    const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
    return key_given && SSL_session_reused(ssl) != 1 && cipher != nullptr &&
           SSL_CIPHER_get_auth_nid(cipher) == NID_auth_psk;
}

}  // namespace polytls::openssl
