#pragma once

#include "clock.hpp"
#include "pki.hpp"

#include <polytls/transport/connect.hpp>
#include <polytls/transport/server.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace polytls::testing_transport {

/// Far more than any test needs: a test that gets here hangs.
constexpr std::chrono::seconds watchdog{30};

/// Runs a loop until nothing is left to do: every socket has closed, every server too.
inline void run(asio::io_context& io) {
    io.restart();
    io.run_for(watchdog);
    ASSERT_TRUE(io.stopped()) << "something is still open";
}

/// Runs a loop until something has happened.
template <class Condition>
void run_until(asio::io_context& io, Condition happened) {
    const auto give_up = std::chrono::steady_clock::now() + watchdog;
    io.restart();
    while (!happened() && std::chrono::steady_clock::now() < give_up) {
        ASSERT_NE(io.run_one_until(give_up), 0U) << "nothing is left that could make it happen";
    }
    ASSERT_TRUE(happened());
}

inline secure_context make_context(const context_options& options) {
    return value_of(create_secure_context(options));
}

/// Trusts `testkit::root()`.
inline const secure_context& client_context() {
    static const secure_context made = make_context({.ca = testkit::root().certificate_pem()});
    return made;
}

/// Trusts nobody.
inline const secure_context& distrustful_context() {
    static const secure_context made = make_context({.ca = one_or_many()});
    return made;
}

inline const secure_context& server_context() {
    static const secure_context made = make_context(
        {.key = testkit::localhost().key_pem(), .cert = testkit::localhost().certificate_pem()});
    return made;
}

/// What happened at a socket, in order: "secureConnect", "data", "end", "drain", "timeout",
/// "error NAME", "close" or "close after error". Runs of data count as one.
class trace {
public:
    trace() : seen_(std::make_shared<record>()) {}

    explicit trace(tls_socket socket) : trace() { watch(std::move(socket)); }

    /// `data` is only listened for by `watch_data`.
    void watch(tls_socket socket) {
        socket.on_secure_connect([seen = seen_] { seen->note("secureConnect"); });
        socket.on_end([seen = seen_] { seen->note("end"); });
        socket.on_drain([seen = seen_] { seen->note("drain"); });
        socket.on_timeout([seen = seen_] { seen->note("timeout"); });
        socket.on_error([seen = seen_](const failure& why) {
            seen->note("error " + why.name());
            seen->errors.push_back(why);
        });
        socket.on_close([seen = seen_](bool had_error) {
            seen->note(had_error ? "close after error" : "close");
        });
    }

    void watch_data(tls_socket socket) {
        socket.on_data([seen = seen_](bytes plaintext) {
            if (seen->events.empty() || seen->events.back() != "data") {
                seen->note("data");
            }
            seen->received += as_text(plaintext);
        });
    }

    const std::vector<std::string>& events() const { return seen_->events; }

    const std::string& received() const { return seen_->received; }

    const std::vector<failure>& errors() const { return seen_->errors; }

    bool has(std::string_view event) const {
        return std::find(seen_->events.begin(), seen_->events.end(), event) != seen_->events.end();
    }

private:
    struct record {
        void note(std::string event) { events.push_back(std::move(event)); }

        std::vector<std::string> events;
        std::string received;
        std::vector<failure> errors;
    };

    std::shared_ptr<record> seen_;
};

/// Events by name, for comparing with a trace.
using events = std::vector<std::string>;

/// A server on 127.0.0.1 and clients of it, on one loop and one clock.
class rig {
public:
    explicit rig(server_options how = {}) : server(make(std::move(how))) {
        server.on_client_error(
            [this](const failure& why, const tls_socket&) { client_errors.push_back(why); });
        server.on_connection([this](const tls_socket&) { ++accepted; });
        server.listen(0, "127.0.0.1");
    }

    /// How to reach the server; to be changed before `connect`.
    connect_options options() {
        return {.port = server.address().port,
                .host = "127.0.0.1",
                .secure_context = client_context(),
                .clock = [this] { return clock.now(); }};
    }

    tls_socket connect() { return connect(options()); }

    tls_socket connect(connect_options how) {
        ++connected;
        return value_of(polytls::connect(io, std::move(how)));
    }

    /// A client's connection without TLS.
    asio::ip::tcp::socket connect_bare() {
        ++connected;
        asio::ip::tcp::socket socket(io);
        socket.connect({asio::ip::make_address("127.0.0.1"), server.address().port});
        return socket;
    }

    /// Takes no connection any more once every client has been accepted.
    void close_server() {
        run_until(io, [this] { return accepted >= connected; });
        server.close();
    }

    /// Lets everything come to its end.
    void run_to_the_end() {
        close_server();
        run(io);
    }

    testkit::manual_clock clock;
    asio::io_context io;
    polytls::server server;
    std::vector<failure> client_errors;
    int connected = 0;
    int accepted = 0;

private:
    polytls::server make(server_options how) {
        if (!how.secure_context) {
            how.secure_context = server_context();
        }
        how.clock = [this] { return clock.now(); };
        return value_of(create_server(io, std::move(how)));
    }
};

}  // namespace polytls::testing_transport
