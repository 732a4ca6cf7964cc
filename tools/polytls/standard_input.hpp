#pragma once

#include <polytls/transport/socket.hpp>

#include <asio/io_context.hpp>

#include <memory>

namespace polytls::tool {

/// Sends standard input to a socket as it comes, waiting while the socket is full, and ends the
/// socket at its end. Pipes and terminals are waited for; files are read straight.
class standard_input : public std::enable_shared_from_this<standard_input> {
public:
    standard_input(asio::io_context& context, tls_socket target);
    ~standard_input();

    void start();

    /// Stops reading.
    void stop();

private:
    void next();
    void read();

    struct source;
    std::unique_ptr<source> source_;
    tls_socket target_;
    bool stopped_ = false;
};

}  // namespace polytls::tool
