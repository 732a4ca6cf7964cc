// Questions of a backend that cannot wait for their answers. Those of one that can are in the
// conformance suite.
#include "fake_backend.hpp"
#include "fake_engine.hpp"
#include "sample_pem.hpp"

#include <polytls/byte_buffer.hpp>
#include <polytls/endpoint.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <optional>
#include <stdexcept>

namespace polytls::testkit {
namespace {

/// A backend whose engines ask at once, and a client on it.
class question_at_once : public testing::Test {
protected:
    inline static std::list<fake_backend> every_fake;
    fake_backend& fake = every_fake.emplace_back();
    std::optional<spi::answer> told{};
    byte_string told_data{};

    question_at_once() {
        fake.report[9] = {feature::private_key_operations, support::limited, "at once"};
        fake.report[10] = {feature::psk, support::limited, "at once"};
    }

    void engines_ask(std::function<spi::answer(spi::handshake_events&)> ask) {
        fake.handshake = [this, ask = std::move(ask)](spi::handshake_events& events) -> progress {
            told = ask(events);
            told_data.assign(told->data.begin(), told->data.end());
            if (told->state != spi::answer_state::given) {
                return {.error = {errc::protocol_failure, alert_description::internal_error}};
            }
            events.judge_peer({});
            return {};
        };
    }

    void engines_sign() {
        engines_ask([](spi::handshake_events& events) {
            return events.sign({.scheme = signature_scheme::ed25519,
                                .input = as_bytes("to be signed"),
                                .at_once = true});
        });
    }

    void engines_want_a_key() {
        engines_ask([](spi::handshake_events& events) {
            return events.find_psk({.about = as_bytes("a hint"), .at_once = true});
        });
    }

    std::unique_ptr<endpoint> client(sign_callback sign, client_psk_callback psk = {}) {
        context_options options{.backend = backend(fake), .ca = one_or_many()};
        if (sign) {
            options.cert = sample_leaf_certificate();
            options.sign_callback = std::move(sign);
        }
        auto made = endpoint::make(client_settings{.context = *create_secure_context(options),
                                                   .reject_unauthorized = false,
                                                   .psk_callback = std::move(psk)});
        return *std::move(made);
    }

    static void step(endpoint& of) {
        byte_buffer out;
        of.handshake({}, out, {});
    }
};

TEST_F(question_at_once, is_answered_within_the_call) {
    engines_sign();
    std::string seen;
    const auto end = client([&](const signing_request& request, const auto& done) {
        seen = as_text(request.input);
        done(byte_string{1, 2, 3});
    });

    step(*end);

    EXPECT_TRUE(end->handshake_complete());
    EXPECT_EQ(seen, "to be signed");
    EXPECT_EQ(told_data, (byte_string{1, 2, 3}));
}

TEST_F(question_at_once, is_refused_when_the_answer_is_to_come_later) {
    engines_sign();
    std::optional<late_answer<byte_string>> answer;
    const auto end = client([&](const signing_request&, const auto& done) { answer = done; });

    step(*end);
    (*answer)(byte_string{1});
    step(*end);

    EXPECT_EQ(told->state, spi::answer_state::refused);
    ASSERT_TRUE(end->last_failure());
    EXPECT_EQ(end->last_failure()->code, errc::unsupported_by_backend);
    EXPECT_THAT(end->last_failure()->message, testing::HasSubstr("at once"));
}

TEST_F(question_at_once, is_refused_with_the_callbacks_failure) {
    engines_sign();
    const auto end = client([](const signing_request&, const auto& done) {
        done(make_failure(errc::refused_by_callback, "no card"));
    });

    step(*end);

    EXPECT_EQ(told->state, spi::answer_state::refused);
    EXPECT_EQ(end->last_failure()->message, "no card");
}

TEST_F(question_at_once, lets_through_what_a_callback_throws) {
    engines_sign();
    const auto end = client([](const signing_request&, const auto&) {
        throw std::runtime_error("thrown by a callback");
    });

    EXPECT_THROW(step(*end), std::runtime_error);

    EXPECT_EQ(told->state, spi::answer_state::refused);
}

TEST_F(question_at_once, about_a_pre_shared_key_is_answered_in_the_same_way) {
    engines_want_a_key();
    std::string seen;
    const auto end = client({}, [&](std::string_view hint, const auto& done) {
        seen = hint;
        done(psk_credentials{.identity = "alice", .key = byte_string(16, 'k')});
    });

    step(*end);

    EXPECT_EQ(seen, "a hint");
    EXPECT_EQ(told->state, spi::answer_state::given);
    EXPECT_EQ(told_data, byte_string(16, 'k'));
    EXPECT_FALSE(end->authorized()) << "the engine did not say that the key was used";
    EXPECT_EQ(end->psk_identity(), "");
}

TEST_F(question_at_once, about_a_pre_shared_key_needs_a_backend_that_has_them) {
    fake.report[10] = {feature::psk, support::no, "left out of this build"};
    const auto context = create_secure_context({.backend = backend(fake), .ca = one_or_many()});

    const auto made = endpoint::make(
        server_settings{.context = *context, .psk_callback = [](std::string_view, const auto&) {}});

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, errc::unsupported_by_backend);
    EXPECT_EQ(made.error().input, "psk_callback");
    EXPECT_THAT(made.error().message, testing::HasSubstr("left out of this build"));
}

}  // namespace
}  // namespace polytls::testkit
