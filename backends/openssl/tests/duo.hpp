#pragma once

#include <polytls/core/connection.hpp>
#include <polytls/spi/backend.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace polytls::openssl {

using buffer = std::vector<std::uint8_t>;

/// A client's and a server's `connection` with a wire between them, in memory.
class duo {
public:
    class side final : public byte_sink, public connection_observer {
    public:
        std::size_t append(bytes data) noexcept override;

        void session(bytes envelope) noexcept override;

        void new_session(bytes /*id*/, bytes /*envelope*/) noexcept override {}

        void key_log(std::string_view /*line*/) noexcept override {}

        status check_identity(std::string_view /*host*/,
                              const x509::certificate_view& /*leaf*/) noexcept override {
            return {};
        }

        void answer_now() noexcept override {}

        connection_settings settings{};
        std::unique_ptr<connection> tls{};
        buffer inbox{};
        buffer outbox{};
        std::size_t room = std::numeric_limits<std::size_t>::max();  ///< Of the outbox.
        buffer latest_session{};
    };

    /// Both speak this version only, and the client knows the server by its name.
    explicit duo(protocol_version version);

    /// Makes both connections, and shakes hands. False when it did not work out.
    bool connect();

    /// What one end has written goes to the other.
    void carry();

    progress write(side& by, bytes plaintext);

    /// Reads from what has arrived.
    progress read(side& by, mutable_bytes plaintext);

    /// Sends a message, and has all of it read. The wire and `room` were made large enough before.
    bool send(side& from, side& to, bytes message, mutable_bytes room);

    side client;
    side server;

private:
    bool shake_hands(side& by);

    spi::handle<spi::context> client_context_;
    spi::handle<spi::context> server_context_;
};

}  // namespace polytls::openssl
