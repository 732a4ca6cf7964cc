#include "commands.hpp"
#include "reporter.hpp"

#include <polytls/core/version.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <string_view>

namespace {

bool wants_json(int argc, char** argv) {
    return std::any_of(argv, argv + argc,
                       [](const char* word) { return std::string_view(word) == "--json"; });
}

}  // namespace

int main(int argc, char** argv) {
    using namespace polytls::tool;
    // A peer that goes while we write is an error to report, not the end of the process.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));

    int status = clean;
    CLI::App app("TLS over any backend, from the command line");
    app.name("polytls");
    app.set_version_flag("--version", std::string(polytls::library_version()));
    app.require_subcommand(1);
    add_backends(app, status);
    add_ciphers(app, status);
    add_connect(app, status);
    add_serve(app, status);
    add_verify(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0 && wants_json(argc, argv)) {
            reporter(std::cout, true, false)
                .failed("error", 0,
                        polytls::make_failure(polytls::errc::invalid_argument, error.what()));
            return usage;
        }
        return app.exit(error) == 0 ? clean : usage;
    } catch (const std::exception& error) {
        std::cerr << "polytls: " << error.what() << '\n';
        return usage;
    }
    return status;
}
