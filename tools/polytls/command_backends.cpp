#include "commands.hpp"

#include <polytls/backends.hpp>

#include <nlohmann/json.hpp>

#include <iomanip>
#include <iostream>
#include <memory>

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

}  // namespace

void add_backends(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("backends", "the libraries built in, and what they can do");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "as JSON");
    command->callback([json, &status] {
        if (*json) {
            std::cout << report().dump(2) << '\n';
        } else {
            print_table();
        }
        status = clean;
    });
}

}  // namespace polytls::tool
