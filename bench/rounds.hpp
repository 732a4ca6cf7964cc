#pragma once

#include "loops.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <vector>

namespace polytls::bench {

/// What the rounds of one comparison gave, a number a round.
struct measured {
    std::vector<double> bare;  ///< Units a second of CPU time.
    std::vector<double> through;
    std::vector<double> ratio;    ///< Of the two, within the round.
    double allocations_bare = 0;  ///< For each message or handshake.
    double allocations_through = 0;
};

/// Runs the two benchmarks of each comparison right after one another, in every other round in the
/// other order. Each run is added to `raw`.
std::vector<measured> run_rounds(const std::vector<comparison>& comparisons,
                                 std::size_t rounds,
                                 std::vector<benchmark::BenchmarkReporter::Run>& raw);

}  // namespace polytls::bench
