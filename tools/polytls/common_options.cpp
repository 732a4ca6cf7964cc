#include "common_options.hpp"

#include <polytls/pem.hpp>

#include <charconv>

namespace polytls::tool {
namespace {

result<std::optional<protocol_version>> parse_version(const std::string& flag,
                                                      const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto version = protocol_version_named(text);
    if (!version) {
        return tl::make_unexpected(make_failure(
            errc::unknown_version, flag + ": '" + text + "' is not a version (as TLSv1.2)", flag));
    }
    return version;
}

}  // namespace

void common_options::add_to(CLI::App& command) {
    command.add_option("--backend", backend, "library to use: see `polytls backends`");
    command.add_option("--cert", cert, "certificate with its chain, PEM (repeatable)");
    command.add_option("--key", key, "private key, PEM (repeatable, paired by content)");
    command.add_option("--passphrase", passphrase, "opens encrypted keys");
    command.add_option("--ca", ca, "certificates to trust instead of the system's (repeatable)");
    command.add_option("--ciphers", ciphers, "cipher list, OpenSSL's names");
    command.add_option("--ecdh-curve", ecdh_curve, "groups for the key exchange, ':' between");
    command.add_option("--min-version", min_version, "lowest version, as TLSv1.2");
    command.add_option("--max-version", max_version, "highest version, as TLSv1.3");
    command.add_flag("--honor-cipher-order", honor_cipher_order, "server's order of suites counts");
    command.add_option("--alpn", alpn, "application protocols, ',' between")->delimiter(',');
    command.add_flag("--no-tickets", no_tickets, "issue no session tickets");
    command.add_option("--session-timeout", session_timeout, "seconds a session may be resumed");
    command.add_option("--session-id-context", session_id_context, "keeps sessions apart");
    command.add_option("--handshake-timeout", handshake_timeout, "milliseconds; 0: for ever")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--max-send-fragment", max_send_fragment, "bytes of plaintext in a record");
    command.add_flag("--allow-half-open", allow_half_open, "go on writing when the peer has ended");
    command.add_flag("--json", json, "one event a line, as JSON");
}

result<context_options> common_options::credentials() const {
    context_options options;
    if (!backend.empty()) {
        auto found = find_backend(backend);
        if (!found) {
            return tl::make_unexpected(std::move(found.error()));
        }
        options.backend = *found;
    }
    auto keys = read_files("--key", key);
    auto certificates = read_files("--cert", cert);
    auto anchors = read_files("--ca", ca);
    auto lowest = parse_version("--min-version", min_version);
    auto highest = parse_version("--max-version", max_version);
    for (failure* fault :
         {keys ? nullptr : &keys.error(), certificates ? nullptr : &certificates.error(),
          anchors ? nullptr : &anchors.error(), lowest ? nullptr : &lowest.error(),
          highest ? nullptr : &highest.error()}) {
        if (fault != nullptr) {
            return tl::make_unexpected(std::move(*fault));
        }
    }
    options.key = *std::move(keys);
    options.cert = *std::move(certificates);
    if (!ca.empty()) {
        options.ca = *std::move(anchors);
    }
    options.passphrase = passphrase;
    if (!ciphers.empty()) {
        options.ciphers = ciphers;
    }
    if (!ecdh_curve.empty()) {
        options.ecdh_curve = ecdh_curve;
    }
    options.honor_cipher_order = honor_cipher_order;
    options.min_version = *lowest;
    options.max_version = *highest;
    options.tickets = !no_tickets;
    options.session_timeout = std::chrono::seconds(session_timeout);
    options.session_id_context = session_id_context;
    return options;
}

bool common_options::apply_to(tls_socket& socket) const {
    return !max_send_fragment || socket.set_max_send_fragment(*max_send_fragment);
}

result<one_or_many> read_files(const std::string& flag, const std::vector<std::string>& paths) {
    one_or_many texts;
    for (const std::string& path : paths) {
        auto text = read_file(path);
        if (!text) {
            failure why = std::move(text.error());
            why.message = flag + ": " + why.message;
            return tl::make_unexpected(std::move(why));
        }
        texts.push_back(*std::move(text));
    }
    return texts;
}

result<network_place> parse_place(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    network_place place;
    std::string port = text;
    if (colon != std::string::npos) {
        place.host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    if (place.host.size() > 2 && place.host.front() == '[' && place.host.back() == ']') {
        place.host = place.host.substr(1, place.host.size() - 2);
    }
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), place.port);
    if (error != std::errc{} || end != port.data() + port.size()) {
        return tl::make_unexpected(make_failure(
            errc::invalid_argument, "'" + text + "' is not [HOST:]PORT", "[HOST:]PORT"));
    }
    return place;
}

void add_switch(CLI::App& command, const std::string& name, bool& value, const std::string& help) {
    command.add_flag(name + "{true}", value, help);
}

}  // namespace polytls::tool
