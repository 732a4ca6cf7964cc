#pragma once

#include "reporter.hpp"

#include <polytls/context_options.hpp>
#include <polytls/transport/socket.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace polytls::tool {

/// The flags that `connect` and `serve` share, and `verify` in part, as they were given. Names are
/// the documented options'.
struct common_options {
    std::string backend;
    std::vector<std::string> key;
    std::vector<std::string> cert;
    std::string pfx;
    std::vector<std::string> ca;
    std::vector<std::string> crl;
    std::optional<std::string> passphrase;
    std::string ciphers;
    std::string ecdh_curve;
    std::string sigalgs;
    std::string dhparam;
    std::string min_version;
    std::string max_version;
    std::string secure_protocol;
    bool honor_cipher_order = false;
    std::vector<std::string> alpn;
    std::vector<std::string> npn;
    bool no_renegotiation = false;
    bool no_tickets = false;
    std::int64_t session_timeout = 300;
    std::string session_id_context;
    std::string ticket_keys;
    std::string keylog;
    std::int64_t handshake_timeout = 120'000;
    std::int64_t timeout = 0;
    std::optional<std::int64_t> max_send_fragment;
    bool allow_half_open = false;
    std::string path;
    bool json = false;

    /// Adds the flags to a subcommand.
    void add_to(CLI::App& command);

    /// Adds only those that a chain is judged by (--ca, --crl), --backend and --json.
    void add_trust_to(CLI::App& command);

    /// Checks the numbers, reads the files and makes what a context is made from. Failures name the
    /// flag and the file.
    result<context_options> credentials() const;

    /// A failure that names one of the library's options, as one that names the flag, and the file
    /// where there is one.
    failure in_terms_of_flags(failure why) const;

    /// Applies what is set on a socket rather than on a context.
    void apply_to(tls_socket& socket) const;

    std::chrono::milliseconds handshake_time() const {
        return std::chrono::milliseconds(handshake_timeout);
    }
};

/// Reads files named on the command line into option texts; failures name the flag.
result<one_or_many> read_files(const std::string& flag, const std::vector<std::string>& paths);

/// Reads one file; a failure names the flag.
result<std::string> read_flag_file(const std::string& flag, const std::string& path);

/// A host and a port out of "[HOST:]PORT"; an IPv6 address stands in brackets.
struct network_place {
    std::string host;
    std::uint16_t port = 0;
};

result<network_place> parse_place(const std::string& text);

/// A flag that is on, off with "=0", and may be left out (--reject-unauthorized[=0|1]).
void add_switch(CLI::App& command, const std::string& name, bool& value, const std::string& help);

}  // namespace polytls::tool
