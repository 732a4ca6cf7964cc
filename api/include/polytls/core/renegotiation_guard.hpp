#pragma once

#include <chrono>
#include <cstdint>

namespace polytls {

/// How often a client may begin a new handshake, each of which costs a server far more than itself
/// (manual: Client-initiated renegotiation attack mitigation).
struct renegotiation_limit {
    std::uint32_t count = 3;           ///< 0 forbids it.
    std::chrono::seconds window{600};  ///< The time in which so many are allowed.
};

/// Counts a client's handshakes. A window begins with the first handshake after the last one.
class renegotiation_guard {
public:
    /// Whether one more is within the limit; counts it. `now` is monotonic.
    bool allow(const renegotiation_limit& limit, std::chrono::milliseconds now) noexcept {
        if (seen_ == 0 || now - begun_ >= limit.window) {
            begun_ = now;
            seen_ = 0;
        }
        if (seen_ >= limit.count) {
            return false;
        }
        ++seen_;
        return true;
    }

private:
    std::chrono::milliseconds begun_{0};
    std::uint32_t seen_ = 0;
};

}  // namespace polytls
