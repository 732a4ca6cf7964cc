#pragma once

#include "byte_queue.hpp"

#include <polytls/core/bytes.hpp>
#include <polytls/core/protocol_version.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::bench {

/// What becomes of the sessions that a client is given.
enum class session_use : std::uint8_t {
    none,    ///< Nobody asks for them.
    bytes,   ///< Each is written out, as a program does that keeps them anywhere but in its memory.
    object,  ///< The library's own object is kept, where there is one to hold.
};

/// What is done, alike by all that are compared. Besides: AES-256-GCM, X25519, a P-256 leaf signed
/// by a P-256 CA for "localhost", whose chain and name the client verifies; the server does not ask
/// for a certificate, and issues tickets, as many as the library does by itself.
struct job {
    protocol_version version = protocol_version::tls1_3;
    session_use sessions = session_use::none;
};

/// What a connection goes over.
struct wire {
    byte_queue& in;
    byte_queue& out;
};

/// One end of a connection. Whatever fails throws std::runtime_error.
class end {
public:
    virtual ~end() = default;

    /// Goes as far as what has come allows; true once complete.
    virtual bool handshake() = 0;

    /// Encrypts one record.
    virtual void write(bytes plaintext) = 0;

    /// Decrypts what has come, one record or more, and returns the size in bytes; 0 when there is
    /// no more.
    virtual std::size_t read(mutable_bytes plaintext) = 0;

    virtual bool resumed() const = 0;

    /// Says that the connection falls idle.
    virtual void release_buffers() = 0;
};

/// A way of doing the job: a library by itself, or through `connection`. Has the contexts of both
/// roles, and the latest session that one of its clients was given.
class contender {
public:
    virtual ~contender() = default;
    virtual std::unique_ptr<end> make_server(wire over) = 0;
    virtual std::unique_ptr<end> make_client(wire over, bool resume) = 0;
};

/// Who the server is, and whom the client trusts. Made at every start.
struct credentials {
    std::vector<std::uint8_t> ca_der;
    std::vector<std::uint8_t> leaf_der;
    std::string key_pem;
};

const credentials& the_credentials();

inline constexpr std::string_view host = "localhost";

/// Ends a benchmark that does not do what it should.
void require(bool holds, std::string_view what);

}  // namespace polytls::bench
