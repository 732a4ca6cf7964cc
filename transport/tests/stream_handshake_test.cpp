#include "stream_link.hpp"

#include <polytls/transport/stream.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace polytls::testing {
namespace {

template <class Medium>
class stream_handshake : public ::testing::Test {
public:
    stream_link<Medium> link;
    outcome first;
    outcome second;
};

using media = ::testing::Types<over_tcp, over_single_bytes>;

TYPED_TEST_SUITE(stream_handshake, media);

TYPED_TEST(stream_handshake, handshake_authorizes_the_named_server) {
    this->link.handshake();

    EXPECT_EQ(this->link.client_error, std::error_code());
    EXPECT_EQ(this->link.server_error, std::error_code());
    EXPECT_TRUE(this->link.client.details().authorized());
    EXPECT_FALSE(this->link.client.details().protocol().empty());
    EXPECT_EQ(this->link.server.details().servername(), "localhost");
    EXPECT_FALSE(this->link.client.failure());
}

TYPED_TEST(stream_handshake, a_server_of_another_name_is_refused) {
    this->link.client.set_host_name("elsewhere.example");

    this->link.handshake();

    EXPECT_EQ(this->link.client_error, make_error_code(errc::altname_invalid));
    EXPECT_EQ(this->link.server_error, make_error_code(errc::alert_received));
    ASSERT_TRUE(this->link.client.failure());
    EXPECT_EQ(this->link.client.failure()->code, make_error_code(errc::altname_invalid));
}

TYPED_TEST(stream_handshake, an_unverified_server_is_accepted_on_demand_only) {
    this->link.client.set_host_name("elsewhere.example");
    this->link.client.set_reject_unauthorized(false);

    this->link.handshake();

    EXPECT_EQ(this->link.client_error, std::error_code());
    EXPECT_EQ(this->link.server_error, std::error_code());
}

TYPED_TEST(stream_handshake, a_peer_that_hangs_up_ends_the_handshake) {
    std::error_code ignored;
    this->link.server.lowest_layer().close(ignored);

    this->link.client.async_handshake(stream_base::client, this->first.short_handler());
    this->link.run();

    ASSERT_TRUE(this->first.error);
    EXPECT_TRUE(*this->first.error);
}

TYPED_TEST(stream_handshake, a_cancelled_handshake_ends) {
    asio::cancellation_signal stop;
    this->link.client.async_handshake(
        stream_base::client,
        asio::bind_cancellation_slot(stop.slot(), this->first.short_handler()));
    asio::post(this->link.context, [&] { stop.emit(asio::cancellation_type::terminal); });

    this->link.run();

    EXPECT_EQ(this->first.error, asio::error::operation_aborted);
}

TYPED_TEST(stream_handshake, a_silent_peer_is_given_up_in_time) {
    this->link.client.set_handshake_timeout(std::chrono::milliseconds(5));

    this->link.client.async_handshake(stream_base::client, this->first.short_handler());
    this->link.run();

    EXPECT_EQ(this->first.error, make_error_code(errc::handshake_timed_out));
}

TYPED_TEST(stream_handshake, a_late_answer_resumes_the_handshake) {
    std::optional<late_answer<secure_context>> waiting;
    this->link.server.set_sni_callback(
        [&](std::string_view, late_answer<secure_context> done) { waiting = done; });
    this->link.client.async_handshake(stream_base::client, this->first.short_handler());
    this->link.server.async_handshake(stream_base::server, this->second.short_handler());
    while (!waiting) {
        ASSERT_NE(this->link.context.run_one(), 0U);
    }
    EXPECT_FALSE(this->second.error);

    asio::post(this->link.context, [&] { (*waiting)(server_context()); });
    this->link.run();

    EXPECT_EQ(this->first.error, std::error_code());
    EXPECT_EQ(this->second.error, std::error_code());
}

TYPED_TEST(stream_handshake, an_answer_that_never_comes_counts_against_the_time) {
    std::optional<late_answer<secure_context>> waiting;
    this->link.server.set_sni_callback(
        [&](std::string_view, late_answer<secure_context> done) { waiting = done; });
    this->link.server.set_handshake_timeout(std::chrono::milliseconds(50));
    this->link.client.set_handshake_timeout(std::chrono::milliseconds(500));

    this->link.handshake();

    EXPECT_EQ(this->link.server_error, make_error_code(errc::handshake_timed_out));
}

TYPED_TEST(stream_handshake, settings_end_with_the_handshake_and_details_begin) {
    EXPECT_THROW(this->link.client.details(), polytls::error);

    this->link.handshake();

    EXPECT_THROW(this->link.client.set_host_name("other"), polytls::error);
    EXPECT_NO_THROW(this->link.client.details());
}

TEST(stream_handshake_over_memory, an_empty_context_fails_with_its_name) {
    asio::io_context context;
    auto layers = memory_layer::pair(context);
    stream<memory_layer> made(std::move(layers.first), secure_context());
    outcome end;

    made.async_handshake(stream_base::client, end.short_handler());
    context.run();

    EXPECT_EQ(end.error, make_error_code(errc::invalid_argument));
    ASSERT_TRUE(made.failure());
    EXPECT_EQ(made.failure()->input, "context");
}

TEST(stream_handshake_over_memory, settings_of_one_side_refuse_the_other) {
    asio::io_context context;
    auto layers = memory_layer::pair(context);
    stream<memory_layer> made(std::move(layers.first),
                              client_settings{.context = client_context()});
    outcome end;

    made.async_handshake(stream_base::server, end.short_handler());
    context.run();

    EXPECT_EQ(end.error, make_error_code(errc::wrong_state));
}

}  // namespace
}  // namespace polytls::testing
