// A server's whole connection: a peer that behaves, over a wire that does not; or bytes alone.
#include "conversation.hpp"
#include "input.hpp"
#include "target.hpp"

namespace polytls::fuzz {

void run(bytes input) {
    input_reader from(input);
    const bool alone = (from.byte() & 1U) != 0;
    (alone ? feed : play)(role::server, from.rest());
}

std::vector<octets> seeds() {
    return scripts(role::server);
}

}  // namespace polytls::fuzz
