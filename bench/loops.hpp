#pragma once

#include "contender.hpp"

#include <polytls/spi/backend.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace polytls::bench {

/// Two ways of doing the same, measured by turns.
struct comparison {
    std::string name{};      ///< As the table has it.
    std::string bare{};      ///< The benchmark of the library by itself.
    std::string through{};   ///< The benchmark of the same through `connection`.
    std::string unit{};      ///< What is counted, with its prefix, as "MB".
    double per_unit = 1;     ///< How many of the benchmark's items are one unit.
    double least_ratio = 0;  ///< What the project promises; 0: nothing.
};

/// Registers every loop over a backend with Google Benchmark, as "BACKEND/LOOP/VERSION/WHO".
std::vector<comparison> register_loops(spi::backend& backend,
                                       std::unique_ptr<contender> (*make_bare)(const job&));

}  // namespace polytls::bench
