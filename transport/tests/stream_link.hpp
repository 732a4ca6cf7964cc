#pragma once

#include "memory_layer.hpp"
#include "test_certificates.hpp"

#include <polytls/transport/stream.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace polytls::testing {

inline std::pair<asio::ip::tcp::socket, asio::ip::tcp::socket>
connected_sockets(asio::io_context& context) {
    const asio::ip::tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
    asio::ip::tcp::acceptor acceptor(context, loopback);
    asio::ip::tcp::socket one(context);
    one.connect(acceptor.local_endpoint());
    return {std::move(one), acceptor.accept()};
}

struct over_tcp {
    using layer = asio::ip::tcp::socket;

    static constexpr std::size_t bulk = 3'000'000;

    static auto layers(asio::io_context& context) { return connected_sockets(context); }
};

struct over_single_bytes {
    using layer = memory_layer;

    static constexpr std::size_t bulk = 40'000;

    static auto layers(asio::io_context& context) { return memory_layer::pair(context); }
};

/// A client's and a server's stream on two ends of one link.
template <class Medium>
struct stream_link {
    using layer = typename Medium::layer;

    stream_link() { client.set_host_name("localhost"); }

    /// Runs until nothing is left to do.
    void run() {
        context.restart();
        context.run();
    }

    /// Both handshakes; what came of them is in the members below.
    void handshake() {
        client.async_handshake(stream_base::client,
                               [this](std::error_code e) { client_error = e; });
        server.async_handshake(stream_base::server,
                               [this](std::error_code e) { server_error = e; });
        run();
    }

    asio::io_context context;
    std::pair<layer, layer> layers = Medium::layers(context);
    stream<layer> client{std::move(layers.first), client_context()};
    stream<layer> server{std::move(layers.second), server_context()};
    std::error_code client_error = asio::error::would_block;
    std::error_code server_error = asio::error::would_block;
};

/// What an operation came to, once it has.
struct outcome {
    std::optional<std::error_code> error{};
    std::size_t size = 0;

    auto handler() {
        return [this](std::error_code result, std::size_t moved) {
            error = result;
            size = moved;
        };
    }

    auto short_handler() {
        return [this](std::error_code result) { error = result; };
    }
};

/// A text of a given size, no two parts of which are alike.
inline std::string pattern(std::size_t size) {
    std::string made;
    for (std::size_t i = 0; made.size() < size; ++i) {
        made += std::to_string(i) + ' ';
    }
    made.resize(size);
    return made;
}

}  // namespace polytls::testing
