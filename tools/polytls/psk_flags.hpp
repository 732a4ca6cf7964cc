#pragma once

#include <polytls/psk_callback.hpp>
#include <polytls/result.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace polytls::tool {

/// The flags for a pre-shared key, which `connect` and `serve` share.
class psk_flags {
public:
    /// Adds the flags to a subcommand.
    void add_to(CLI::App& command);

    /// Reads the key; a failure names the flag. Without the flags there is no key.
    std::optional<failure> prepare();

    bool given() const noexcept { return !key_.empty(); }

    /// Gives the key to every server.
    client_psk_callback for_client() const;

    /// Gives the key to clients of its identity.
    server_psk_callback for_server() const;

private:
    std::string identity_;
    std::string hex_;
    std::string file_;
    std::vector<std::uint8_t> key_;
};

}  // namespace polytls::tool
