#pragma once

#include <cstddef>

namespace polytls::contract {

/// The memory of this whole program, the TLS library's included: every allocation is counted, and
/// one can be made to fail.

/// How many blocks there are that nobody has given back.
long live_blocks() noexcept;

/// Makes allocations of this thread fail, for as long as it lives: the one that comes after
/// `spared` others, and, where memory stays short, all after it.
class shortage {
public:
    enum class lasting : bool { once, for_good };

    shortage(std::size_t spared, lasting how) noexcept;
    ~shortage();
    shortage(const shortage&) = delete;
    shortage& operator=(const shortage&) = delete;

    /// Whether an allocation has failed.
    bool felt() const noexcept;
};

}  // namespace polytls::contract
