#include "fake_backend.hpp"

#include <array>

namespace polytls {

// In place of the registry that the build generates: these tests need no TLS library.
std::span<spi::backend* const> registered_backends() noexcept {
    static testkit::fake_backend fake;
    static const std::array<spi::backend*, 1> all{&fake};
    return all;
}

}  // namespace polytls
