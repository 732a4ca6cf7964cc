#include "duo.hpp"
#include "session_form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::openssl {
namespace {

/// An element of DER.
buffer element(std::uint8_t tag, const buffer& contents) {
    buffer made{tag};
    if (contents.size() >= 0x100) {
        made.push_back(0x82);
        made.push_back(static_cast<std::uint8_t>(contents.size() >> 8U));
    } else if (contents.size() >= 0x80) {
        made.push_back(0x81);
    }
    made.push_back(static_cast<std::uint8_t>(contents.size()));
    made.resize(made.size() + contents.size());
    std::ranges::copy_backward(contents, made.end());
    return made;
}

buffer operator+(buffer one, const buffer& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

buffer cut(buffer session) {
    const bytes left = without_peer(session);
    return {left.begin(), left.end()};
}

const buffer spoken = element(0x02, {1});
const buffer timeout = element(0xa2, element(0x02, {1, 44}));
const buffer id_context = element(0xa4, element(0x04, {'p'}));

TEST(session_form, loses_the_peers_certificate_and_nothing_else) {
    for (const std::size_t size : {1U, 100U, 126U, 200U, 254U, 255U, 300U, 5000U, 60000U}) {
        const buffer peer = element(0xa3, buffer(size, 'c'));

        EXPECT_EQ(cut(element(0x30, spoken + timeout + peer + id_context)),
                  element(0x30, spoken + timeout + id_context))
            << size;
        EXPECT_EQ(cut(element(0x30, spoken + peer)), element(0x30, spoken)) << size;
    }
}

TEST(session_form, keeps_a_long_header_where_much_is_left) {
    const buffer ticket = element(0xaa, buffer(1000, 't'));

    EXPECT_EQ(cut(element(0x30, spoken + element(0xa3, buffer(40000, 'c')) + ticket)),
              element(0x30, spoken + ticket));
}

TEST(session_form, stays_as_it_is_without_a_certificate) {
    const buffer session = element(0x30, spoken + timeout + id_context);

    EXPECT_EQ(cut(session), session);
    EXPECT_EQ(cut(element(0x30, {})), element(0x30, {}));
}

TEST(session_form, stays_as_it_is_where_it_is_unknown) {
    const buffer whole = element(0x30, spoken + element(0xa3, buffer(300, 'c')) + id_context);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const buffer part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(cut(part), part) << size;
    }
    EXPECT_EQ(cut(whole + buffer{0}), whole + buffer{0});
    EXPECT_EQ(cut(element(0x31, spoken)), element(0x31, spoken));
    const buffer broken = element(0x30, buffer{0x02, 0x84, 1, 1, 1, 1});
    EXPECT_EQ(cut(broken), broken);
}

class certificate_of_a_resumed_session : public testing::TestWithParam<protocol_version> {};

INSTANTIATE_TEST_SUITE_P(version,
                         certificate_of_a_resumed_session,
                         testing::Values(protocol_version::tls1_2, protocol_version::tls1_3),
                         [](const auto& version) {
                             return version.param == protocol_version::tls1_2 ? "tls1_2" : "tls1_3";
                         });

TEST_P(certificate_of_a_resumed_session, is_known_to_the_client_however_often_it_resumes) {
    duo both(GetParam());
    ASSERT_TRUE(both.connect());
    duo::side leaf;
    ASSERT_EQ(both.client.tls->peer_certificates(leaf).code, errc::ok);
    ASSERT_FALSE(leaf.outbox.empty());

    for (int i = 0; i < 3; ++i) {
        const buffer session = both.client.latest_session;
        both.client.settings.session = session;
        ASSERT_TRUE(both.connect());
        ASSERT_TRUE(both.client.tls->facts().resumed);
        duo::side again;
        EXPECT_EQ(both.client.tls->peer_certificates(again).code, errc::ok);
        EXPECT_EQ(again.outbox, leaf.outbox);
        EXPECT_TRUE(both.client.tls->authorized());
    }
}

TEST_P(certificate_of_a_resumed_session, is_in_the_session_once) {
    duo both(GetParam());
    ASSERT_TRUE(both.connect());
    duo::side leaf;
    ASSERT_EQ(both.client.tls->peer_certificates(leaf).code, errc::ok);
    const auto& session = both.client.latest_session;

    const auto first =
        std::search(session.begin(), session.end(), leaf.outbox.begin(), leaf.outbox.end());
    ASSERT_NE(first, session.end());
    EXPECT_EQ(std::search(first + 1, session.end(), leaf.outbox.begin(), leaf.outbox.end()),
              session.end());
}

}  // namespace
}  // namespace polytls::openssl
