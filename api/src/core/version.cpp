#include <polytls/core/version.hpp>

namespace polytls {

std::string_view library_version() noexcept {
    return POLYTLS_VERSION;
}

}  // namespace polytls
