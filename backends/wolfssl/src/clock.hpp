#pragma once

#include <chrono>

namespace polytls::wolfssl {

/// Has wolfSSL judge certificates by the time that a `clock_scope` sets. Once per process.
void use_own_clock() noexcept;

/// The time by which wolfSSL judges certificates on this thread, as long as the scope lasts. A
/// scope within another, as in a connection served by the callback of another one, comes first.
class clock_scope {
public:
    explicit clock_scope(std::chrono::seconds unix_time) noexcept;
    ~clock_scope();
    clock_scope(const clock_scope&) = delete;
    clock_scope& operator=(const clock_scope&) = delete;

private:
    std::chrono::seconds before_;
};

}  // namespace polytls::wolfssl
