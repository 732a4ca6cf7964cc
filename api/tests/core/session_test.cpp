#include <polytls/core/session_envelope.hpp>
#include <polytls/core/session_note.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace polytls {
namespace {

const std::vector<std::uint8_t> blob{1, 2, 3, 4, 5};
const std::vector<std::uint8_t> server_note{6, 7};

std::vector<std::uint8_t> encoded(const session_envelope& envelope) {
    std::vector<std::uint8_t> room(encoded_size(envelope));
    EXPECT_EQ(encode_session_envelope(envelope, room).size(), room.size());
    return room;
}

session_envelope sample() {
    return {.backend = "openssl",
            .version = "3.0.19",
            .server_name = "a.test",
            .host = "b.test",
            .verification = verify_code::cert_has_expired,
            .note = server_note,
            .blob = blob};
}

TEST(session_envelope, comes_back_as_it_was) {
    const auto data = encoded(sample());

    const auto read = decode_session_envelope(data);

    ASSERT_TRUE(read);
    EXPECT_EQ(read->backend, "openssl");
    EXPECT_EQ(read->version, "3.0.19");
    EXPECT_EQ(read->server_name, "a.test");
    EXPECT_EQ(read->host, "b.test");
    EXPECT_EQ(read->verification, verify_code::cert_has_expired);
    EXPECT_EQ(std::vector<std::uint8_t>(read->note.begin(), read->note.end()), server_note);
    EXPECT_EQ(std::vector<std::uint8_t>(read->blob.begin(), read->blob.end()), blob);
}

TEST(session_envelope, is_refused_when_cut_short_or_with_something_behind_it) {
    auto data = encoded(sample());
    for (std::size_t size = 0; size < data.size(); ++size) {
        EXPECT_FALSE(decode_session_envelope(bytes(data).first(size))) << size;
    }
    data.push_back(0);
    EXPECT_FALSE(decode_session_envelope(data));
}

TEST(session_envelope, of_another_format_is_refused) {
    for (std::size_t i = 0; i < 5; ++i) {
        auto data = encoded(sample());
        data[i] ^= 1U;

        EXPECT_FALSE(decode_session_envelope(data)) << i;
    }
}

TEST(session_envelope, is_not_written_where_it_does_not_fit) {
    std::vector<std::uint8_t> room(encoded_size(sample()) - 1);
    EXPECT_TRUE(encode_session_envelope(sample(), room).empty());

    const std::string long_text(256, 'x');
    auto with_long_text = sample();
    with_long_text.host = long_text;
    std::vector<std::uint8_t> enough(1000);
    EXPECT_TRUE(encode_session_envelope(with_long_text, enough).empty());
}

session_note sample_note() {
    return {.verification = verify_code::cert_revoked,
            .certificate_requested = true,
            .peer_has_certificate = true,
            .expires = std::chrono::seconds(5'000'000'000),
            .server_name = {1, 2, 3},
            .id_context = blob};
}

TEST(session_note, comes_back_as_it_was) {
    session_note_buffer room;

    const auto read = decode_session_note(encode_session_note(sample_note(), room));

    ASSERT_TRUE(read);
    EXPECT_EQ(read->verification, verify_code::cert_revoked);
    EXPECT_TRUE(read->certificate_requested);
    EXPECT_TRUE(read->peer_has_certificate);
    EXPECT_EQ(read->expires.count(), 5'000'000'000);
    EXPECT_EQ(read->server_name, sample_note().server_name);
    EXPECT_EQ(std::vector<std::uint8_t>(read->id_context.begin(), read->id_context.end()), blob);
}

TEST(session_note, of_any_other_bytes_is_refused) {
    session_note_buffer room;
    const bytes whole = encode_session_note(sample_note(), room);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(decode_session_note(whole.first(size))) << size;
    }
    std::vector<std::uint8_t> data(whole.begin(), whole.end());
    data[0] ^= 1U;
    EXPECT_FALSE(decode_session_note(data)) << "another format";
    data[0] ^= 1U;
    data[2] = 4;
    EXPECT_FALSE(decode_session_note(data)) << "a flag that does not exist";
}

TEST(session_note, keeps_no_more_of_the_context_than_its_room) {
    const std::vector<std::uint8_t> long_context(40, 7);
    auto note = sample_note();
    note.id_context = long_context;
    session_note_buffer room;

    const auto read = decode_session_note(encode_session_note(note, room));

    ASSERT_TRUE(read);
    EXPECT_EQ(read->id_context.size(), 32U);
}

}  // namespace
}  // namespace polytls
