// A client's whole connection: a peer that behaves, over a wire that does not; or bytes alone.
#include "conversation.hpp"
#include "input.hpp"
#include "target.hpp"

namespace polytls::fuzz {

void run(bytes input) {
    input_reader from(input);
    const bool alone = (from.byte() & 1U) != 0;
    (alone ? feed : play)(role::client, from.rest());
}

std::vector<octets> seeds() {
    return scripts(role::client);
}

}  // namespace polytls::fuzz
