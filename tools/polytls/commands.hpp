#pragma once

#include <CLI/CLI.hpp>

namespace polytls::tool {

/// What the command ends with.
enum exit_status : int { clean = 0, tls_failure = 1, usage = 2, network_failure = 3 };

/// Each adds its subcommand to the program; when it was chosen and has run, `status` holds what to
/// end with.
void add_backends(CLI::App& app, int& status);
void add_ciphers(CLI::App& app, int& status);
void add_connect(CLI::App& app, int& status);
void add_serve(CLI::App& app, int& status);
void add_verify(CLI::App& app, int& status);

}  // namespace polytls::tool
