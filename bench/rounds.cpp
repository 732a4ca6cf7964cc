#include "rounds.hpp"

#include <cctype>
#include <string>

namespace polytls::bench {
namespace {

using run = benchmark::BenchmarkReporter::Run;

class collector final : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context& /*context*/) override { return true; }

    void ReportRuns(const std::vector<Run>& report) override {
        runs.insert(runs.end(), report.begin(), report.end());
    }

    std::vector<Run> runs;
};

/// The regular expression that one name alone fits.
std::string exactly(const std::string& name) {
    std::string pattern = "^";
    for (const char each : name) {
        if (std::isalnum(static_cast<unsigned char>(each)) == 0 && each != '/' && each != '_') {
            pattern += '\\';
        }
        pattern += each;
    }
    return pattern + '$';
}

run run_one(const std::string& name) {
    collector heard;
    benchmark::RunSpecifiedBenchmarks(&heard, exactly(name));
    require(heard.runs.size() == 1, name + " did not run");
    run& only = heard.runs.front();
    require(!only.error_occurred, name + ": " + only.error_message);
    return std::move(only);
}

/// Units a second of the thread's CPU time. The counters are Google Benchmark's, by CPU time.
double rate(const run& of, double per_unit) {
    for (const char* counter : {"bytes_per_second", "items_per_second"}) {
        const auto found = of.counters.find(counter);
        if (found != of.counters.end()) {
            return found->second.value / per_unit;
        }
    }
    return 0;
}

}  // namespace

std::vector<measured>
run_rounds(const std::vector<comparison>& comparisons, std::size_t rounds, std::vector<run>& raw) {
    std::vector<measured> all(comparisons.size());
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < comparisons.size(); ++i) {
            const comparison& about = comparisons[i];
            const bool bare_first = (round + i) % 2 == 0;
            run first = run_one(bare_first ? about.bare : about.through);
            run second = run_one(bare_first ? about.through : about.bare);
            const run& bare = bare_first ? first : second;
            const run& through = bare_first ? second : first;
            measured& of = all[i];
            of.bare.push_back(rate(bare, about.per_unit));
            of.through.push_back(rate(through, about.per_unit));
            of.ratio.push_back(of.through.back() / of.bare.back());
            of.allocations_bare = bare.counters.at("allocations").value;
            of.allocations_through = through.counters.at("allocations").value;
            for (run* each : {&first, &second}) {
                each->repetitions = static_cast<std::int64_t>(rounds);
                each->repetition_index = static_cast<std::int64_t>(round);
                raw.push_back(std::move(*each));
            }
        }
    }
    return all;
}

}  // namespace polytls::bench
