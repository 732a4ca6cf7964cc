#include "commands.hpp"

#include <polytls/backends.hpp>

#include <nlohmann/json.hpp>

#include <iomanip>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace polytls::tool {
namespace {

nlohmann::ordered_json report() {
    auto all = nlohmann::ordered_json::array();
    for (spi::backend* implementation : registered_backends()) {
        const backend one(*implementation);
        auto features = nlohmann::ordered_json::object();
        for (const capability& line : one.capabilities()) {
            auto& told = features[std::string(name_of(line.feature))];
            told["support"] = name_of(line.support);
            if (!line.reason.empty()) {
                told["reason"] = line.reason;
            }
        }
        all.push_back({{"name", one.name()},
                       {"version", one.version()},
                       {"default", one == default_backend()},
                       {"capabilities", features}});
    }
    return all;
}

void print_table() {
    for (spi::backend* implementation : registered_backends()) {
        const backend one(*implementation);
        std::cout << one.name() << ' ' << one.version()
                  << (one == default_backend() ? " (default)" : "") << '\n';
        for (const capability& line : one.capabilities()) {
            std::cout << "  " << std::left << std::setw(22) << name_of(line.feature) << std::setw(8)
                      << name_of(line.support) << line.reason << '\n';
        }
    }
}

/// The README's table: a row a feature, a column a backend, and the reasons as notes beneath.
/// Without versions, so that it is the same on every platform.
void print_markdown() {
    std::vector<std::string> notes;
    std::cout << "| |";
    for (spi::backend* implementation : registered_backends()) {
        std::cout << ' ' << backend(*implementation).name() << " |";
    }
    std::cout << "\n|---|";
    for (std::size_t i = 0; i < registered_backends().size(); ++i) {
        std::cout << "---|";
    }
    std::cout << '\n';
    for (const feature wanted : every_feature()) {
        std::cout << "| " << name_of(wanted) << " |";
        for (spi::backend* implementation : registered_backends()) {
            const capability line = capability_of(backend(*implementation).capabilities(), wanted);
            std::cout << ' ' << name_of(line.support);
            if (!line.reason.empty()) {
                notes.push_back(std::string(backend(*implementation).name()) + ", " +
                                std::string(name_of(wanted)) + ": " + std::string(line.reason));
                std::cout << " (" << notes.size() << ')';
            }
            std::cout << " |";
        }
        std::cout << '\n';
    }
    std::cout << '\n';
    for (std::size_t i = 0; i < notes.size(); ++i) {
        std::cout << i + 1 << ". " << notes[i] << '\n';
    }
}

}  // namespace

void add_backends(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("backends", "the libraries built in, and what they can do");
    auto json = std::make_shared<bool>(false);
    auto markdown = std::make_shared<bool>(false);
    auto* as_json = command->add_flag("--json", *json, "as JSON");
    command->add_flag("--markdown", *markdown, "as a table in Markdown")->excludes(as_json);
    command->callback([json, markdown, &status] {
        if (*json) {
            std::cout << report().dump(2) << '\n';
        } else if (*markdown) {
            print_markdown();
        } else {
            print_table();
        }
        status = clean;
    });
}

}  // namespace polytls::tool
