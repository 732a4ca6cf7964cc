#include "target.hpp"

#include <cstdlib>
#include <iostream>

namespace polytls::fuzz {

void require(bool holds, std::string_view promise) {
    if (!holds) {
        std::cerr << "\nA promise does not hold: " << promise << '\n';
        std::abort();
    }
}

}  // namespace polytls::fuzz
