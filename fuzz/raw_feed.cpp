// A connection whose peer is the input itself.
#include "conversation.hpp"

#include <testkit/pki_random.hpp>

namespace polytls::fuzz {
namespace {

/// Feeds all of `stream`, in pieces, and tells how it ended.
status outcome_of(role tested, const conversation_setup& setup, bytes stream, slicer sizes) {
    conversation alone(tested, setup);
    checked_end& end = tested == role::client ? alone.client() : alone.server();
    end.step();
    while (!stream.empty()) {
        const std::size_t size = sizes.next(stream.size());
        end.receive(stream.first(size));
        stream = stream.subspan(size);
        require(!end.tls().handshake_complete(), "nobody gets in without a key");
    }
    const status before = end.tls().error();
    end.end_of_input();
    require(end.tls().error().code == (before                   ? before.code
                                       : tested == role::client ? errc::disconnected_before_secure
                                                                : errc::socket_hang_up),
            "a connection that ends before it is secure has failed");
    return before;
}

}  // namespace

void feed(role tested, bytes input) {
    input_reader from(input);
    const conversation_setup setup(from);
    const slicer sizes(from);
    input_reader none({});
    const status at_once = outcome_of(tested, setup, from.rest(), slicer(none));
    const status in_pieces = outcome_of(tested, setup, from.rest(), sizes);
    require(at_once == in_pieces, "how bytes are cut does not change what becomes of them");
}

}  // namespace polytls::fuzz
