// Compares what `connection` costs with the libraries beneath it. With --rounds it prints a table;
// without, it is an ordinary program of Google Benchmark's, with that library's flags.
#include "raw/library.hpp"
#include "table.hpp"
#include "through_connection.hpp"

#include <polytls/backends.hpp>

#include <benchmark/benchmark.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <optional>
#include <regex>
#include <stdexcept>

namespace polytls::bench {
namespace {

struct options {
    std::size_t rounds = 0;
    std::string raw_file;
};

constexpr std::string_view usage =
    "usage: polytls_bench [GOOGLE-BENCHMARK-FLAG...]            each benchmark by itself\n"
    "       polytls_bench --rounds=N [--raw=FILE] [FLAG...]     ratios, as a table in Markdown;\n"
    "                                                           each run goes to FILE as JSON\n";

std::size_t read_count(std::string_view argument, std::string_view text) {
    std::size_t value = 0;
    const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || stop != text.data() + text.size() || value == 0) {
        throw std::invalid_argument(std::string(argument) +
                                    ": a number of rounds, 1 or more, was expected");
    }
    return value;
}

/// Reads what Google Benchmark has left of the arguments.
options read_options(int count, char** arguments) {
    constexpr std::string_view rounds = "--rounds=";
    constexpr std::string_view raw = "--raw=";
    options read;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument.starts_with(rounds)) {
            read.rounds = read_count(argument, argument.substr(rounds.size()));
        } else if (argument.starts_with(raw) && argument.size() > raw.size()) {
            read.raw_file = argument.substr(raw.size());
        } else {
            throw std::invalid_argument(std::string(argument) + ": there is no such argument");
        }
    }
    if (!read.raw_file.empty() && read.rounds == 0) {
        throw std::invalid_argument("--raw: only with --rounds");
    }
    return read;
}

void write_raw(std::ofstream& to, const std::vector<benchmark::BenchmarkReporter::Run>& runs) {
    benchmark::JSONReporter reporter;
    reporter.SetOutputStream(&to);
    reporter.SetErrorStream(&std::cerr);
    reporter.ReportContext({});
    reporter.ReportRuns(runs);
    reporter.Finalize();
}

std::vector<idle_comparison> compare_idle(spi::backend& backend, const raw::library& library) {
    std::vector<idle_comparison> all;
    for (const protocol_version version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        if (!backend.versions().contains(version)) {
            continue;
        }
        const job wanted{.version = version};
        for (const bool used : {false, true}) {
            all.push_back({std::string(name_of(version)) + (used ? ", after 16 KiB each way" : ""),
                           measure_idle_memory(*library.make(wanted), used),
                           measure_idle_memory(*make_through_connection(backend, wanted), used)});
        }
    }
    return all;
}

/// A library with the backend over it, and what is registered of them.
struct subject {
    backend over;
    const raw::library* library;
    std::vector<comparison> comparisons;
};

std::vector<subject> register_all() {
    std::vector<subject> all;
    for (const raw::library& each : raw::libraries()) {
        const backend over = value_of(find_backend(each.name));
        all.push_back({over, &each, register_loops(over.implementation(), each.make)});
    }
    return all;
}

/// Those comparisons of which --benchmark_filter names a benchmark; all without one.
std::vector<comparison> chosen_of(std::vector<comparison> all) {
    std::string filter = benchmark::GetBenchmarkFilter();
    if (filter.empty() || filter == "all") {
        return all;
    }
    // As Google Benchmark has it, a '-' in front chooses the others.
    const bool others = filter.front() == '-';
    try {
        const std::regex wanted(filter.substr(others ? 1 : 0), std::regex::extended);
        std::erase_if(all, [&](const comparison& each) {
            const bool fits =
                std::regex_search(each.bare, wanted) || std::regex_search(each.through, wanted);
            return fits == others;
        });
    } catch (const std::regex_error&) {
        throw std::runtime_error("--benchmark_filter=" + filter + ": not a regular expression");
    }
    require(!all.empty(), "--benchmark_filter=" + filter + ": no benchmark is called so");
    return all;
}

bool compare(const std::vector<subject>& subjects, const options& how) {
    std::ofstream raw;
    if (!how.raw_file.empty()) {
        raw.open(how.raw_file);
        require(raw.is_open(), how.raw_file + ": cannot be written");
    }
    bool kept = true;
    std::vector<benchmark::BenchmarkReporter::Run> runs;
    for (const subject& each : subjects) {
        const std::vector<comparison> chosen = chosen_of(each.comparisons);
        const std::vector<measured> results = run_rounds(chosen, how.rounds, runs);
        std::cout << "## " << each.over.name() << ' ' << each.over.version()
                  << "\n\nBoth ends in one thread; rates are by CPU time. Medians of " << how.rounds
                  << " rounds; ratios are within a round.\n\n";
        kept = write_rates(std::cout, chosen, results) && kept;
        std::cout << '\n';
        kept =
            write_idle(std::cout, compare_idle(each.over.implementation(), *each.library)) && kept;
        std::cout << std::endl;
    }
    if (raw.is_open()) {
        write_raw(raw, runs);
        require(raw.flush().good(), how.raw_file + ": cannot be written");
    }
    return kept;
}

int run(int count, char** arguments) {
    benchmark::Initialize(&count, arguments);
    std::optional<options> how;
    try {
        how = read_options(count, arguments);
    } catch (const std::invalid_argument& why) {
        std::cerr << "polytls_bench: " << why.what() << '\n' << usage;
        return 2;
    }
    const std::vector<subject> subjects = register_all();
    if (how->rounds != 0) {
        return compare(subjects, *how) ? 0 : 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

}  // namespace
}  // namespace polytls::bench

int main(int count, char** arguments) {
    try {
        return polytls::bench::run(count, arguments);
    } catch (const std::exception& why) {
        std::cerr << "polytls_bench: " << why.what() << '\n';
        return 1;
    }
}
