#include "link.hpp"

#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

/// How many records there are in some bytes, which must be whole ones.
std::size_t records_in(bytes wire) {
    constexpr std::size_t header = 5;
    std::size_t count = 0;
    while (wire.size() >= header) {
        const std::size_t size = header + wire[3] * std::size_t{256} + wire[4];
        if (size > wire.size()) {
            break;
        }
        wire = wire.subspan(size);
        ++count;
    }
    EXPECT_TRUE(wire.empty()) << "a record is not whole";
    return count;
}

class data : public over_versions {
protected:
    void SetUp() override {
        const auto context = showing(leaf(), range()).made();
        link_.run(*context, *context);
        ASSERT_TRUE(link_.both_complete());
    }

    link link_;
    buffer room_ = buffer(1U << 17U);
    span_sink sink_{room_};
};

POLYTLS_RUN_OVER(data, versions());

TEST_P(data, goes_both_ways_whatever_the_room_for_it) {
    const buffer sent = pattern(50000);
    for (const std::size_t at_once : {1000U, 16384U, 60000U}) {
        link_.write(link_.client, sent);
        link_.write(link_.server, sent);

        EXPECT_EQ(link_.read(link_.server, at_once), sent);
        EXPECT_EQ(link_.read(link_.client, at_once), sent);
    }
}

TEST_P(data, is_read_byte_by_byte) {
    link_.write(link_.client, pattern(300));

    EXPECT_EQ(link_.read(link_.server, 1), pattern(300));
}

TEST_P(data, goes_out_as_one_record_a_write) {
    for (const std::size_t size : {1U, 2U, 15U, 16U, 1000U, 16383U, 16384U}) {
        const buffer plaintext = pattern(size);
        sink_.clear();

        const progress step = link_.client.engine->write(plaintext, sink_);

        EXPECT_EQ(step.next, want::nothing);
        EXPECT_EQ(step.error.code, errc::ok);
        EXPECT_EQ(step.produced, 0U);
        // Some libraries have room for one byte less: the rest is for the next record.
        EXPECT_GE(step.consumed, std::min<std::size_t>(size, 16383));
        EXPECT_LE(step.consumed, size);
        EXPECT_EQ(records_in(sink_.written()), 1U) << size;
        EXPECT_EQ(sink_.written()[0], 23);
        EXPECT_GT(sink_.written().size(), step.consumed);
        link_.server.inbox = copy_of(sink_.written());
        const buffer heard = link_.read(link_.server);
        EXPECT_EQ(heard, buffer(plaintext.begin(),
                                plaintext.begin() + static_cast<std::ptrdiff_t>(step.consumed)));
    }
}

TEST_P(data, is_encrypted_anew_each_time) {
    link_.write(link_.client, text("the same"));
    const buffer once = std::exchange(link_.server.inbox, {});
    link_.write(link_.client, text("the same"));

    EXPECT_NE(once, link_.server.inbox);
    EXPECT_EQ(once.size(), link_.server.inbox.size());
}

TEST_P(data, is_still_read_when_all_input_is_consumed) {
    link_.write(link_.server, pattern(100));
    const bytes input = link_.client.inbox;
    buffer plaintext(60);

    const progress first = link_.client.engine->read(input, plaintext, sink_);
    const progress second = link_.client.engine->read({}, plaintext, sink_);

    EXPECT_EQ(first.consumed, input.size());
    EXPECT_EQ(first.produced, 60U);
    EXPECT_EQ(first.next, want::nothing);
    EXPECT_EQ(second.produced, 40U);
    EXPECT_EQ(second.next, want::input);
}

TEST_P(data, is_asked_for_as_long_as_there_is_none) {
    buffer plaintext(100);

    const progress idle = link_.client.engine->read({}, plaintext, sink_);

    EXPECT_EQ(idle.next, want::input);
    EXPECT_EQ(idle.produced, 0U);
    EXPECT_EQ(idle.error.code, errc::ok);
    EXPECT_TRUE(sink_.written().empty());
}

TEST_P(data, is_not_given_before_its_record_is_whole) {
    link_.write(link_.server, text("secret"));
    const buffer wire = link_.client.inbox;
    buffer plaintext(100);
    for (std::size_t i = 0; i + 1 < wire.size(); ++i) {
        const progress step =
            link_.client.engine->read(bytes(wire).subspan(i, 1), plaintext, sink_);

        EXPECT_EQ(step.next, want::input);
        EXPECT_EQ(step.consumed, 1U);
        EXPECT_EQ(step.produced, 0U);
    }

    const progress last = link_.client.engine->read(bytes(wire).last(1), plaintext, sink_);

    EXPECT_EQ(last.produced, 6U);
    EXPECT_EQ(last.next, want::input);
}

TEST_P(data, of_several_records_is_read_in_one_call_up_to_the_room_for_it) {
    for (int i = 0; i < 3; ++i) {
        link_.write(link_.server, pattern(100));
    }
    const bytes input = link_.client.inbox;
    buffer plaintext(250);

    const progress step = link_.client.engine->read(input, plaintext, sink_);
    const progress rest = link_.client.engine->read(input.subspan(step.consumed), plaintext, sink_);

    EXPECT_EQ(step.produced, 250U);
    EXPECT_EQ(step.next, want::nothing);
    EXPECT_EQ(rest.produced, 50U);
    EXPECT_EQ(rest.next, want::input);
    EXPECT_EQ(step.consumed + rest.consumed, input.size());
}

TEST_P(data, comes_before_the_error_of_what_follows_it) {
    link_.write(link_.server, text("sound"));
    link_.write(link_.server, text("broken"));
    link_.client.inbox.back() ^= 1U;

    const buffer heard = link_.read(link_.client);

    EXPECT_EQ(heard, text("sound"));
    EXPECT_EQ(link_.client.error.code, errc::bad_record_mac);
}

TEST_P(data, waits_for_a_sink_with_little_room) {
    for (const std::size_t room : {1U, 7U, 100U, 5000U}) {
        link link(unlimited, room);
        const auto context = showing(leaf(), range()).made();
        link.run(*context, *context);

        link.write(link.client, pattern(40000));

        EXPECT_EQ(link.read(link.server), pattern(40000)) << room;
    }
}

TEST_P(data, of_one_write_that_had_to_wait_goes_out_once) {
    span_sink nothing({});
    const buffer plaintext = pattern(1000);

    const progress waiting = link_.client.engine->write(plaintext, nothing);
    link_.write(link_.client, bytes(plaintext).subspan(waiting.consumed));
    link_.write(link_.client, text("next"));

    EXPECT_EQ(waiting.next, want::output);
    EXPECT_EQ(link_.read(link_.server).size(), 1004U);
}

TEST_P(data, that_was_changed_is_a_bad_record_at_both_ends) {
    link_.write(link_.client, text("secret"));

    link_.server.inbox.back() ^= 1U;
    EXPECT_TRUE(link_.read(link_.server).empty());
    EXPECT_TRUE(link_.read(link_.client).empty());

    EXPECT_EQ(link_.server.error.code, errc::bad_record_mac);
    EXPECT_EQ(link_.server.error.alert, alert_description::bad_record_mac);
    EXPECT_EQ(link_.client.error.code, errc::alert_received);
    EXPECT_EQ(link_.client.error.alert, alert_description::bad_record_mac);
}

TEST_P(data, that_comes_a_second_time_is_a_bad_record) {
    link_.write(link_.client, text("once"));
    const buffer wire = link_.server.inbox;
    EXPECT_EQ(link_.read(link_.server), text("once"));

    link_.server.inbox = wire;
    EXPECT_TRUE(link_.read(link_.server).empty());

    EXPECT_EQ(link_.server.error.code, errc::bad_record_mac);
}

TEST_P(data, that_is_missing_is_noticed) {
    link_.write(link_.client, text("first"));
    link_.server.inbox.clear();
    link_.write(link_.client, text("second"));

    EXPECT_TRUE(link_.read(link_.server).empty());

    EXPECT_EQ(link_.server.error.code, errc::bad_record_mac);
}

TEST_P(data, before_close_notify_is_heard_and_then_that_it_is_closed) {
    link_.write(link_.server, text("the last word"));

    link_.close(link_.server);
    const buffer heard = link_.read(link_.client);

    EXPECT_EQ(heard, text("the last word"));
    EXPECT_EQ(link_.client.error.code, errc::closed);
    EXPECT_EQ(link_.client.error.alert, alert_description::close_notify);
}

TEST_P(data, still_comes_in_after_we_have_closed) {
    link_.close(link_.client);
    EXPECT_TRUE(link_.read(link_.server).empty());
    EXPECT_EQ(link_.server.error.code, errc::closed);
    link_.server.error = {};

    link_.write(link_.server, text("afterwards"));

    EXPECT_EQ(link_.read(link_.client), text("afterwards"));
}

TEST_P(data, whose_end_is_cut_off_leaves_the_engine_asking_for_more) {
    link_.write(link_.server, text("the last word"));
    link_.client.inbox.pop_back();

    const buffer heard = link_.read(link_.client);

    EXPECT_TRUE(heard.empty());
    EXPECT_EQ(link_.client.error.code, errc::ok);
}

TEST_P(data, lets_close_notify_wait_for_a_sink_with_room) {
    span_sink nothing({});

    const progress waiting = link_.client.engine->close(nothing);
    const progress done = link_.client.engine->close(sink_);

    EXPECT_EQ(waiting.next, want::output);
    EXPECT_EQ(done.next, want::nothing);
    EXPECT_EQ(done.error.code, errc::ok);
    EXPECT_EQ(records_in(sink_.written()), 1U);
    link_.server.inbox = copy_of(sink_.written());
    static_cast<void>(link_.read(link_.server));
    EXPECT_EQ(link_.server.error.code, errc::closed);
}

}  // namespace
}  // namespace polytls::contract
