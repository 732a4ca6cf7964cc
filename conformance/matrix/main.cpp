// Turns the reports of the conformance programs into the matrix of clauses and backends, and holds
// that no clause is forgotten: each has tests on every backend, or stands in the list of those that
// have none yet, and no test is named after a clause that there is not.
#include "clauses.hpp"
#include "results.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>

namespace {

using namespace polytls::conformance;

struct arguments {
    std::filesystem::path clauses;
    std::filesystem::path pending;
    std::filesystem::path markdown;
    std::filesystem::path json;
    std::vector<std::string> backends;
    std::vector<std::filesystem::path> reports;
};

std::string verdict(const cell& sum) {
    if (sum.failed != 0) {
        return "fail";
    }
    return sum.refusals.empty() ? "pass" : "refused";
}

/// Every breach of the rule above, a line each.
std::vector<std::string> faults(const arguments& given,
                                const std::vector<clause>& clauses,
                                const std::map<std::string, std::string>& pending,
                                const results& all) {
    std::vector<std::string> lines;
    std::set<std::string> known;
    for (const clause& one : clauses) {
        known.insert(one.id);
        const bool tested = all.contains(one.id);
        const bool listed = pending.contains(one.id);
        if (tested && listed) {
            lines.push_back(one.id + " has tests and still stands in " + given.pending.string());
        }
        for (const std::string& backend : given.backends) {
            if (!listed && (!tested || !all.at(one.id).contains(backend))) {
                lines.push_back(one.id + " has no test on " + backend);
            }
        }
    }
    for (const auto& [id, cells] : all) {
        if (!known.contains(id)) {
            lines.push_back("tests are named after " + id + ", which is no clause");
        }
    }
    for (const auto& [id, reason] : pending) {
        if (!known.contains(id)) {
            lines.push_back(given.pending.string() + " names " + id + ", which is no clause");
        }
    }
    return lines;
}

void write_markdown(const arguments& given,
                    const std::vector<clause>& clauses,
                    const std::map<std::string, std::string>& pending,
                    const results& all) {
    std::ofstream out(given.markdown);
    out << "# Conformance: clause by backend\n\nNumbers are tests.\n";
    std::string heading;
    for (const clause& one : clauses) {
        if (one.heading != heading) {
            heading = one.heading;
            out << "\n## " << heading << "\n\n| clause |";
            std::string rule = "\n|---|";
            for (const std::string& backend : given.backends) {
                out << ' ' << backend << " |";
                rule += "---|";
            }
            out << rule << '\n';
        }
        out << "| " << one.id << " |";
        for (const std::string& backend : given.backends) {
            if (pending.contains(one.id)) {
                out << " not yet: " << pending.at(one.id) << " |";
                continue;
            }
            const auto found = all.find(one.id);
            const cell sum = found != all.end() && found->second.contains(backend)
                                 ? found->second.at(backend)
                                 : cell{};
            out << ' ' << verdict(sum) << " (" << sum.passed << ')';
            for (const std::string& reason : sum.refusals) {
                out << ": " << reason;
            }
            out << " |";
        }
        out << '\n';
    }
}

void write_json(const arguments& given,
                const std::vector<clause>& clauses,
                const std::map<std::string, std::string>& pending,
                const results& all) {
    auto rows = nlohmann::json::array();
    for (const clause& one : clauses) {
        nlohmann::json row{
            {"clause", one.id}, {"promise", one.promise}, {"backends", nlohmann::json::object()}};
        if (pending.contains(one.id)) {
            row["pending"] = pending.at(one.id);
        }
        if (const auto found = all.find(one.id); found != all.end()) {
            for (const auto& [backend, sum] : found->second) {
                row["backends"][backend] = {{"verdict", verdict(sum)},
                                            {"passed", sum.passed},
                                            {"failed", sum.failed},
                                            {"refusals", sum.refusals}};
            }
        }
        rows.push_back(std::move(row));
    }
    std::ofstream(given.json) << rows.dump(2) << '\n';
}

int run(const arguments& given) {
    const auto clauses = read_clauses(given.clauses);
    const auto pending = read_pending(given.pending);
    results all;
    for (const auto& report : given.reports) {
        add_report(report, given.backends, all);
    }
    write_markdown(given, clauses, pending, all);
    write_json(given, clauses, pending, all);

    const auto lines = faults(given, clauses, pending, all);
    for (const std::string& line : lines) {
        std::cerr << line << '\n';
    }
    std::cout << clauses.size() << " clauses, " << all.size() << " with tests, " << pending.size()
              << " not yet; the matrix is in " << given.markdown.string() << '\n';
    return lines.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    arguments given;
    CLI::App app("Makes the conformance matrix and checks that no clause is forgotten");
    app.add_option("--clauses", given.clauses, "clauses.md")->required();
    app.add_option("--pending", given.pending, "the clauses without tests yet")->required();
    app.add_option("--markdown", given.markdown, "where to write the matrix")->required();
    app.add_option("--json", given.json, "where to write it for programs")->required();
    app.add_option("--backend", given.backends, "a backend of the build (repeatable)")
        ->required()
        ->allow_extra_args(false);
    app.add_option("reports", given.reports, "GoogleTest's JSON reports")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        return run(given);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
