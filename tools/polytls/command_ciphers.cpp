#include "commands.hpp"
#include "reporter.hpp"

#include <polytls/cipher_list.hpp>
#include <polytls/cipher_support.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace polytls::tool {
namespace {

struct ciphers_flags {
    std::optional<std::string> list;
    std::string backend;
    bool json = false;
};

/// The versions of a context that is told nothing of them.
version_range default_versions(backend of) {
    const version_range spoken = of.versions();
    return {.min = std::max(spoken.min, std::min(spoken.max, protocol_version::tls1_2)),
            .max = spoken.max};
}

std::string hex(cipher_suite_id id) {
    std::array<char, 8> text{};
    const int size = std::snprintf(text.data(), text.size(), "0x%04x", static_cast<unsigned>(id));
    return {text.data(), static_cast<std::size_t>(size)};
}

/// What the command shows: all that a backend can do, or what a list chooses of it, in order.
class listing {
public:
    static result<listing> made(backend of, const std::optional<std::string>& list) {
        listing shown(of);
        auto defaults = shown.chosen_by("DEFAULT");
        if (defaults) {
            shown.defaults_ = *std::move(defaults);
        }
        if (list) {
            auto chosen = shown.chosen_by(*list);
            if (!chosen) {
                return tl::make_unexpected(std::move(chosen.error()));
            }
            shown.keep(*chosen);
        }
        return shown;
    }

    nlohmann::ordered_json as_json() const {
        auto ciphers = nlohmann::ordered_json::array();
        for (const cipher_support& line : lines_) {
            nlohmann::ordered_json one{{"name", line.suite->name},
                                       {"standardName", line.suite->iana_name},
                                       {"id", hex(line.suite->id)},
                                       {"version", line.suite->version},
                                       {"keyExchange", line.suite->key_exchange},
                                       {"authentication", line.suite->authentication},
                                       {"encryption", line.suite->encryption},
                                       {"mac", line.suite->mac},
                                       {"default", is_default(line)},
                                       {"support", name_of(line.support)}};
            if (!line.reason.empty()) {
                one["reason"] = line.reason;
            }
            ciphers.push_back(std::move(one));
        }
        return {{"backend", of_.name()}, {"version", of_.version()}, {"ciphers", ciphers}};
    }

    void print_table() const {
        std::cout << of_.name() << ' ' << of_.version() << '\n';
        for (const cipher_support& line : lines_) {
            std::ostringstream text;
            text << "  " << std::left << std::setw(31) << line.suite->name << std::setw(9)
                 << line.suite->version << std::setw(10) << line.suite->key_exchange << std::setw(7)
                 << line.suite->authentication << std::setw(24) << line.suite->encryption
                 << std::setw(8) << line.suite->mac << std::setw(9)
                 << (is_default(line) ? "default" : "") << line.reason;
            const std::string row = text.str();
            std::cout << row.substr(0, row.find_last_not_of(' ') + 1) << '\n';
        }
    }

private:
    explicit listing(backend of) : of_(of), lines_(get_ciphers(of)) {}

    result<std::vector<cipher_suite_id>> chosen_by(std::string_view list) const {
        std::vector<cipher_suite_id> available;
        available.reserve(lines_.size());
        for (const cipher_support& line : lines_) {
            available.push_back(line.suite->id);
        }
        return parse_cipher_list(list, available, default_versions(of_));
    }

    /// Keeps the lines of these suites, in their order.
    void keep(const std::vector<cipher_suite_id>& chosen) {
        std::vector<cipher_support> kept;
        kept.reserve(chosen.size());
        for (const cipher_suite_id id : chosen) {
            kept.push_back(*std::ranges::find(
                lines_, id, [](const cipher_support& line) { return line.suite->id; }));
        }
        lines_ = std::move(kept);
    }

    bool is_default(const cipher_support& line) const {
        return std::ranges::find(defaults_, line.suite->id) != defaults_.end();
    }

    backend of_;
    std::vector<cipher_support> lines_;
    std::vector<cipher_suite_id> defaults_;
};

int run(const ciphers_flags& flags) {
    const auto of = flags.backend.empty() ? default_backend() : find_backend(flags.backend);
    const auto shown =
        of.and_then([&flags](backend found) { return listing::made(found, flags.list); });
    if (!shown) {
        reporter(flags.json ? std::cout : std::cerr, flags.json,
                 wants_colour(flags.json ? STDOUT_FILENO : STDERR_FILENO))
            .failed("error", 0, shown.error());
        return usage;
    }
    if (flags.json) {
        std::cout << shown->as_json().dump(2) << '\n';
    } else {
        shown->print_table();
    }
    return clean;
}

}  // namespace

void add_ciphers(CLI::App& app, int& status) {
    auto* command =
        app.add_subcommand("ciphers", "the suites a library can do, or what a list makes of them");
    auto flags = std::make_shared<ciphers_flags>();
    command->add_option("LIST", flags->list, "cipher list, as OpenSSL's; left out: every suite");
    command->add_option("--backend", flags->backend, "library to ask: see `polytls backends`");
    command->add_flag("--json", flags->json, "as JSON");
    command->callback([flags, &status] { status = run(*flags); });
}

}  // namespace polytls::tool
