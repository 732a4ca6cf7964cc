#pragma once

#include <polytls/core/byte_sink.hpp>
#include <polytls/core/bytes.hpp>

#include <openssl/bio.h>

#include <cstddef>
#include <cstdint>

namespace polytls::openssl {

/// The wire as an engine sees it during one call: what came from the peer, and where to put what
/// goes to it. OpenSSL reads and writes here without a buffer in between.
struct wire {
    /// What the latest use of the wire came to.
    enum class state : std::uint8_t { flowing, empty, full };

    bytes input;
    std::size_t consumed = 0;
    byte_sink* output = nullptr;
    state latest = state::flowing;
};

/// A BIO over `over`, which must outlive it; null without memory.
BIO* make_bio(wire& over) noexcept;

}  // namespace polytls::openssl
