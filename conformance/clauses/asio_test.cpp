// Clauses on Asio, threads and the choice of backends.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"

#include <polytls/transport/stream.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/streambuf.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace polytls::testkit {
namespace {

using testing::HasSubstr;
using tls_over_tcp = stream<asio::ip::tcp::socket>;

/// Two streams joined over loopback.
struct joined_streams {
    explicit joined_streams(const pairing& with)
        : acceptor(io, {asio::ip::make_address("127.0.0.1"), 0}),
          client(asio::ip::tcp::socket(io),
                 client_settings{.context = client_context_for(with), .host = "localhost"}),
          server(asio::ip::tcp::socket(io), server_settings{.context = server_context_for(with)}) {
        client.next_layer().connect(acceptor.local_endpoint());
        acceptor.accept(server.next_layer());
    }

    asio::io_context io;
    asio::ip::tcp::acceptor acceptor;
    tls_over_tcp client;
    tls_over_tcp server;
};

POLYTLS_CLAUSE_OVER_PAIRINGS(X_asio_stream);

TEST_P(X_asio_stream, composed_operations_of_asio_work_with_handlers) {
    joined_streams both(GetParam());
    asio::streambuf asked;
    std::string question;
    std::string answer(6, '\0');
    std::error_code end;
    both.server.async_handshake(stream_base::server, [&](std::error_code failed) {
        ASSERT_FALSE(failed) << failed.message();
        asio::async_read_until(
            both.server, asked, '\n', [&](std::error_code why, std::size_t size) {
                ASSERT_FALSE(why) << why.message();
                question.assign(asio::buffers_begin(asked.data()),
                                asio::buffers_begin(asked.data()) +
                                    static_cast<std::ptrdiff_t>(size));
                asio::async_write(both.server, asio::buffer("answer", 6),
                                  [&](std::error_code, std::size_t) {
                                      both.server.async_shutdown([](std::error_code) {});
                                  });
            });
    });
    both.client.async_handshake(stream_base::client, [&](std::error_code failed) {
        ASSERT_FALSE(failed) << failed.message();
        asio::async_write(
            both.client, asio::buffer("question\n", 9), [&](std::error_code, std::size_t) {
                asio::async_read(
                    both.client, asio::buffer(answer), [&](std::error_code, std::size_t) {
                        both.client.async_read_some(
                            asio::buffer(answer, 1), [&](std::error_code why, std::size_t) {
                                end = why;
                                both.client.async_shutdown([](std::error_code) {});
                            });
                    });
            });
    });

    run(both.io);

    EXPECT_EQ(question, "question\n");
    EXPECT_EQ(answer, "answer");
    EXPECT_EQ(end, asio::error::eof);
}

TEST_P(X_asio_stream, futures_can_be_waited_for) {
    joined_streams both(GetParam());
    const std::string sent = pattern(100'000);
    std::string received(sent.size(), '\0');
    auto accepted = both.server.async_handshake(stream_base::server, asio::use_future);
    auto connected = both.client.async_handshake(stream_base::client, asio::use_future);
    run(both.io);
    accepted.get();
    connected.get();

    auto written = asio::async_write(both.client, asio::buffer(sent), asio::use_future);
    auto read = asio::async_read(both.server, asio::buffer(received), asio::use_future);
    run(both.io);

    EXPECT_EQ(written.get(), sent.size());
    EXPECT_EQ(read.get(), sent.size());
    EXPECT_TRUE(received == sent);
}

TEST_P(X_asio_stream, a_read_that_is_cancelled_loses_nothing) {
    joined_streams both(GetParam());
    auto accepted = both.server.async_handshake(stream_base::server, asio::use_future);
    auto connected = both.client.async_handshake(stream_base::client, asio::use_future);
    run(both.io);
    accepted.get();
    connected.get();
    std::string received(4, '\0');
    std::error_code cancelled;
    asio::cancellation_signal deadline;
    both.server.async_read_some(
        asio::buffer(received),
        asio::bind_cancellation_slot(deadline.slot(),
                                     [&](std::error_code why, std::size_t) { cancelled = why; }));
    both.io.restart();
    both.io.poll();

    deadline.emit(asio::cancellation_type::total);
    run(both.io);
    auto written = asio::async_write(both.client, asio::buffer("kept", 4), asio::use_future);
    auto read = asio::async_read(both.server, asio::buffer(received), asio::use_future);
    run(both.io);

    EXPECT_EQ(cancelled, asio::error::operation_aborted);
    EXPECT_EQ(written.get(), 4U);
    EXPECT_EQ(read.get(), 4U);
    EXPECT_EQ(received, "kept");
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_no_data_race);

TEST_P(X_no_data_race, loops_of_two_threads_share_their_contexts) {
    constexpr int connections = 20;
    const std::string sent = pattern(20'000);
    std::array<network, 2> nets{network(GetParam()), network(GetParam())};
    std::array<std::vector<trace>, 2> seen;
    const auto serve = [&](std::size_t which) {
        network& net = nets[which];
        net.server.on_secure_connection(echo);
        for (int i = 0; i < connections; ++i) {
            auto client = net.connect();
            trace& each = seen[which].emplace_back(client);
            each.watch_data(client);
            client.end(sent);
        }
        net.run_to_the_end();
    };

    std::thread other([&] { serve(1); });
    serve(0);
    other.join();

    for (const auto& traces : seen) {
        ASSERT_EQ(traces.size(), static_cast<std::size_t>(connections));
        for (const trace& each : traces) {
            EXPECT_TRUE(each.received() == sent) << each.received().size();
            EXPECT_EQ(each.events().back(), "close");
        }
    }
}

POLYTLS_CLAUSE_OVER_BACKENDS(X_backend_select);

TEST_P(X_backend_select, each_is_found_by_its_name) {
    const auto found = find_backend(GetParam().name());

    ASSERT_TRUE(found);
    EXPECT_EQ(*found, GetParam());
}

TEST_P(X_backend_select, an_unknown_name_is_an_error_that_lists_the_known_ones) {
    const auto found = find_backend("no such library");

    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, errc::unknown_backend);
    EXPECT_THAT(found.error().message, HasSubstr("no such library"));
    EXPECT_THAT(found.error().message, HasSubstr(std::string(GetParam().name())));
}

TEST_P(X_backend_select, a_context_names_its_own_and_the_connection_uses_it) {
    const pairing with{GetParam(), GetParam(), GetParam().versions().max};

    const auto link = handshake(with);

    EXPECT_EQ(client_context_for(with).backend(), GetParam());
    EXPECT_EQ(server_context_for(with).backend(), GetParam());
    EXPECT_THAT(link.client.trace(), testing::ElementsAre("secure"));
}

TEST_P(X_backend_select, a_context_that_names_none_takes_the_default_one) {
    const auto made = value_of(create_secure_context({.ca = one_or_many()}));

    EXPECT_EQ(made.backend(), default_backend());
    EXPECT_EQ(default_backend(), backend(*registered_backends().front()));
}

}  // namespace
}  // namespace polytls::testkit
