#pragma once

#include <cstddef>

namespace polytls::openssl {

/// What went through `c_library_memory`, whose place this program takes: all the memory of ours,
/// and none of OpenSSL's.
struct counted_memory {
    std::size_t allocations = 0;  ///< Since the start.
    std::size_t bytes = 0;        ///< Standing now.
};

counted_memory memory_of_ours() noexcept;

}  // namespace polytls::openssl
