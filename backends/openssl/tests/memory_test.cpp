#include "counted_memory.hpp"
#include "duo.hpp"

#include <gtest/gtest.h>

namespace polytls::openssl {
namespace {

std::string name_of_version(const testing::TestParamInfo<protocol_version>& version) {
    return version.param == protocol_version::tls1_2 ? "tls1_2" : "tls1_3";
}

class memory : public testing::TestWithParam<protocol_version> {};

INSTANTIATE_TEST_SUITE_P(version,
                         memory,
                         testing::Values(protocol_version::tls1_2, protocol_version::tls1_3),
                         name_of_version);

TEST_P(memory, is_not_allocated_while_data_moves) {
    duo both(GetParam());
    ASSERT_TRUE(both.connect());
    buffer room(50000);
    const std::size_t before = memory_of_ours().allocations;

    for (const std::size_t size : {1U, 64U, 1024U, 16384U, 16385U, 49999U}) {
        const buffer message(size, 'm');
        EXPECT_TRUE(both.send(both.client, both.server, message, room)) << size;
        EXPECT_TRUE(both.send(both.server, both.client, message, room)) << size;
        both.client.tls->release_buffers();
        both.server.tls->release_buffers();
    }

    EXPECT_EQ(memory_of_ours().allocations, before);
}

TEST_P(memory, of_an_idle_connection_is_at_most_2_KB) {
    constexpr std::size_t promised = 2048;
    duo both(GetParam());
    const std::size_t before = memory_of_ours().bytes;
    ASSERT_TRUE(both.connect());
    both.client.tls->release_buffers();
    both.server.tls->release_buffers();

    const std::size_t with_both = memory_of_ours().bytes;
    both.client.tls.reset();
    const std::size_t with_server = memory_of_ours().bytes;
    both.server.tls.reset();

    ASSERT_GT(with_both, with_server) << "the hooks see nothing";
    EXPECT_LE(sizeof(connection) + with_both - with_server, promised) << "client";
    EXPECT_LE(sizeof(connection) + with_server - before, promised) << "server";
    EXPECT_EQ(memory_of_ours().bytes, before);
}

TEST_P(memory, is_allocated_at_most_30_times_in_a_handshake) {
    constexpr std::size_t promised = 30;
    duo both(GetParam());
    ASSERT_TRUE(both.connect());
    const buffer session = both.client.latest_session;
    for (const bool resume : {false, true}) {
        both.client.settings.session = resume ? bytes(session) : bytes{};
        const std::size_t before = memory_of_ours().allocations;

        ASSERT_TRUE(both.connect());

        EXPECT_EQ(both.client.tls->facts().resumed, resume);
        EXPECT_LE(memory_of_ours().allocations - before, promised);
    }
}

}  // namespace
}  // namespace polytls::openssl
