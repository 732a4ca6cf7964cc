#pragma once

#include <polytls/core/client_hello.hpp>
#include <polytls/core/connection.hpp>

namespace polytls {

/// What a server's connection needs only until its engine has taken over the ClientHello.
struct connection::hello_state {
    explicit hello_state(const memory_hooks& memory) noexcept : reader(memory) {}

    client_hello_reader reader;
    client_hello hello;
    bytes protocol;  // The one chosen by ALPN.
    bytes session;   // What is stored of it, as the library wrote it.
    spi::stapled_response staple;
    bool context_decided = false;
    bool protocol_decided = false;
    bool session_decided = false;
    bool staple_decided = false;
};

}  // namespace polytls
