#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/core/client_hello.hpp>
#include <polytls/core/named_group.hpp>
#include <polytls/core/progress.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/core/signature_scheme.hpp>
#include <polytls/core/status.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace polytls::spi {

/// A certificate with the chain that is sent after it; DER, leaf first.
struct certificate_chain {
    std::span<const bytes> certificates{};
    /// Its key is not among `identity_config::keys`: engines ask `handshake_events::sign`. Such a
    /// key only signs; suites with RSA key exchange, where it would have to decrypt, are not to be
    /// in `protocol_config::cipher_suites` then.
    bool external_key = false;
};

/// How the bytes of a private key are to be read.
enum class key_encoding : std::uint8_t {
    der,  ///< PKCS#8, or the traditional form of RSA and EC keys.
    pem,  ///< One PEM block, its lines "BEGIN" and "END" included; it may be encrypted.
};

/// A private key as the caller gave it.
struct private_key_source {
    bytes data{};
    key_encoding encoding = key_encoding::pem;
    std::string_view passphrase{};
    bool has_passphrase = false;  ///< Tells an empty passphrase from none.
};

/// Who we are: certificates and their keys. Each key is matched with the chain whose leaf it fits,
/// whatever the order; one that fits none, but for those with an external key, is
/// `errc::key_mismatch`.
struct identity_config {
    std::span<const certificate_chain> chains{};
    std::span<const private_key_source> keys{};
};

/// Trust anchors parsed once and shared by any number of contexts of one backend, on any thread.
class anchor_set {
public:
    /// Gives the caller's hold back; contexts made with it keep their own.
    virtual void release() noexcept = 0;

protected:
    ~anchor_set() = default;
};

/// Whom we trust.
struct trust_config {
    std::span<const bytes> anchors{};    ///< DER.
    const anchor_set* shared = nullptr;  ///< Besides `anchors`; made by the same backend.
    /// Revocation lists, DER. Where there are any, each certificate of a path needs its issuer's.
    std::span<const bytes> crls{};
    bool allow_partial_chain = false;  ///< Any anchor ends a path, not only a self-issued one.
};

/// What may be negotiated. The lists are in order of preference and hold only what the backend
/// names in its own lists.
struct protocol_config {
    version_range versions{};
    std::span<const cipher_suite_id> cipher_suites{};  ///< Those of TLS 1.3 among them.
    std::span<const named_group> groups{};
    /// What is signed and taken in handshakes; empty leaves it to the library.
    std::span<const signature_scheme> signature_schemes{};
    /// As a server: the parameters of DHE below TLS 1.3 (PKCS #3, DER); empty: no DHE.
    bytes dh_parameters{};
    bool honor_cipher_order = false;  ///< As a server: our order counts, not the client's.
    bool next_protocols = false;      ///< NPN is spoken; some libraries decide it here.
    bool renegotiation = true;  ///< Below TLS 1.3: a standing connection may shake hands anew.
};

/// Resumption.
struct session_config {
    bool tickets = true;                ///< As a server: issue and accept tickets.
    std::chrono::seconds timeout{300};  ///< How long a session may be resumed.
    bytes id_context{};                 ///< Sessions of another context are not resumed.
    bytes ticket_keys{};                ///< As `polytls::ticket_keys`; empty: random ones.
};

/// Everything a context is made from. Views need to live only until the context is made, except
/// where a backend says that it uses certificates where they lie.
///
/// An adapter binds every member of every group, so that a new one compiles on no backend until
/// each has dealt with it.
struct context_config {
    identity_config identity{};
    trust_config trust{};
    protocol_config protocol{};
    session_config session{};
};

/// Which input of a `context_config` an error is about.
enum class config_input : std::uint8_t {
    none,
    certificate,  ///< `index` counts the chains.
    key,          ///< `index` counts the keys.
    anchor,       ///< `index` counts the anchors.
    crl,          ///< `index` counts the revocation lists.
    protocol,
    session,
};

/// Why a context could not be made, and which input was at fault.
struct config_error {
    status error{};
    config_input input = config_input::none;
    std::size_t index = 0;
};

/// Whether a peer's certificate is asked for. A client always asks.
enum class peer_certificate : std::uint8_t {
    not_requested,
    requested,  ///< Its absence is for `handshake_events::judge_peer` to judge.
    required,   ///< Its absence ends the handshake with the alert that the version asks for.
};

/// An OCSP response to be sent with a certificate (RFC 6066, section 8), DER both.
struct stapled_response {
    bytes response{};     ///< Empty: none.
    bytes certificate{};  ///< Sent only where the handshake shows this leaf.
};

/// What one engine is made from, once the decisions are in. Views need to live only until
/// `context::make_engine` returns.
struct engine_config {
    role side = role::client;
    peer_certificate peer = peer_certificate::requested;
    std::string_view server_name{};  ///< Client: sent as SNI; empty sends none.
    protocol_list protocols{};       ///< Client: the ALPN offer. Server: the one protocol chosen.
    /// NPN (draft-agl-tls-nextprotoneg-04). Client: what it speaks, its favourite first. Server:
    /// what it advertises. Only with `protocol_config::next_protocols`. Must outlive the engine.
    protocol_list next_protocols{};
    const client_hello* hello = nullptr;  ///< Server: what the client offered.
    /// Client: what `handshake_events::session` gave earlier. Server, with `keeps_sessions`: what
    /// `handshake_events::new_session` gave earlier for the session that the client asks for.
    bytes session{};
    /// Server: sessions are handed to `handshake_events::new_session` and found again by their id,
    /// under TLS 1.3 by a ticket that is no more than an id; none travels in a ticket.
    bool keeps_sessions = false;
    bytes ticket_keys{};          ///< Server: instead of the context's; empty: the context's.
    bool request_ocsp = false;    ///< Client: ask for a stapled OCSP response.
    stapled_response staple{};    ///< Server: what to answer a client that asks for one.
    std::string_view psk_hint{};  ///< Server, below TLS 1.3: helps a client choose; no NUL.
    /// Pre-shared keys are used, which are asked of `handshake_events::find_psk`; without, their
    /// suites are neither offered nor taken. A client has no `session` then.
    bool pre_shared_keys = false;
    bool log_keys = false;      ///< Tell `handshake_events::key_log`.
    bool tell_sessions = true;  ///< Client: tell `handshake_events::session`.
};

}  // namespace polytls::spi
