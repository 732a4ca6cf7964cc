#include "common_options.hpp"

#include <polytls/pem.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

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

/// The library's options and the flags they come from, where the flag's name is another.
constexpr std::array<std::pair<std::string_view, std::string_view>, 25> flag_of_option = {{
    {"key", "--key"},
    {"cert", "--cert"},
    {"ca", "--ca"},
    {"crl", "--crl"},
    {"passphrase", "--passphrase"},
    {"ciphers", "--ciphers"},
    {"ecdh_curve", "--ecdh-curve"},
    {"min_version", "--min-version"},
    {"max_version", "--max-version"},
    {"secure_protocol", "--secure-protocol"},
    {"session_timeout", "--session-timeout"},
    {"session_id_context", "--session-id-context"},
    {"pfx", "--pfx"},
    {"sigalgs", "--sigalgs"},
    {"dhparam", "--dhparam"},
    {"ticket_keys", "--ticket-keys"},
    {"alpn_protocols", "--alpn"},
    {"npn_protocols", "--npn"},
    {"psk_callback", "--psk-identity"},
    {"psk_identity_hint", "--psk-hint"},
    {"servername", "--servername"},
    {"session", "--session-in"},
    {"port", "[HOST:]PORT"},
    {"backend", "--backend"},
    {"allow_partial_trust_chain", "--partial-chain"},
}};

std::optional<failure> check_range(const std::string& flag,
                                   std::int64_t value,
                                   std::int64_t lowest,
                                   std::int64_t highest,
                                   const std::string& what) {
    if (value >= lowest && value <= highest) {
        return std::nullopt;
    }
    return make_failure(errc::invalid_argument, flag + " takes " + what, flag);
}

/// What a flag's file holds; nothing where the flag is not given.
result<std::string> read_given_file(const std::string& flag, const std::string& path) {
    return path.empty() ? result<std::string>() : read_flag_file(flag, path);
}

}  // namespace

void common_options::add_trust_to(CLI::App& command) {
    command.add_option("--backend", backend, "library to use: see `polytls backends`");
    command.add_option("--ca", ca, "certificates to trust instead of the system's (repeatable)")
        ->allow_extra_args(false);
    command.add_option("--crl", crl, "revocation lists of the issuers (repeatable)")
        ->allow_extra_args(false);
    command.add_flag("--json", json, "one event a line, as JSON");
}

void common_options::add_to(CLI::App& command) {
    add_trust_to(command);
    command.add_option("--cert", cert, "certificate with its chain, PEM (repeatable)")
        ->allow_extra_args(false);
    command.add_option("--key", key, "private key, PEM (repeatable, paired by content)")
        ->allow_extra_args(false);
    command.add_option("--pfx", pfx, "PKCS#12 file, instead of --cert, --key and --ca");
    command.add_option("--passphrase", passphrase, "opens encrypted keys and --pfx");
    command.add_option("--ciphers", ciphers, "cipher list, OpenSSL's names");
    command.add_option("--ecdh-curve", ecdh_curve, "groups for the key exchange, ':' between");
    command.add_option("--sigalgs", sigalgs, "signature algorithms, ':' between");
    command.add_option("--dhparam", dhparam, "parameters for DHE, PEM (server)");
    command.add_option("--min-version", min_version, "lowest version, as TLSv1.2");
    command.add_option("--max-version", max_version, "highest version, as TLSv1.3");
    command.add_option("--secure-protocol", secure_protocol,
                       "versions by method, as TLSv1_2_method");
    command.add_flag("--honor-cipher-order", honor_cipher_order, "server's order of suites counts");
    command.add_option("--alpn", alpn, "application protocols, ',' between")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_option("--npn", npn, "protocols of NPN, ',' between")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_flag("--no-renegotiation", no_renegotiation,
                     "no handshake on a standing connection");
    command.add_flag("--no-tickets", no_tickets, "issue no session tickets");
    command.add_option("--session-timeout", session_timeout, "seconds a session may be resumed");
    command.add_option("--session-id-context", session_id_context, "keeps sessions apart");
    command.add_option("--ticket-keys", ticket_keys, "file with the 48 bytes of the tickets' keys");
    command
        .add_option("--keylog", keylog, "append the keys of connections to a file (NSS's format)")
        ->envname("SSLKEYLOGFILE");
    command.add_option("--handshake-timeout", handshake_timeout, "milliseconds; 0: for ever");
    command.add_option("--timeout", timeout, "milliseconds without traffic that are told of");
    command.add_option("--max-send-fragment", max_send_fragment, "bytes of plaintext in a record");
    command.add_flag("--allow-half-open", allow_half_open, "go on writing when the peer has ended");
    command.add_option("--unix", path, "path of a unix socket, instead of [HOST:]PORT");
}

result<context_options> common_options::credentials() const {
    constexpr std::int64_t for_ever = std::int64_t{1} << 40;
    for (auto& fault :
         {check_range("--timeout", timeout, 0, for_ever, "0 or more milliseconds"),
          check_range("--handshake-timeout", handshake_timeout, 0, for_ever,
                      "0 or more milliseconds"),
          check_range("--session-timeout", session_timeout, 0, for_ever, "0 or more seconds"),
          check_range("--max-send-fragment", max_send_fragment.value_or(512), 512, 16384,
                      "512 to 16384 bytes")}) {
        if (fault) {
            return tl::make_unexpected(*fault);
        }
    }
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
    auto lists = read_files("--crl", crl);
    auto bundle = read_given_file("--pfx", pfx);
    auto group = read_given_file("--dhparam", dhparam);
    auto secrets = read_given_file("--ticket-keys", ticket_keys);
    auto lowest = parse_version("--min-version", min_version);
    auto highest = parse_version("--max-version", max_version);
    for (failure* fault :
         {keys ? nullptr : &keys.error(), certificates ? nullptr : &certificates.error(),
          anchors ? nullptr : &anchors.error(), lists ? nullptr : &lists.error(),
          bundle ? nullptr : &bundle.error(), group ? nullptr : &group.error(),
          secrets ? nullptr : &secrets.error(), lowest ? nullptr : &lowest.error(),
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
    options.crl = *std::move(lists);
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
    options.secure_protocol = secure_protocol;
    options.tickets = !no_tickets;
    options.npn = !npn.empty();
    if (no_renegotiation) {
        options.secure_options = secure_options::no_renegotiation;
    }
    options.sigalgs = sigalgs;
    options.pfx = *std::move(bundle);
    options.dhparam = *std::move(group);
    options.ticket_keys.assign(secrets->begin(), secrets->end());
    options.session_timeout = std::chrono::seconds(session_timeout);
    options.session_id_context = session_id_context;
    return options;
}

failure common_options::in_terms_of_flags(failure why) const {
    const std::size_t bracket = why.input.find('[');
    const std::string option = why.input.substr(0, bracket);
    const auto known =
        std::ranges::find(flag_of_option, option, [](const auto& entry) { return entry.first; });
    if (known == flag_of_option.end()) {
        return why;
    }
    const auto* files = option == "key"    ? &key
                        : option == "cert" ? &cert
                        : option == "ca"   ? &ca
                        : option == "crl"  ? &crl
                                           : nullptr;
    std::size_t index = 0;
    std::string named(known->second);
    if (files != nullptr && bracket != std::string::npos) {
        std::from_chars(why.input.data() + bracket + 1, why.input.data() + why.input.size(), index);
        named += index < files->size() ? ' ' + (*files)[index] : "";
    }
    why.message = named + ": " + why.message;
    why.input = std::move(named);
    return why;
}

void common_options::apply_to(tls_socket& socket) const {
    socket.set_timeout(std::chrono::milliseconds(timeout));
    if (max_send_fragment) {
        socket.set_max_send_fragment(static_cast<std::size_t>(*max_send_fragment));
    }
}

result<std::string> read_flag_file(const std::string& flag, const std::string& path) {
    auto text = read_file(path);
    if (!text) {
        text.error().message = flag + ": " + text.error().message;
    }
    return text;
}

result<one_or_many> read_files(const std::string& flag, const std::vector<std::string>& paths) {
    one_or_many texts;
    for (const std::string& path : paths) {
        auto text = read_flag_file(flag, path);
        if (!text) {
            return tl::make_unexpected(std::move(text.error()));
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
