#include "commands.hpp"

#include <polytls/core/version.hpp>

#include <csignal>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
    using namespace polytls::tool;
    // A peer that goes while we write is an error to report, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);

    int status = clean;
    CLI::App app("TLS over any backend, from the command line");
    app.name("polytls");
    app.set_version_flag("--version", std::string(polytls::library_version()));
    app.require_subcommand(1);
    add_backends(app, status);
    add_connect(app, status);
    add_serve(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? clean : usage;
    } catch (const std::exception& error) {
        std::cerr << "polytls: " << error.what() << '\n';
        return usage;
    }
    return status;
}
