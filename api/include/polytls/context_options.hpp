#pragma once

#include <polytls/backends.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/one_or_many.hpp>
#include <polytls/secure_options.hpp>
#include <polytls/sign_callback.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace polytls {

/// What a secure context is made from (manual: tls.createSecureContext(details)). Every default is
/// safe.
///
/// PEM or DER is told apart by its content. Nothing here is a file name: see `read_file`.
struct context_options {
    /// The library to use.
    polytls::backend backend = default_backend();

    /// Private keys, each a PEM block or DER; as many as there are texts in `cert`, with which they
    /// are matched by content, whatever the order. A client may have neither.
    one_or_many key{};

    /// Certificates, one text for each key: PEM with the leaf first and its chain after it, or the
    /// leaf's DER. One for each type of key (RSA, ECDSA, …); for different names use one context
    /// each.
    one_or_many cert{};

    /// Signs in place of the private keys, which are elsewhere. Instead of `key` and `pfx`. Such
    /// keys do not decrypt: with an RSA certificate, suites with RSA key exchange are left out.
    polytls::sign_callback sign_callback{};

    /// A PKCS#12 file's content: a key, its certificate, and CAs, which are sent after it and
    /// trusted besides the system's roots. Instead of `key`, `cert` and `ca`. Empty: none.
    std::string pfx{};

    /// Opens encrypted keys, and `pfx`.
    std::optional<std::string> passphrase{};

    /// Certificates to trust, PEM blocks or DER. Replaces the system's roots; an empty list trusts
    /// nobody. When not set, and the system has no roots, nobody is trusted either: not an error
    /// yet, since a server that asks for no certificate needs none (`root_certificate_list` tells).
    std::optional<one_or_many> ca{};

    /// Revocation lists, PEM blocks ("X509 CRL") or DER. Where any is given, each certificate of a
    /// peer's path must be covered by its issuer's list, the root's own included; one that is
    /// missing is `verify_code::unable_to_get_crl`.
    one_or_many crl{};

    /// Whether any certificate of `ca` ends a path, not only a self-issued root.
    bool allow_partial_trust_chain = false;

    /// Suites in OpenSSL's language: "ECDHE+AESGCM:HIGH:!aNULL"; see `parse_cipher_list`. "DEFAULT"
    /// is the backend's safe list.
    std::string ciphers = "DEFAULT";

    /// Groups for the key exchange by name, separated by ':', the favourite first; "auto" is the
    /// backend's list. One the backend lacks is an error.
    std::string ecdh_curve = "auto";

    /// How handshakes are signed, the favourite first, by the RFC's names or OpenSSL's
    /// ("ECDSA+SHA256"), separated by ':'. Empty: the library's list, without SHA-1.
    std::string sigalgs{};

    /// As a server: parameters for DHE below TLS 1.3, PEM ("DH PARAMETERS") or DER. What cannot be
    /// read is passed over, and DHE not offered, as the manual has it; less than 1024 bits, or what
    /// the library thinks weak, is `errc::weak_key`.
    std::string dhparam{};

    /// As a server: our order of suites counts, not the client's.
    bool honor_cipher_order = false;

    /// TLS 1.2 when not set, or `max_version` where that is lower.
    std::optional<protocol_version> min_version{};

    /// The backend's highest when not set.
    std::optional<protocol_version> max_version{};

    /// Versions by the name of a method of OpenSSL's, as older programs have it: "TLSv1_2_method"
    /// pins a version; "TLS_method" and "SSLv23_method" leave the default range. "_client_method"
    /// and "_server_method" mean the same: a context serves both roles. SSLv2 and SSLv3 are never
    /// spoken. Not together with `min_version` and `max_version`. Empty: not used.
    std::string secure_protocol{};

    /// Switches single versions and features off or on. Versions may be taken from either end of
    /// the range, not out of its middle.
    polytls::secure_options secure_options = polytls::secure_options::none;

    /// NPN may be spoken (`client_settings::npn_protocols`): what ALPN (RFC 7301) has replaced.
    /// Only below TLS 1.3 and where the backend has `feature::npn`.
    bool npn = false;

    /// As a server: sessions may be resumed by tickets.
    bool tickets = true;

    /// How long a session may be resumed; not negative.
    std::chrono::seconds session_timeout{300};

    /// Keeps sessions of different applications apart; at most 32 bytes.
    std::string session_id_context{};

    /// As a server: the keys of session tickets, 48 bytes as `polytls::ticket_keys`, shared by
    /// servers that are to resume each other's sessions. Empty: random ones. Secrets: see
    /// `server_core::set_ticket_keys` for changing them in time.
    std::vector<std::uint8_t> ticket_keys{};
};

}  // namespace polytls
