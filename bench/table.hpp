#pragma once

#include "idle.hpp"
#include "rounds.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace polytls::bench {

/// What idle connections take, by the library alone and through `connection`.
struct idle_comparison {
    std::string name;
    idle_memory bare;
    idle_memory through;
};

/// Writes a table in Markdown; true when every promise is kept.
bool write_rates(std::ostream& to,
                 const std::vector<comparison>& comparisons,
                 const std::vector<measured>& results);

/// As `write_rates`, of memory.
bool write_idle(std::ostream& to, const std::vector<idle_comparison>& results);

}  // namespace polytls::bench
