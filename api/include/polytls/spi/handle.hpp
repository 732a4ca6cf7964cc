#pragma once

#include <memory>

namespace polytls::spi {

/// Ends what an adapter made by its own `release`: a virtual destructor would drag `operator
/// delete` into firmware.
struct releaser {
    template <class T>
    void operator()(T* made) const noexcept {
        made->release();
    }
};

/// Owns something an adapter made.
template <class T>
using handle = std::unique_ptr<T, releaser>;

}  // namespace polytls::spi
