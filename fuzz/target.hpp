#pragma once

#include <polytls/core/bytes.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace polytls::fuzz {

using octets = std::vector<std::uint8_t>;

/// What each target defines: takes one input and checks that every promise is held. The same input
/// does the same each time, whatever was run before it.
void run(bytes input);

/// What each target defines: inputs to begin with, which get far into what it tests.
std::vector<octets> seeds();

/// Ends the program with `promise`, when it does not hold.
void require(bool holds, std::string_view promise);

}  // namespace polytls::fuzz
