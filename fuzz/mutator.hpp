#pragma once

#include "target.hpp"

#include <cstdint>
#include <vector>

namespace polytls::fuzz {

/// One of the seeds after some changes, all chosen by `number`: bits turned, bytes replaced,
/// inserted, taken out or repeated, and parts of other seeds put in.
octets mutation_of(const std::vector<octets>& seeds, std::uint64_t number);

}  // namespace polytls::fuzz
