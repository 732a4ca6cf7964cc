#include "clock.hpp"

#include "compat.hpp"

#include <wolfssl/wolfcrypt/asn_public.h>

#include <ctime>
#include <utility>

namespace polytls::wolfssl {
namespace {

constexpr std::chrono::seconds unset = std::chrono::seconds::min();

thread_local constinit std::chrono::seconds current = unset;

time_t tell_time(time_t* place) {
    const time_t now = current == unset ? std::time(nullptr) : static_cast<time_t>(current.count());
    if (place != nullptr) {
        *place = now;
    }
    return now;
}

}  // namespace

void use_own_clock() noexcept {
    wc_SetTimeCb(tell_time);
}

clock_scope::clock_scope(std::chrono::seconds unix_time) noexcept
    : before_(std::exchange(current, unix_time)) {}

clock_scope::~clock_scope() {
    current = before_;
}

}  // namespace polytls::wolfssl
