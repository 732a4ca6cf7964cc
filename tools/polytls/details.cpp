#include "details.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// Bytes, which JSON has no way to hold.
std::string hex(const std::vector<std::uint8_t>& data) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : data) {
        text += digits[byte >> 4U];
        text += digits[byte & 0xfU];
    }
    return text;
}

void add_text(std::string_view name, const std::string& text, nlohmann::ordered_json& fields) {
    if (!text.empty()) {
        fields[std::string(name)] = text;
    }
}

/// What there is of the key: which fields, its kind decides.
void add_key(const certificate& shown, nlohmann::ordered_json& fields) {
    add_text("modulus", shown.modulus, fields);
    if (shown.bits != 0) {
        fields["bits"] = shown.bits;
    }
    add_text("exponent", shown.exponent, fields);
    add_text("asn1Curve", shown.asn1_curve, fields);
    add_text("nistCurve", shown.nist_curve, fields);
    fields["pubkey"] = hex(shown.pubkey);
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
                                  {"subjectaltname", or_null(shown.subjectaltname)}};
    if (!shown.info_access.empty()) {
        fields["infoAccess"] = nlohmann::ordered_json::object();
        for (const auto& [key, values] : shown.info_access) {
            fields["infoAccess"][key] = values;
        }
    }
    fields["ca"] = shown.ca;
    add_key(shown, fields);
    fields["valid_from"] = shown.valid_from;
    fields["valid_to"] = shown.valid_to;
    fields["fingerprint"] = shown.fingerprint;
    fields["fingerprint256"] = shown.fingerprint256;
    fields["fingerprint512"] = shown.fingerprint512;
    fields["ext_key_usage"] = shown.ext_key_usage;
    fields["serialNumber"] = shown.serial_number;
    fields["raw"] = hex(shown.raw);
    if (shown.issuer_certificate) {
        fields["issuerCertificate"] = to_json(*shown.issuer_certificate);
    } else if (shown.self_issued) {
        // Itself, which JSON has no way to say.
        fields["issuerCertificate"] = "self";
    }
    return fields;
}

nlohmann::ordered_json to_json(const socket_address& shown) {
    return {{"port", shown.port}, {"family", shown.family}, {"address", shown.address}};
}

}  // namespace polytls::tool
