#include "duo.hpp"

#include "pki.hpp"

#include <polytls/openssl/backend.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::openssl {
namespace {

constexpr moment now{.unix_time = std::chrono::seconds(1'767'225'600)};  // 2026-01-01

spi::handle<spi::context> make_context(protocol_version version, bool of_server) {
    const buffer ca = testkit::root().certificate_der();
    const buffer leaf = testkit::localhost().certificate_der();
    const std::string key = testkit::localhost().key_pem();
    const std::array<bytes, 1> anchors = {ca};
    const std::array<bytes, 1> chain = {leaf};
    const std::array chains = {spi::certificate_chain{.certificates = chain}};
    const std::array keys = {spi::private_key_source{.data = as_bytes(key)}};
    spi::context_config config{};
    config.trust.anchors = anchors;
    config.protocol = {.versions = {version, version},
                       .cipher_suites = the_backend().cipher_suites(),
                       .groups = the_backend().groups()};
    if (of_server) {
        config.identity = {.chains = chains, .keys = keys};
    }
    spi::handle<spi::context> made;
    EXPECT_EQ(the_backend().make_context(config, made).error.code, errc::ok);
    return made;
}

}  // namespace

std::size_t duo::side::append(bytes data) noexcept {
    const std::size_t taken = std::min(data.size(), room);
    outbox.insert(outbox.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(taken));
    room -= taken;
    return taken;
}

void duo::side::session(bytes envelope) noexcept {
    latest_session.assign(envelope.begin(), envelope.end());
}

duo::duo(protocol_version version)
    : client_context_(make_context(version, false)), server_context_(make_context(version, true)) {
    client.settings.host = client.settings.server_name = "localhost";
    client.settings.observer = &client;
    server.settings.side = role::server;
}

bool duo::connect() {
    client.tls = std::make_unique<connection>(*client_context_, client.settings);
    server.tls = std::make_unique<connection>(*server_context_, server.settings);
    for (side* one : {&client, &server}) {
        one->inbox.clear();
        one->outbox.clear();
    }
    constexpr int most_flights = 10;
    bool client_done = false;
    bool server_done = false;
    for (int i = 0; i < most_flights && !(client_done && server_done); ++i) {
        client_done = client_done || shake_hands(client);
        server_done = server_done || shake_hands(server);
    }
    std::array<std::uint8_t, 1> nothing{};
    return client_done && server_done && !read(client, nothing).error;
}

bool duo::shake_hands(side& by) {
    const progress step = by.tls->handshake(by.inbox, by, now);
    by.inbox.erase(by.inbox.begin(), by.inbox.begin() + static_cast<std::ptrdiff_t>(step.consumed));
    carry();
    return step.next == want::nothing && !step.error;
}

void duo::carry() {
    client.inbox.insert(client.inbox.end(), server.outbox.begin(), server.outbox.end());
    server.inbox.insert(server.inbox.end(), client.outbox.begin(), client.outbox.end());
    client.outbox.clear();
    server.outbox.clear();
}

progress duo::write(side& by, bytes plaintext) {
    return by.tls->write(plaintext, by, now);
}

progress duo::read(side& by, mutable_bytes plaintext) {
    const progress step = by.tls->read(by.inbox, plaintext, by, now);
    by.inbox.erase(by.inbox.begin(), by.inbox.begin() + static_cast<std::ptrdiff_t>(step.consumed));
    return step;
}

bool duo::send(side& from, side& to, bytes message, mutable_bytes room) {
    if (write(from, message).consumed != message.size()) {
        return false;
    }
    carry();
    std::size_t size = 0;
    for (progress step{.produced = 1}; step.produced != 0; size += step.produced) {
        step = read(to, room.subspan(size));
        if (step.error) {
            return false;
        }
    }
    return std::equal(message.begin(), message.end(), room.begin(),
                      room.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace polytls::openssl
