#pragma once

#include "clock.hpp"
#include "pairing.hpp"

#include <polytls/transport/connect.hpp>
#include <polytls/transport/server.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::testkit {

/// Far more than any test needs: a test that gets here hangs.
constexpr std::chrono::seconds watchdog{60};

/// Runs a loop until nothing is left to do: every socket has closed, every server too.
void run(asio::io_context& io);

/// Runs a loop until something has happened.
void run_until(asio::io_context& io, const std::function<bool()>& happened);

/// A port of 127.0.0.1 at which nobody listens.
std::uint16_t closed_port(asio::io_context& io);

/// A text in which a part out of place shows.
std::string pattern(std::size_t size);

/// What happened at a socket, in order: "secureConnect", "data", "end", "drain", "timeout",
/// "error NAME", "close" or "close after error". Runs of data count as one. Copies are the same
/// trace.
class trace {
public:
    trace() : seen_(std::make_shared<record>()) {}

    explicit trace(tls_socket socket) : trace() { watch(std::move(socket)); }

    /// Listens for everything but data.
    void watch(tls_socket socket);

    void watch_data(tls_socket socket);

    const std::vector<std::string>& events() const { return seen_->events; }

    const std::string& received() const { return seen_->received; }

    const std::vector<failure>& errors() const { return seen_->errors; }

    bool has(std::string_view event) const;

private:
    struct record {
        void note(std::string event) { events.push_back(std::move(event)); }

        std::vector<std::string> events;
        std::string received;
        std::vector<failure> errors;
    };

    std::shared_ptr<record> seen_;
};

/// A server on a loopback address and clients of it, on one loop and one clock. Both ends have the
/// pairing's contexts unless their options bring others.
class network {
public:
    explicit network(const pairing& with,
                     server_options how = {},
                     const std::string& address = "127.0.0.1");

    /// How to reach the server, for a client that expects "localhost".
    connect_options options();

    tls_socket connect() { return connect(options()); }

    tls_socket connect(connect_options how, std::function<void()> secure_connect_listener = {});

    /// A client's connection without TLS.
    asio::ip::tcp::socket connect_bare();

    /// Takes no connection any more once every client has been accepted.
    void close_server();

    /// Lets everything come to its end.
    void run_to_the_end();

    manual_clock clock;
    asio::io_context io;
    polytls::server server;
    std::vector<failure> client_errors;
    int connected = 0;
    int accepted = 0;  ///< Dropped ones included.

private:
    polytls::server make_server(const pairing& with, server_options how);

    std::string address_;
    secure_context client_context_;
};

/// Has a server's socket send back what it reads, and end when the peer does.
void echo(tls_socket socket);

}  // namespace polytls::testkit
