#pragma once

#include <cstddef>

namespace polytls::detail {

/// Overwrites what a container of bytes holds, in a way that no compiler leaves out.
template <class Container>
void wipe(Container& secret) noexcept {
    volatile auto* const data = secret.data();
    for (std::size_t i = 0; i < secret.size(); ++i) {
        data[i] = {};
    }
}

}  // namespace polytls::detail
