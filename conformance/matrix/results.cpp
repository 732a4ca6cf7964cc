#include "results.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace polytls::conformance {
namespace {

std::string clause_of(std::string suite) {
    const std::size_t slash = suite.find('/');
    suite.erase(0, slash == std::string::npos ? 0 : slash + 1);
    std::replace(suite.begin(), suite.end(), '_', '-');
    return suite;
}

/// The backends that a test's parameter names, each once.
std::set<std::string> backends_of(const std::string& test,
                                  const std::vector<std::string>& backends) {
    std::set<std::string> named;
    const std::size_t slash = test.find('/');
    std::istringstream words(slash == std::string::npos ? std::string() : test.substr(slash + 1));
    for (std::string word; std::getline(words, word, '_');) {
        if (std::find(backends.begin(), backends.end(), word) != backends.end()) {
            named.insert(word);
        }
    }
    if (named.empty()) {
        throw std::runtime_error("the test " + test + " names no backend");
    }
    return named;
}

}  // namespace

void add_report(const std::filesystem::path& file,
                const std::vector<std::string>& backends,
                results& into) {
    std::ifstream in(file);
    if (!in) {
        throw std::runtime_error("cannot read " + file.string());
    }
    const auto report = nlohmann::json::parse(in);
    for (const auto& suite : report.at("testsuites")) {
        const std::string clause = clause_of(suite.at("name"));
        for (const auto& test : suite.at("testsuite")) {
            for (const std::string& backend : backends_of(test.at("name"), backends)) {
                cell& sum = into[clause][backend];
                const bool ran = test.at("result") == "COMPLETED";
                ++(ran && !test.contains("failures") ? sum.passed : sum.failed);
                if (test.contains("refused")) {
                    sum.refusals.insert(test.at("refused").get<std::string>());
                }
            }
        }
    }
}

}  // namespace polytls::conformance
