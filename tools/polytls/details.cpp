#include "details.hpp"

namespace polytls::tool {
namespace {

nlohmann::ordered_json to_json(const distinguished_name& name) {
    auto fields = nlohmann::ordered_json::object();
    for (const auto& [key, value] : name) {
        if (!fields.contains(key)) {
            fields[key] = value;
        } else if (fields[key].is_array()) {
            fields[key].push_back(value);
        } else {
            fields[key] = {fields[key], value};
        }
    }
    return fields;
}

/// Empty texts are things that there are not.
nlohmann::ordered_json or_null(std::string_view text) {
    return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

}  // namespace

nlohmann::ordered_json agreed(const tls_socket& socket) {
    nlohmann::ordered_json fields{{"protocol", socket.get_protocol()},
                                  {"cipher", nullptr},
                                  {"authorized", socket.authorized()},
                                  {"backend", socket.backend().name()}};
    if (const cipher_suite* cipher = socket.get_cipher()) {
        fields["cipher"] = cipher->name;
    }
    if (!socket.authorization_error().empty()) {
        fields["authorizationError"] = socket.authorization_error();
    }
    if (!socket.servername().empty()) {
        fields["servername"] = socket.servername();
    }
    if (!socket.alpn_protocol().empty()) {
        fields["alpnProtocol"] = socket.alpn_protocol();
    }
    if (!socket.npn_protocol().empty()) {
        fields["npnProtocol"] = socket.npn_protocol();
    }
    if (!socket.psk_identity().empty()) {
        fields["pskIdentity"] = socket.psk_identity();
    }
    fields["reused"] = socket.is_session_reused();
    return fields;
}

nlohmann::ordered_json every_getter(const tls_socket& socket) {
    auto fields = agreed(socket);
    fields["encrypted"] = tls_socket::encrypted;
    fields["authorizationError"] = or_null(socket.authorization_error());
    fields["servername"] = or_null(socket.servername());
    fields["alpnProtocol"] = or_null(socket.alpn_protocol());
    fields["npnProtocol"] = or_null(socket.npn_protocol());
    fields["tlsTicketLength"] = socket.get_tls_ticket().size();
    if (const cipher_suite* cipher = socket.get_cipher()) {
        fields["cipher"] = {{"name", cipher->name},
                            {"standardName", cipher->iana_name},
                            {"version", cipher->version}};
    }
    fields["peerCertificate"] = to_json(socket.get_peer_certificate(true));
    const ephemeral_key_info key = socket.get_ephemeral_key_info();
    fields["ephemeralKeyInfo"] = {{"type", key.type}, {"name", key.name}, {"size", key.size}};
    fields["sharedSigalgs"] = socket.get_shared_sigalgs();
    fields["sharedGroups"] = socket.get_shared_groups();
    fields["address"] = to_json(socket.address());
    fields["remoteAddress"] = socket.remote_address();
    fields["remoteFamily"] = socket.remote_family();
    fields["remotePort"] = socket.remote_port();
    fields["localAddress"] = socket.local_address();
    fields["localPort"] = socket.local_port();
    fields["bytesRead"] = socket.bytes_read();
    fields["bytesWritten"] = socket.bytes_written();
    return fields;
}

nlohmann::ordered_json to_json(const certificate& shown) {
    if (shown.empty()) {
        return nullptr;
    }
    nlohmann::ordered_json fields{{"subject", to_json(shown.subject)},
                                  {"issuer", to_json(shown.issuer)},
                                  {"subjectaltname", or_null(shown.subjectaltname)},
                                  {"valid_from", shown.valid_from},
                                  {"valid_to", shown.valid_to},
                                  {"fingerprint", shown.fingerprint},
                                  {"fingerprint256", shown.fingerprint256},
                                  {"fingerprint512", shown.fingerprint512},
                                  {"serialNumber", shown.serial_number},
                                  {"ca", shown.ca},
                                  {"ext_key_usage", shown.ext_key_usage}};
    if (shown.issuer_certificate) {
        fields["issuerCertificate"] = to_json(*shown.issuer_certificate);
    }
    return fields;
}

nlohmann::ordered_json to_json(const socket_address& shown) {
    return {{"port", shown.port}, {"family", shown.family}, {"address", shown.address}};
}

}  // namespace polytls::tool
