#include "idle.hpp"

#include "heap.hpp"
#include "pair.hpp"

namespace polytls::bench {

idle_memory measure_idle_memory(contender& by, bool used) {
    constexpr int connections = 64;
    constexpr std::size_t message_size = 16384;
    const std::vector<std::uint8_t> message(message_size);
    std::vector<std::uint8_t> room(message_size);
    const standing_bytes standing;
    std::vector<std::unique_ptr<pair>> pairs;
    // One more, for whatever the first one leaves behind for good.
    for (int i = 0; i <= connections; ++i) {
        pairs.push_back(std::make_unique<pair>(by));
        if (used) {
            const pair& last = *pairs.back();
            pair::carry(last.client(), last.server(), message, room);
            pair::carry(last.server(), last.client(), message, room);
        }
        pairs.back()->rest();
    }
    pairs.erase(pairs.begin());
    const std::ptrdiff_t both = standing_bytes::count();
    for (const auto& each : pairs) {
        each->drop_client();
    }
    const std::ptrdiff_t servers = standing_bytes::count();
    for (const auto& each : pairs) {
        each->drop_server();
    }
    return {.client = (both - servers) / connections,
            .server = (servers - standing_bytes::count()) / connections};
}

}  // namespace polytls::bench
