#include "duo.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

/// What others leave in the thread's queue of errors is not looked at before data moves, and so
/// must be told apart from what a call that fails puts there itself.
namespace polytls::openssl {
namespace {

std::string name_of_version(const testing::TestParamInfo<protocol_version>& version) {
    return version.param == protocol_version::tls1_2 ? "tls1_2" : "tls1_3";
}

class errors_of_others : public testing::TestWithParam<protocol_version> {
protected:
    void SetUp() override {
        ASSERT_TRUE(both_.connect());
        // The most misleading one: libssl's own, which says that something is quite wrong.
        ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
    }

    void TearDown() override { ERR_clear_error(); }

    duo both_{GetParam()};
    buffer room_ = buffer(100);
};

INSTANTIATE_TEST_SUITE_P(version,
                         errors_of_others,
                         testing::Values(protocol_version::tls1_2, protocol_version::tls1_3),
                         name_of_version);

TEST_P(errors_of_others, do_not_end_a_connection_that_waits_for_data) {
    const progress step = both_.read(both_.server, room_);

    EXPECT_EQ(step.next, want::input);
    EXPECT_EQ(name_of(step.error.code), "ok");
}

TEST_P(errors_of_others, do_not_matter_to_data) {
    EXPECT_TRUE(both_.send(both_.client, both_.server, as_bytes("data"), room_));
    EXPECT_TRUE(both_.send(both_.server, both_.client, as_bytes("data"), room_));
}

TEST_P(errors_of_others, are_not_taken_for_a_sink_without_room) {
    both_.client.room = 10;

    const progress stopped = both_.write(both_.client, as_bytes("data"));
    both_.client.room = 1000;
    const progress done = both_.write(both_.client, as_bytes("data"));
    both_.carry();

    EXPECT_EQ(stopped.next, want::output);
    EXPECT_EQ(done.consumed, 4U);
    EXPECT_EQ(both_.read(both_.server, room_).produced, 4U);
}

TEST_P(errors_of_others, do_not_hide_that_the_peer_closes) {
    both_.client.tls->close(both_.client, {});
    both_.carry();
    ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);

    EXPECT_EQ(name_of(both_.read(both_.server, room_).error.code), "closed");
    EXPECT_TRUE(both_.server.tls->peer_closed());
}

TEST_P(errors_of_others, are_not_given_as_the_reason_of_a_failure) {
    both_.write(both_.client, as_bytes("data"));
    both_.client.outbox.back() ^= 1U;
    both_.carry();

    const progress step = both_.read(both_.server, room_);

    EXPECT_EQ(name_of(step.error.code), "bad_record_mac");
    EXPECT_EQ(step.error.alert, alert_description::bad_record_mac);
}

TEST_P(errors_of_others, do_not_make_a_failure_look_like_a_sink_without_room) {
    both_.write(both_.client, as_bytes("data"));
    both_.client.outbox.back() ^= 1U;
    both_.carry();
    both_.server.room = 0;

    const progress step = both_.read(both_.server, room_);

    EXPECT_EQ(name_of(step.error.code), "bad_record_mac");
}

TEST_P(errors_of_others, are_not_given_as_the_alert_of_the_peer) {
    both_.write(both_.client, as_bytes("data"));
    both_.client.outbox.back() ^= 1U;
    both_.carry();
    static_cast<void>(both_.read(both_.server, room_));
    both_.carry();
    ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);

    const progress step = both_.read(both_.client, room_);

    EXPECT_EQ(name_of(step.error.code), "alert_received");
    EXPECT_EQ(step.error.alert, alert_description::bad_record_mac);
}

}  // namespace
}  // namespace polytls::openssl
