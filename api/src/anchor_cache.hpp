#pragma once

#include <polytls/backends.hpp>
#include <polytls/result.hpp>

namespace polytls::spi {
class anchor_set;
}

namespace polytls::detail {

/// The system's roots in a backend's own form, made at the first call for it and kept as long as
/// the process lives; any thread. Null where the system has none.
result<const spi::anchor_set*> shared_root_anchors(backend of);

}  // namespace polytls::detail
