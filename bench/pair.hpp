#pragma once

#include "contender.hpp"

#include <memory>

namespace polytls::bench {

/// A client and a server with a wire between them, all in one thread.
class pair {
public:
    /// Runs the handshake, and lets the client take what comes behind it.
    explicit pair(contender& by, bool resume = false);

    end& client() const noexcept { return *client_; }

    end& server() const noexcept { return *server_; }

    /// Sends `message` from one end, and reads all of it at the other.
    static void carry(end& from, end& to, bytes message, mutable_bytes room);

    /// Tells both ends that they fall idle, and gives the wire's memory back.
    void rest();

    void drop_client() noexcept { client_.reset(); }

    void drop_server() noexcept { server_.reset(); }

private:
    byte_queue to_client_;
    byte_queue to_server_;
    std::unique_ptr<end> client_;
    std::unique_ptr<end> server_;
};

}  // namespace polytls::bench
