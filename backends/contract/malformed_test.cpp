#include "link.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace polytls::contract {
namespace {

/// What a peer may send that no sound one does.
struct malformed {
    const char* name;
    buffer wire;
};

buffer record(std::uint8_t type, bytes content) {
    const std::array<std::uint8_t, 5> header{type, 3, 3,
                                             static_cast<std::uint8_t>(content.size() >> 8U),
                                             static_cast<std::uint8_t>(content.size() & 0xffU)};
    buffer made(header.size() + content.size());
    std::ranges::copy(content, std::ranges::copy(header, made.begin()).out);
    return made;
}

buffer record(std::uint8_t type, std::initializer_list<std::uint8_t> content) {
    return record(type, bytes(content.begin(), content.size()));
}

constexpr std::uint8_t change_cipher_spec = 20;
constexpr std::uint8_t alert = 21;
constexpr std::uint8_t handshake_type = 22;
constexpr std::uint8_t application_data = 23;

/// What ends a handshake, at either end, as a breach of the protocol.
std::vector<malformed> breaches() {
    buffer too_long{handshake_type, 3, 3, 0x48, 0x01};
    too_long.resize(5 + 0x4801);
    return {
        {"a record of an unknown kind", record(99, {0, 0})},
        {"a record longer than any may be", too_long},
        {"application data at once", record(application_data, {1, 2, 3})},
        {"a change of ciphers at once", record(change_cipher_spec, {1})},
        {"an unknown message", record(handshake_type, {77, 0, 0, 1, 0})},
        {"a Finished at once", record(handshake_type, {20, 0, 0, 1, 0})},
        {"an empty ClientHello", record(handshake_type, {1, 0, 0, 0})},
        {"an empty ServerHello", record(handshake_type, {2, 0, 0, 0})},
        {"a hello whose lengths do not add up",
         record(handshake_type, {2, 0, 0, 6, 3, 3, 0xff, 0xff, 0xff, 0xff})},
        {"a message of 16 MiB", record(handshake_type, {2, 0xff, 0xff, 0xff, 3, 3})},
        {"an alert of an unknown level", record(alert, {9, 40})},
        {"a torn alert", record(alert, {2})},
    };
}

/// Whether a place in some records is in the version of a header, which nobody need look at.
bool is_record_version(bytes records, std::size_t place) {
    std::size_t start = 0;
    while (start + 5 <= records.size()) {
        const std::size_t size = 5 + records[start + 3] * std::size_t{256} + records[start + 4];
        if (place < start + size) {
            return place == start + 1 || place == start + 2;
        }
        start += size;
    }
    return false;
}

/// Changes a bit of the byte at a place in all that is sent, if it is in `wire`, before which
/// `before` bytes went.
bool change_bit(buffer& wire, std::size_t before, std::size_t at) {
    if (at < before || at >= before + wire.size() || is_record_version(wire, at - before)) {
        return false;
    }
    wire[at - before] ^= static_cast<std::uint8_t>(1U << (at % 8));
    return true;
}

class malformed_input : public over_versions {
protected:
    /// Gives an end some bytes instead of what its peer sent.
    static void feed(link& over, end& to, const buffer& wire) {
        to.inbox = wire;
        while (over.advance(to)) {
        }
    }

    end& by(role side) { return side == role::client ? link_.client : link_.server; }

    void reopen(std::size_t step = unlimited) {
        link_ = link(step);
        link_.open(*context_, *context_);
    }

    spi::handle<spi::context> context_ = showing(leaf(), range()).made();
    link link_;
};

POLYTLS_RUN_OVER(malformed_input, versions());

TEST_P(malformed_input, ends_a_handshake_as_a_breach_of_the_protocol) {
    for (const malformed& one : breaches()) {
        for (const role side : {role::client, role::server}) {
            for (const std::size_t step : {unlimited, std::size_t{1}}) {
                reopen(step);

                feed(link_, by(side), one.wire);

                const status& why = by(side).error;
                EXPECT_EQ(condition_of(why.code), condition::protocol_error)
                    << one.name << ": " << name_of(why.code);
                EXPECT_FALSE(by(side).complete);
                EXPECT_EQ(by(side).events.judgements, 0);
                EXPECT_NE(why.alert, alert_description::none) << one.name;
            }
        }
    }
}

TEST_P(malformed_input, that_is_not_tls_is_a_wrong_version_number) {
    for (const std::string_view other :
         {std::string_view("GET / HTTP/1.1\r\n\r\n"), std::string_view("SSH-2.0-OpenSSH_9.2\r\n"),
          std::string_view("HTTP/1.1 400 Bad Request\r\n\r\n")}) {
        for (const role side : {role::client, role::server}) {
            reopen();

            feed(link_, by(side), text(other));

            EXPECT_EQ(by(side).error.code, errc::wrong_version_number) << other;
            EXPECT_FALSE(by(side).complete);
        }
    }
}

TEST_P(malformed_input, does_not_complete_a_handshake_by_close_notify) {
    reopen();

    feed(link_, link_.client, record(alert, {1, 0}));

    EXPECT_FALSE(link_.client.complete);
    EXPECT_EQ(link_.client.error.code, errc::closed);
}

TEST_P(malformed_input, hears_a_fatal_alert_in_a_handshake_whichever_it_is) {
    for (const unsigned number :
         {10U, 20U, 40U, 42U, 45U, 46U, 47U, 48U, 50U, 51U, 70U, 71U, 80U, 86U, 112U}) {
        reopen();

        feed(link_, link_.client, record(alert, {2, static_cast<std::uint8_t>(number)}));

        EXPECT_EQ(link_.client.error.code, errc::alert_received);
        EXPECT_EQ(link_.client.error.alert, static_cast<alert_description>(number));
    }
}

TEST_P(malformed_input, is_answered_with_the_alert_that_it_tells) {
    for (const malformed& one : breaches()) {
        for (const role side : {role::client, role::server}) {
            reopen();
            const std::size_t before = by(side).sent_bytes.size();

            feed(link_, by(side), one.wire);

            const bytes answer = bytes(by(side).sent_bytes).subspan(before);
            ASSERT_GE(answer.size(), 7U) << one.name;
            // The last record, since an alert may follow what is sent for old equipment's sake.
            const bytes last = answer.last(7);
            EXPECT_EQ(last[0], alert) << one.name;
            EXPECT_EQ(last[5], 2) << one.name;
            EXPECT_EQ(last[6], static_cast<std::uint8_t>(by(side).error.alert)) << one.name;
        }
    }
}

TEST_P(malformed_input, of_any_one_bit_keeps_a_handshake_from_completing) {
    for (const role from : {role::client, role::server}) {
        for (std::size_t at = 5; at < 700; at += 7) {
            bool changed = false;
            link_ = link();
            link_.on_the_way = [&changed, from, at, sent = std::size_t{0}](const end& sender,
                                                                           buffer wire) mutable {
                if (sender.config.side == from) {
                    changed = change_bit(wire, sent, at) || changed;
                    sent += wire.size();
                }
                return wire;
            };
            link_.open(*context_, *context_);
            link_.handshake();

            EXPECT_FALSE(changed && link_.both_complete())
                << "byte " << at << " of "
                << (from == role::client ? "the client's" : "the server's");
        }
    }
}

TEST_P(malformed_input, of_any_kind_is_survived_by_a_standing_connection) {
    for (std::uint8_t round = 0; round < 200; ++round) {
        reopen();
        link_.handshake();
        ASSERT_TRUE(link_.both_complete());
        // As good as chance, and the same each time.
        std::array<std::uint8_t, 64> noise{};
        ASSERT_EQ(the_backend().digest(spi::digest_algorithm::sha512, std::span(&round, 1), noise),
                  noise.size());
        const auto type = static_cast<std::uint8_t>(change_cipher_spec + noise[0] % 5);
        const buffer wire = record(type, bytes(noise).first(noise[1] % noise.size()));
        link_.server.inbox = wire;

        const buffer heard = link_.read(link_.server);

        EXPECT_TRUE(heard.empty()) << "round " << int{round};
        EXPECT_TRUE(link_.server.error) << "round " << int{round};
    }
}

}  // namespace
}  // namespace polytls::contract
