#include "stream_link.hpp"

#include <polytls/transport/stream.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/strand.hpp>
#include <asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace polytls::testing {
namespace {

template <class Medium>
class stream_data : public ::testing::Test {
public:
    stream_link<Medium> link;
    outcome first;
    outcome second;
};

using media = ::testing::Types<over_tcp, over_single_bytes>;

TYPED_TEST_SUITE(stream_data, media);

TYPED_TEST(stream_data, data_flows_both_ways_at_once) {
    this->link.handshake();
    const std::string question = pattern(TypeParam::bulk);
    const std::string answer(question.rbegin(), question.rend());
    std::string asked(question.size(), '\0');
    std::string answered(answer.size(), '\0');
    std::array<outcome, 4> ends;

    asio::async_write(this->link.client, asio::buffer(question), ends[0].handler());
    asio::async_write(this->link.server, asio::buffer(answer), ends[1].handler());
    asio::async_read(this->link.server, asio::buffer(asked), ends[2].handler());
    asio::async_read(this->link.client, asio::buffer(answered), ends[3].handler());
    this->link.run();

    for (const outcome& end : ends) {
        EXPECT_EQ(end.error, std::error_code());
    }
    EXPECT_TRUE(asked == question);
    EXPECT_TRUE(answered == answer);
}

TYPED_TEST(stream_data, sequences_of_buffers_are_gathered_and_scattered) {
    this->link.handshake();
    const std::string large = pattern(20'000);
    const std::array<asio::const_buffer, 4> pieces = {asio::buffer("ab", 2), asio::const_buffer(),
                                                      asio::buffer(large), asio::buffer("yz", 2)};
    std::string head(3, '\0');
    std::string tail(large.size() + 1, '\0');
    const std::array<asio::mutable_buffer, 3> rooms = {asio::buffer(head), asio::mutable_buffer(),
                                                       asio::buffer(tail)};

    asio::async_write(this->link.client, pieces, this->first.handler());
    asio::async_read(this->link.server, rooms, this->second.handler());
    this->link.run();

    EXPECT_EQ(this->first.size, large.size() + 4);
    EXPECT_EQ(this->second.size, large.size() + 4);
    EXPECT_EQ(head + tail, "ab" + large + "yz");
}

TYPED_TEST(stream_data, lines_are_read_one_by_one) {
    this->link.handshake();
    asio::async_write(this->link.server, asio::buffer("one\ntwo\n", 8), this->first.handler());
    std::string text;

    asio::async_read_until(this->link.client, asio::dynamic_buffer(text), "two\n",
                           this->second.handler());
    this->link.run();

    EXPECT_EQ(this->second.error, std::error_code());
    EXPECT_EQ(text, "one\ntwo\n");
}

TYPED_TEST(stream_data, operations_without_bytes_complete_but_not_within_the_call) {
    this->link.client.async_read_some(asio::mutable_buffer(), this->first.handler());
    this->link.client.async_write_some(asio::const_buffer(), this->second.handler());
    EXPECT_FALSE(this->first.error);
    EXPECT_FALSE(this->second.error);

    this->link.run();

    EXPECT_EQ(this->first.error, std::error_code());
    EXPECT_EQ(this->second.error, std::error_code());
}

TYPED_TEST(stream_data, close_notify_reads_as_the_end) {
    this->link.handshake();
    std::string room(10, '\0');
    outcome shut;
    asio::async_write(this->link.server, asio::buffer("last", 4), this->first.handler());
    this->link.run();

    this->link.context.restart();
    this->link.server.async_shutdown(shut.short_handler());
    asio::async_read(this->link.client, asio::buffer(room), this->second.handler());
    while (!this->second.error) {
        ASSERT_NE(this->link.context.run_one(), 0U);
    }

    EXPECT_EQ(this->second.error, asio::error::eof);
    EXPECT_EQ(room.substr(0, this->second.size), "last");
    EXPECT_FALSE(shut.error) << "the peer's close_notify is still to come";

    outcome answered;
    this->link.client.async_shutdown(answered.short_handler());
    this->link.run();

    EXPECT_EQ(answered.error, std::error_code());
    EXPECT_EQ(shut.error, std::error_code());
}

TYPED_TEST(stream_data, an_end_without_close_notify_is_truncation) {
    this->link.handshake();
    std::string room(10, '\0');
    asio::async_write(this->link.server, asio::buffer("last", 4), this->first.handler());
    this->link.run();
    std::error_code ignored;
    this->link.server.lowest_layer().close(ignored);

    asio::async_read(this->link.client, asio::buffer(room), this->second.handler());
    this->link.run();

    EXPECT_EQ(this->second.error, make_error_code(errc::truncated));
    EXPECT_EQ(room.substr(0, this->second.size), "last");
    ASSERT_TRUE(this->link.client.failure());
    EXPECT_EQ(this->link.client.failure()->code, make_error_code(errc::truncated));
}

TYPED_TEST(stream_data, an_end_without_close_notify_is_an_end_where_the_user_allows_it) {
    this->link.client.set_allow_truncation(true);
    this->link.handshake();
    std::error_code ignored;
    this->link.server.lowest_layer().close(ignored);
    std::string room(10, '\0');

    asio::async_read(this->link.client, asio::buffer(room), this->second.handler());
    this->link.run();

    EXPECT_EQ(this->second.error, asio::error::make_error_code(asio::error::eof));
}

TYPED_TEST(stream_data, writing_after_shutdown_is_refused) {
    this->link.handshake();
    this->link.client.async_shutdown(this->first.short_handler());
    this->link.server.async_shutdown(this->first.short_handler());
    this->link.run();

    this->link.client.async_write_some(asio::buffer("x", 1), this->second.handler());
    this->link.run();

    EXPECT_EQ(this->second.error, make_error_code(errc::wrong_state));
}

TYPED_TEST(stream_data, a_cancelled_read_loses_nothing) {
    this->link.handshake();
    asio::cancellation_signal stop;
    std::string room(5, '\0');
    this->link.client.async_read_some(
        asio::buffer(room), asio::bind_cancellation_slot(stop.slot(), this->first.handler()));
    asio::post(this->link.context, [&] { stop.emit(asio::cancellation_type::total); });
    this->link.run();
    EXPECT_EQ(this->first.error, asio::error::operation_aborted);

    outcome wrote;
    asio::async_write(this->link.server, asio::buffer("hello", 5), wrote.handler());
    asio::async_read(this->link.client, asio::buffer(room), this->second.handler());
    this->link.run();

    EXPECT_EQ(this->second.error, std::error_code());
    EXPECT_EQ(room, "hello");
}

TYPED_TEST(stream_data, a_stream_moves_with_operations_outstanding) {
    this->link.handshake();
    std::string room(5, '\0');
    asio::async_read(this->link.client, asio::buffer(room), this->second.handler());
    auto moved = std::move(this->link.server);

    asio::async_write(moved, asio::buffer("hello", 5), this->first.handler());
    this->link.run();

    EXPECT_EQ(this->first.error, std::error_code());
    EXPECT_EQ(room, "hello");
}

TYPED_TEST(stream_data, destroying_a_stream_ends_its_operations) {
    this->link.handshake();
    std::string room(5, '\0');
    std::string there(5, '\0');
    {
        auto gone = std::move(this->link.client);
        gone.async_read_some(asio::buffer(room), this->first.handler());
    }
    this->link.server.async_read_some(asio::buffer(there), this->second.handler());

    this->link.run();

    EXPECT_EQ(this->first.error, asio::error::operation_aborted);
    // Truncated or reset: that depends on what the system still held for the closed socket.
    ASSERT_TRUE(this->second.error);
    EXPECT_TRUE(*this->second.error);
}

TYPED_TEST(stream_data, handlers_run_on_their_own_executor) {
    this->link.handshake();
    auto strand = asio::make_strand(this->link.context);
    bool on_strand = false;

    this->link.client.async_write_some(
        asio::buffer("x", 1), asio::bind_executor(strand, [&](std::error_code, std::size_t) {
            on_strand = strand.running_in_this_thread();
        }));
    this->link.run();

    EXPECT_TRUE(on_strand);
}

TEST(stream_data_over_memory, next_layer_never_sees_two_writes_at_once) {
    stream_link<over_single_bytes> link;
    link.handshake();
    const std::string text = pattern(5'000);
    std::string room(text.size(), '\0');
    std::array<outcome, 4> ends;

    asio::async_write(link.client, asio::buffer(text), ends[0].handler());
    link.client.async_shutdown(ends[1].short_handler());
    asio::async_read(link.server, asio::buffer(room), ends[2].handler());
    link.server.async_shutdown(ends[3].short_handler());
    link.run();

    EXPECT_FALSE(link.client.next_layer().overlapped());
    EXPECT_FALSE(link.server.next_layer().overlapped());
}

}  // namespace
}  // namespace polytls::testing
