#include "memory_duplex.hpp"
#include "socket_state.hpp"
#include "support.hpp"

#include <gmock/gmock.h>

namespace polytls::testing_transport {
namespace {

using testing::ElementsAre;

/// Two sockets with wires in memory between them.
class wired {
public:
    wired() {
        client = open(value_of(endpoint::make(
                          client_settings{.context = client_context(), .host = "localhost"})),
                      down, up);
        server =
            open(value_of(endpoint::make(server_settings{.context = server_context()})), up, down);
        client_seen.watch(client);
        server_seen.watch(server);
    }

    void run_until_secure() {
        run_until(io, [this] {
            return client_seen.has("secureConnect") && server_seen.has("secureConnect");
        });
        io.poll();
    }

    asio::io_context io;
    std::shared_ptr<wire> up = std::make_shared<wire>();  // From client to server.
    std::shared_ptr<wire> down = std::make_shared<wire>();
    tls_socket client;
    tls_socket server;
    trace client_seen;
    trace server_seen;

private:
    tls_socket
    open(std::unique_ptr<endpoint> tls, std::shared_ptr<wire> in, std::shared_ptr<wire> out) {
        auto state = std::make_shared<detail::socket_state>(
            io.get_executor(), std::move(tls),
            detail::socket_state::settings{.clock = system_moment});
        state->open();
        state->start(std::make_unique<memory_duplex>(io, std::move(in), std::move(out)));
        return tls_socket(std::move(state));
    }
};

std::size_t records_in(std::string_view ciphertext) {
    std::size_t count = 0;
    while (ciphertext.size() >= 5) {
        const auto high = static_cast<unsigned char>(ciphertext[3]);
        const auto low = static_cast<unsigned char>(ciphertext[4]);
        ciphertext.remove_prefix(std::min<std::size_t>(ciphertext.size(), 5U + high * 256U + low));
        ++count;
    }
    return count;
}

TEST(turns, small_writes_of_one_turn_leave_as_full_records_in_one_send) {
    wired link;
    link.server_seen.watch_data(link.server);
    link.run_until_secure();
    const std::size_t sends_before = link.up->sends;
    const std::size_t bytes_before = link.up->all.size();

    for (int i = 0; i < 1000; ++i) {
        link.client.write(std::string(64, 'x'));
    }
    run_until(link.io, [&] { return link.server_seen.received().size() == 64000; });

    EXPECT_EQ(link.up->sends - sends_before, 1U);
    EXPECT_EQ(records_in(std::string_view(link.up->all).substr(bytes_before)), 4U);
    link.client.end();
    run(link.io);
}

TEST(turns, what_is_written_while_corked_leaves_together) {
    wired link;
    link.server_seen.watch_data(link.server);
    link.run_until_secure();
    const std::size_t bytes_before = link.up->all.size();

    link.client.cork();
    for (int i = 0; i < 10; ++i) {
        link.client.write("piece;");
        link.io.poll();
    }
    EXPECT_EQ(link.up->all.size(), bytes_before);
    EXPECT_EQ(link.client.writable_length(), 60U);
    link.client.uncork();
    run_until(link.io, [&] { return link.server_seen.received().size() == 60; });
    EXPECT_EQ(records_in(std::string_view(link.up->all).substr(bytes_before)), 1U);

    link.client.write("at once");
    run_until(link.io, [&] { return link.server_seen.received().size() == 67; });
    link.client.end();
    run(link.io);
}

TEST(turns, end_uncorks) {
    wired link;
    link.server_seen.watch_data(link.server);
    link.run_until_secure();

    link.client.cork();
    link.client.write("piece;");
    link.client.end("the last");
    run(link.io);

    EXPECT_EQ(link.server_seen.received(), "piece;the last");
}

TEST(turns, a_wire_that_moves_few_bytes_at_a_time_brings_everything) {
    wired link;
    for (const auto& each : {link.up, link.down}) {
        each->piece = 7;
        each->capacity = 100;
    }
    link.server.pipe(link.server);
    link.client_seen.watch_data(link.client);
    const std::string text(30'000, 'y');

    link.client.end(text);
    run(link.io);

    EXPECT_EQ(link.client_seen.received(), text);
    EXPECT_THAT(link.client_seen.events(), ElementsAre("secureConnect", "data", "end", "close"));
}

TEST(turns, what_the_network_does_not_take_stays_queued_as_plaintext) {
    wired link;
    link.run_until_secure();
    link.up->capacity = 1000;

    link.client.write(std::string(1'000'000, 'z'));
    link.io.poll();

    EXPECT_EQ(link.client.writable_length(), 1'000'000U);
    link.server_seen.watch_data(link.server);
    link.client.end();
    run(link.io);
    EXPECT_EQ(link.server_seen.received().size(), 1'000'000U);
    EXPECT_EQ(link.client.writable_length(), 0U);
}

TEST(turns, a_paused_socket_asks_nothing_of_its_stream) {
    wired link;
    link.server_seen.watch_data(link.server);
    link.run_until_secure();
    link.server.pause();
    link.io.poll();

    link.client.write("first");
    link.client.write(std::string(100'000, 'w'));
    link.io.poll();
    const std::size_t waiting = link.up->waiting.size();
    link.io.poll();

    EXPECT_GT(waiting, 100'000U);
    EXPECT_EQ(link.up->waiting.size(), waiting);
    EXPECT_FALSE(link.up->readable) << "no wait stands";
    link.server.resume();
    link.client.end();
    run(link.io);
    EXPECT_EQ(link.server_seen.received().size(), 100'005U);
}

TEST(turns, a_wire_cut_anywhere_in_the_handshake_is_one_error_and_one_close) {
    for (std::size_t cut = 0; cut < 400; cut += 13) {
        wired link;
        link.down->piece = 1;
        run_until(link.io, [&] {
            return link.down->all.size() >= cut || link.client_seen.has("secureConnect");
        });

        link.server.destroy();
        run(link.io);

        EXPECT_THAT(link.client_seen.events(), ElementsAre("error ECONNRESET", "close after error"))
            << "cut after " << cut;
    }
}

}  // namespace
}  // namespace polytls::testing_transport
