#pragma once

#include "target.hpp"

#include <vector>

namespace polytls::fuzz {

/// What clients send first, in each range of versions, with few extensions and with many; records.
std::vector<octets> first_flights();

}  // namespace polytls::fuzz
