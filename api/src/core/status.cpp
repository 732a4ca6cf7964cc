#include <polytls/core/status.hpp>

namespace polytls {

condition condition_of(errc code) noexcept {
    switch (code) {
    case errc::ok:
        return condition::ok;
    case errc::closed:
    case errc::destroyed:
        return condition::closed;
    case errc::truncated:
    case errc::disconnected_before_secure:
    case errc::socket_hang_up:
        return condition::truncated;
    case errc::handshake_timed_out:
        return condition::timeout;
    case errc::wrong_version_number:
    case errc::client_hello_too_large:
    case errc::unexpected_message:
    case errc::bad_record_mac:
    case errc::record_overflow:
    case errc::decode_error:
    case errc::illegal_parameter:
    case errc::protocol_failure:
    case errc::renegotiation_attack:
        return condition::protocol_error;
    case errc::unsupported_protocol:
    case errc::no_shared_cipher:
    case errc::no_shared_group:
    case errc::no_shared_signature_algorithm:
    case errc::no_application_protocol:
    case errc::renegotiation_refused:
    case errc::renegotiation_unavailable:
        return condition::nothing_in_common;
    case errc::alert_received:
        return condition::peer_alert;
    case errc::not_authorized:
    case errc::altname_invalid:
    case errc::certificate_required:
    case errc::unknown_psk_identity:
    case errc::wrong_psk:
    case errc::identity_check_rejected:
    case errc::refused_by_callback:
        return condition::not_authorized;
    case errc::invalid_argument:
    case errc::file_unreadable:
    case errc::bad_pem:
    case errc::bad_certificate:
    case errc::bad_private_key:
    case errc::bad_ca:
    case errc::bad_crl:
    case errc::bad_pkcs12:
    case errc::unknown_signature_scheme:
    case errc::key_mismatch:
    case errc::passphrase_required:
    case errc::wrong_passphrase:
    case errc::weak_key:
    case errc::unknown_cipher:
    case errc::no_cipher_match:
    case errc::unknown_group:
    case errc::unknown_version:
    case errc::bad_version_range:
    case errc::bad_server_name:
    case errc::bad_protocol_list:
    case errc::bad_session:
    case errc::no_root_certificates:
        return condition::bad_input;
    case errc::unsupported_by_backend:
    case errc::unknown_backend:
        return condition::unsupported;
    case errc::wrong_state:
        return condition::misuse;
    case errc::no_memory:
    case errc::no_entropy:
    case errc::internal:
        return condition::no_resources;
    }
    return condition::no_resources;
}

std::string_view name_of(errc code) noexcept {
    switch (code) {
    case errc::ok:
        return "ok";
    case errc::closed:
        return "closed";
    case errc::truncated:
        return "truncated";
    case errc::disconnected_before_secure:
        return "disconnected_before_secure";
    case errc::socket_hang_up:
        return "socket_hang_up";
    case errc::destroyed:
        return "destroyed";
    case errc::handshake_timed_out:
        return "handshake_timed_out";
    case errc::wrong_version_number:
        return "wrong_version_number";
    case errc::client_hello_too_large:
        return "client_hello_too_large";
    case errc::unexpected_message:
        return "unexpected_message";
    case errc::bad_record_mac:
        return "bad_record_mac";
    case errc::record_overflow:
        return "record_overflow";
    case errc::decode_error:
        return "decode_error";
    case errc::illegal_parameter:
        return "illegal_parameter";
    case errc::protocol_failure:
        return "protocol_failure";
    case errc::renegotiation_attack:
        return "renegotiation_attack";
    case errc::unsupported_protocol:
        return "unsupported_protocol";
    case errc::no_shared_cipher:
        return "no_shared_cipher";
    case errc::no_shared_group:
        return "no_shared_group";
    case errc::no_shared_signature_algorithm:
        return "no_shared_signature_algorithm";
    case errc::no_application_protocol:
        return "no_application_protocol";
    case errc::renegotiation_refused:
        return "renegotiation_refused";
    case errc::renegotiation_unavailable:
        return "renegotiation_unavailable";
    case errc::alert_received:
        return "alert_received";
    case errc::not_authorized:
        return "not_authorized";
    case errc::altname_invalid:
        return "altname_invalid";
    case errc::certificate_required:
        return "certificate_required";
    case errc::unknown_psk_identity:
        return "unknown_psk_identity";
    case errc::wrong_psk:
        return "wrong_psk";
    case errc::identity_check_rejected:
        return "identity_check_rejected";
    case errc::invalid_argument:
        return "invalid_argument";
    case errc::file_unreadable:
        return "file_unreadable";
    case errc::bad_pem:
        return "bad_pem";
    case errc::bad_certificate:
        return "bad_certificate";
    case errc::bad_private_key:
        return "bad_private_key";
    case errc::bad_ca:
        return "bad_ca";
    case errc::bad_crl:
        return "bad_crl";
    case errc::bad_pkcs12:
        return "bad_pkcs12";
    case errc::unknown_signature_scheme:
        return "unknown_signature_scheme";
    case errc::key_mismatch:
        return "key_mismatch";
    case errc::passphrase_required:
        return "passphrase_required";
    case errc::wrong_passphrase:
        return "wrong_passphrase";
    case errc::weak_key:
        return "weak_key";
    case errc::unknown_cipher:
        return "unknown_cipher";
    case errc::no_cipher_match:
        return "no_cipher_match";
    case errc::unknown_group:
        return "unknown_group";
    case errc::unknown_version:
        return "unknown_version";
    case errc::bad_version_range:
        return "bad_version_range";
    case errc::bad_server_name:
        return "bad_server_name";
    case errc::bad_protocol_list:
        return "bad_protocol_list";
    case errc::bad_session:
        return "bad_session";
    case errc::no_root_certificates:
        return "no_root_certificates";
    case errc::refused_by_callback:
        return "refused_by_callback";
    case errc::unsupported_by_backend:
        return "unsupported_by_backend";
    case errc::unknown_backend:
        return "unknown_backend";
    case errc::wrong_state:
        return "wrong_state";
    case errc::no_memory:
        return "no_memory";
    case errc::no_entropy:
        return "no_entropy";
    case errc::internal:
        return "internal";
    }
    return "unknown";
}

std::string_view message_of(errc code) noexcept {
    switch (code) {
    case errc::ok:
        return "no error";
    case errc::closed:
        return "the peer ended the connection";
    case errc::truncated:
        return "the connection ended without close_notify";
    case errc::disconnected_before_secure:
        return "Client network socket disconnected before secure TLS connection was established";
    case errc::socket_hang_up:
        return "socket hang up";
    case errc::destroyed:
        return "the connection was given up on our side";
    case errc::handshake_timed_out:
        return "the TLS handshake timed out";
    case errc::wrong_version_number:
        return "wrong version number: the peer did not send TLS";
    case errc::client_hello_too_large:
        return "the ClientHello is larger than 64 KiB";
    case errc::unexpected_message:
        return "the peer sent a message out of order";
    case errc::bad_record_mac:
        return "a record was damaged or forged";
    case errc::record_overflow:
        return "the peer sent a record longer than TLS permits";
    case errc::decode_error:
        return "a message of the peer could not be decoded";
    case errc::illegal_parameter:
        return "a message of the peer contradicts itself or the protocol";
    case errc::protocol_failure:
        return "the peer broke the TLS protocol";
    case errc::renegotiation_attack:
        return "TLS session renegotiation attack detected";
    case errc::unsupported_protocol:
        return "unsupported protocol: no version in common with the peer";
    case errc::no_shared_cipher:
        return "no cipher suite in common with the peer";
    case errc::no_shared_group:
        return "no key exchange group in common with the peer";
    case errc::no_shared_signature_algorithm:
        return "no signature algorithm in common with the peer";
    case errc::no_application_protocol:
        return "no application protocol in common with the peer";
    case errc::renegotiation_refused:
        return "renegotiation was refused";
    case errc::renegotiation_unavailable:
        return "renegotiation is part of TLS 1.2 alone, and may be switched off";
    case errc::alert_received:
        return "the peer sent an alert";
    case errc::not_authorized:
        return "the certificate of the peer did not verify";
    case errc::altname_invalid:
        return "Hostname/IP does not match certificate's altnames";
    case errc::certificate_required:
        return "the peer did not give a certificate";
    case errc::unknown_psk_identity:
        return "the pre-shared key's identity is not known";
    case errc::wrong_psk:
        return "the peer's pre-shared key is another one";
    case errc::identity_check_rejected:
        return "the identity check refused the peer";
    case errc::invalid_argument:
        return "an argument cannot be used";
    case errc::file_unreadable:
        return "a file cannot be read";
    case errc::bad_pem:
        return "the text is not well-formed PEM";
    case errc::bad_certificate:
        return "the certificate cannot be read";
    case errc::bad_private_key:
        return "the private key cannot be read";
    case errc::bad_ca:
        return "the CA certificate cannot be read";
    case errc::bad_crl:
        return "the certificate revocation list cannot be read";
    case errc::bad_pkcs12:
        return "not enough data: not a PKCS#12 file with a key and its certificate";
    case errc::unknown_signature_scheme:
        return "not a signature algorithm";
    case errc::key_mismatch:
        return "the private key fits none of the certificates";
    case errc::passphrase_required:
        return "the private key is encrypted and no passphrase was given";
    case errc::wrong_passphrase:
        return "the passphrase does not open the private key";
    case errc::weak_key:
        return "the key or certificate is too weak for the security policy";
    case errc::unknown_cipher:
        return "a cipher suite of that name is not known";
    case errc::no_cipher_match:
        return "no cipher match: the cipher list leaves nothing";
    case errc::unknown_group:
        return "a key exchange group of that name is not known";
    case errc::unknown_version:
        return "a protocol version of that name is not known";
    case errc::bad_version_range:
        return "the lowest version is above the highest";
    case errc::bad_server_name:
        return "the text cannot be a server name";
    case errc::bad_protocol_list:
        return "the list of application protocols is not well formed";
    case errc::bad_session:
        return "the session cannot be used";
    case errc::no_root_certificates:
        return "no root certificates were found";
    case errc::refused_by_callback:
        return "a callback of the program refused the connection";
    case errc::unsupported_by_backend:
        return "the backend cannot do this";
    case errc::unknown_backend:
        return "a backend of that name is not built in";
    case errc::wrong_state:
        return "the call does not fit the state of the connection";
    case errc::no_memory:
        return "out of memory";
    case errc::no_entropy:
        return "no entropy to seed random numbers";
    case errc::internal:
        return "internal error";
    }
    return "unknown error";
}

}  // namespace polytls
