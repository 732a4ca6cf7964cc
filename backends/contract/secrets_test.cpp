#include "link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

namespace polytls::contract {
namespace {

/// A standing connection, to ask what both ends alone know.
class secrets : public over_versions {
protected:
    void run() {
        const auto context = showing(leaf(), range()).made();
        link_.run(*context, *context);
        ASSERT_TRUE(link_.both_complete());
    }

    link link_;
};

class exported_key : public secrets {
protected:
    void SetUp() override { run(); }

    static buffer exported(const end& at,
                           std::string_view under,
                           std::optional<bytes> about = {},
                           std::size_t size = 32) {
        buffer made(size);
        EXPECT_EQ(at.engine->export_keying_material(under, about, made).code, errc::ok);
        return made;
    }

    static constexpr std::string_view label = "EXPORTER-polytls-test";
};

POLYTLS_RUN_OVER(exported_key, versions_with(feature::exporter));

TEST_P(exported_key, is_the_same_at_both_ends) {
    for (const std::size_t size : {1U, 20U, 32U, 33U, 200U}) {
        EXPECT_EQ(exported(link_.client, label, {}, size), exported(link_.server, label, {}, size));
        EXPECT_EQ(exported(link_.client, label, as_bytes("about"), size),
                  exported(link_.server, label, as_bytes("about"), size));
    }
}

TEST_P(exported_key, depends_on_label_and_context) {
    const buffer plain = exported(link_.client, label);

    EXPECT_EQ(plain, exported(link_.client, label));
    EXPECT_NE(plain, exported(link_.client, "EXPORTER-another"));
    EXPECT_NE(plain, exported(link_.client, label, as_bytes("about")));
    EXPECT_NE(plain, buffer(32));
}

TEST_P(exported_key, tells_no_context_from_an_empty_one_where_the_version_does) {
    // RFC 5705, section 4; under TLS 1.3 they are the same (RFC 8446, section 7.5).
    const bool same = exported(link_.client, label) == exported(link_.client, label, bytes{});

    EXPECT_EQ(same, tls1_3());
}

TEST_P(exported_key, is_another_in_each_connection) {
    const buffer first = exported(link_.client, label);
    link_ = link();
    run();

    EXPECT_NE(first, exported(link_.client, label));
}

class finished : public secrets {
protected:
    void SetUp() override { run(); }

    static buffer said(const end& at, spi::finished_by whose) {
        buffer room(64);
        room.resize(at.engine->finished(whose, room));
        return room;
    }
};

std::vector<protocol_version> versions_with_finished() {
    return level_of(feature::finished) == support::yes ? versions()
                                                       : tls1_2_with(feature::finished);
}

POLYTLS_RUN_OVER(finished, versions_with_finished());

TEST_P(finished, is_what_the_other_end_heard) {
    const buffer clients = said(link_.client, spi::finished_by::us);
    const buffer servers = said(link_.server, spi::finished_by::us);

    // RFC 5246, section 7.4.9; under TLS 1.3 it is as long as the hash.
    EXPECT_GE(clients.size(), tls1_3() ? 32U : 12U);
    EXPECT_EQ(clients.size(), servers.size());
    EXPECT_NE(clients, servers);
    EXPECT_EQ(said(link_.server, spi::finished_by::peer), clients);
    EXPECT_EQ(said(link_.client, spi::finished_by::peer), servers);
}

TEST_P(finished, is_not_written_into_too_little_room) {
    buffer room(said(link_.client, spi::finished_by::us).size() - 1);

    EXPECT_EQ(link_.client.engine->finished(spi::finished_by::us, room), 0U);
    EXPECT_EQ(link_.client.engine->finished(spi::finished_by::peer, {}), 0U);
}

TEST_P(finished, is_not_there_before_the_handshake) {
    const auto context = showing(leaf(), range()).made();
    link fresh;
    fresh.open(*context, *context);

    EXPECT_TRUE(said(fresh.client, spi::finished_by::us).empty());
    EXPECT_TRUE(said(fresh.server, spi::finished_by::peer).empty());
}

class key_log : public secrets {
protected:
    static std::set<std::string> labels(const end& at) {
        std::set<std::string> found;
        for (const std::string& line : at.events.key_lines) {
            found.insert(line.substr(0, line.find(' ')));
        }
        return found;
    }
};

std::vector<protocol_version> versions_with_key_log() {
    return level_of(feature::key_log) == support::yes ? versions() : tls1_2_with(feature::key_log);
}

POLYTLS_RUN_OVER(key_log, versions_with_key_log());

TEST_P(key_log, has_lines_in_nsss_format) {
    link_.client.config.log_keys = true;
    link_.server.config.log_keys = true;

    run();

    for (const end* one : {&link_.client, &link_.server}) {
        EXPECT_THAT(one->events.key_lines,
                    testing::Each(testing::MatchesRegex("[A-Z_0-9]+ [0-9a-f]+ [0-9a-f]+")));
    }
}

TEST_P(key_log, says_all_that_the_version_has) {
    link_.client.config.log_keys = true;
    link_.server.config.log_keys = true;

    run();

    const std::set<std::string> expected =
        tls1_3() ? std::set<std::string>{"CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                                         "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                                         "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"}
                 : std::set<std::string>{"CLIENT_RANDOM"};
    for (const end* one : {&link_.client, &link_.server}) {
        EXPECT_THAT(labels(*one), testing::IsSupersetOf(expected));
    }
}

TEST_P(key_log, says_the_same_at_both_ends_under_the_clients_random) {
    link_.client.config.log_keys = true;
    link_.server.config.log_keys = true;

    run();

    // Record header, message header, version: then the random.
    const bytes random = bytes(link_.client.sent_bytes).subspan(5 + 4 + 2, 32);
    std::string hex;
    for (const std::uint8_t byte : random) {
        hex += "0123456789abcdef"[byte >> 4U];
        hex += "0123456789abcdef"[byte & 0xfU];
    }
    ASSERT_FALSE(link_.client.events.key_lines.empty());
    EXPECT_THAT(link_.client.events.key_lines, testing::Each(testing::HasSubstr(" " + hex + " ")));
    EXPECT_THAT(link_.client.events.key_lines,
                testing::UnorderedElementsAreArray(link_.server.events.key_lines));
}

TEST_P(key_log, is_told_only_to_the_end_that_asked) {
    link_.server.config.log_keys = true;

    run();

    EXPECT_TRUE(link_.client.events.key_lines.empty());
    EXPECT_FALSE(link_.server.events.key_lines.empty());
}

}  // namespace
}  // namespace polytls::contract
