#include "pair.hpp"

#include <array>

namespace polytls::bench {

pair::pair(contender& by, bool resume)
    : client_(by.make_client({to_client_, to_server_}, resume)),
      server_(by.make_server({to_server_, to_client_})) {
    constexpr int most_flights = 10;
    bool client_complete = false;
    bool server_complete = false;
    for (int i = 0; i < most_flights && !(client_complete && server_complete); ++i) {
        client_complete = client_complete || client_->handshake();
        server_complete = server_complete || server_->handshake();
    }
    require(client_complete && server_complete, "the handshake does not end");
    std::array<std::uint8_t, 16> nothing{};
    require(client_->read(nothing) == 0, "data came that nobody sent");
    require(client_->resumed() == resume && server_->resumed() == resume,
            resume ? "the session was not resumed" : "a session was resumed");
}

void pair::carry(end& from, end& to, bytes message, mutable_bytes room) {
    from.write(message);
    std::size_t size = 0;
    while (size < message.size()) {
        const std::size_t more = to.read(room);
        require(more != 0, "data does not come");
        size += more;
    }
}

void pair::rest() {
    client_->release_buffers();
    server_->release_buffers();
    to_client_.drop();
    to_server_.drop();
}

}  // namespace polytls::bench
