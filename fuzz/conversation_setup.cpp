#include "conversation.hpp"

#include <algorithm>

namespace polytls::fuzz {

conversation_setup::conversation_setup(input_reader& from) {
    const bytes given = from.take(size);
    std::copy(given.begin(), given.end(), encoded.begin());
    const auto& [version, personas, first, second, sink_room, plaintext_room] = encoded;
    const std::span<const version_range> ranges = version_ranges();
    versions = ranges[version % ranges.size()];
    server = static_cast<persona>(personas & 3U);
    client = static_cast<persona>(personas >> 2U & 3U);
    alpn = (first & setup_bits::alpn) != 0;
    npn = (first & setup_bits::npn) != 0;
    ocsp = (first & setup_bits::ocsp) != 0;
    keeps_sessions = (first & setup_bits::keeps_sessions) != 0;
    resumes = (first & setup_bits::resumes) != 0;
    requests_certificate = (first & setup_bits::requests_certificate) != 0;
    client_rejects = (first & setup_bits::client_lenient) == 0;
    server_rejects = (first & setup_bits::server_rejects) != 0;
    asks_context = (second & setup_bits::asks_context) != 0;
    chooses_context = (second & setup_bits::chooses_context) != 0;
    asks_protocol = (second & setup_bits::asks_protocol) != 0;
    own_identity_check = (second & setup_bits::own_identity_check) != 0;
    limits = {.sink_room = sink_room,
              .plaintext_room = 1 + 16 * std::size_t{plaintext_room},
              .answers_late = (second & setup_bits::answers_late) != 0};
}

}  // namespace polytls::fuzz
