// Clauses on what a server's callbacks answer: late, twice, after the connection has gone, never;
// and on callbacks that throw.
#include "../testkit/link.hpp"
#include "../testkit/network.hpp"
#include "../testkit/pki.hpp"

#include <polytls/session_store.hpp>

#include <asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace polytls::testkit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using byte_string = std::vector<std::uint8_t>;

/// A question that a server's callback has been asked, and has not answered.
template <class T>
struct held_question {
    std::optional<late_answer<T>> done;
    int asked = 0;

    void hold(const late_answer<T>& answer) {
        done = answer;
        ++asked;
    }
};

/// Both ends of a connection whose server asks, and `holds` what it asks.
template <class T>
struct asking {
    std::shared_ptr<held_question<T>> held = std::make_shared<held_question<T>>();
    link_setup setup{};
    T answer{};
};

asking<byte_string> ocsp_question() {
    asking<byte_string> made{.answer = byte_string{0x30, 0x03, 0x0a, 0x01, 0x06}};
    made.setup = {.client = {.request_ocsp = true},
                  .server = {.ocsp_callback = [held = made.held](bytes, bytes, const auto& done) {
                      held->hold(done);
                  }}};
    return made;
}

asking<secure_context> name_question(const pairing& with) {
    asking<secure_context> made{.answer = server_context_for(with)};
    made.setup.server.sni_callback = [held = made.held](std::string_view, const auto& done) {
        held->hold(done);
    };
    return made;
}

asking<std::string> protocol_question() {
    asking<std::string> made{.answer = "h2"};
    made.setup = {
        .client = {.alpn_protocols = {"h2"}},
        .server = {.alpn_callback = [held = made.held](std::string_view, const auto&,
                                                       const auto& done) { held->hold(done); }}};
    return made;
}

asking<byte_string> session_question(const pairing& with) {
    // What is answered is a session, and by the time of the connections a good one.
    const auto kept = std::make_shared<byte_string>();
    const auto first =
        handshake(with, {.server = {.new_session = [kept](bytes, bytes data, const auto& done) {
                             kept->assign(data.begin(), data.end());
                             done();
                         }}});
    asking<byte_string> made{.answer = *kept};
    made.setup = {.client = {.session = first.client.tls().session()},
                  .server = {.new_session = [](bytes, bytes, const auto& done) { done(); },
                             .resume_session = [held = made.held](
                                                   bytes, const auto& done) { held->hold(done); }}};
    return made;
}

/// The handshake waits for the answer; the first one counts, whatever comes after it.
template <class T>
void expect_only_the_first_answer_counts(const pairing& with, const asking<T>& question) {
    auto wire = handshake(with, question.setup);
    ASSERT_TRUE(question.held->done);
    EXPECT_THAT(wire.client.trace(), IsEmpty());
    EXPECT_THAT(wire.server.trace(), IsEmpty());

    const auto done = *question.held->done;
    done(question.answer);
    done(question.answer);
    done(make_failure(errc::refused_by_callback, "too late"));
    wire.run();
    done(make_failure(errc::refused_by_callback, "far too late"));
    wire.client.write("goes on");
    wire.run();

    EXPECT_EQ(question.held->asked, 1);
    EXPECT_EQ(wire.server.received(), "goes on");
    EXPECT_FALSE(wire.server.failure());
    EXPECT_FALSE(wire.client.failure());
}

/// After the connection has failed, and after it has been destroyed.
template <class T>
void expect_answers_to_the_gone_do_nothing(const pairing& with, const asking<T>& question) {
    {
        auto wire = handshake(with, question.setup);
        ASSERT_TRUE(question.held->done);
        wire.cut();
        EXPECT_EQ(wire.server.error(), "ECONNRESET");

        (*question.held->done)(question.answer);
        wire.run();

        EXPECT_THAT(wire.server.trace(), ElementsAre("error ECONNRESET"));
    }
    { const auto wire = handshake(with, question.setup); }
    (*question.held->done)(question.answer);
    EXPECT_EQ(question.held->asked, 2);
}

template <class T>
void expect_a_question_never_answered_times_out(const pairing& with, asking<T> question) {
    question.setup.server.handshake_timeout = std::chrono::seconds(5);
    auto wire = handshake(with, question.setup);
    ASSERT_TRUE(question.held->done);

    wire.clock.advance(std::chrono::seconds(6));
    wire.run();
    EXPECT_EQ(wire.server.error(), "HANDSHAKE_TIMED_OUT");
    (*question.held->done)(question.answer);
    wire.run();

    EXPECT_THAT(wire.server.trace(), ElementsAre("error HANDSHAKE_TIMED_OUT"));
}

[[noreturn]] void throw_from_callback() {
    throw std::runtime_error("thrown by a callback");
}

/// What a callback throws comes out of the step, once; the handshake does not go on without it.
void expect_what_is_thrown_comes_out(const pairing& with, const link_setup& setup) {
    auto wire = make_link(with, setup);

    EXPECT_THROW(wire.run(), std::runtime_error);
    EXPECT_NO_THROW(wire.run());

    EXPECT_FALSE(wire.server.tls().handshake_complete());
    EXPECT_FALSE(wire.server.failure());
    wire.cut();
    EXPECT_EQ(wire.server.error(), "ECONNRESET");
}

/// Over a socket it comes out of `run`, and is the end of that connection alone: the next client,
/// connected as `how`, is served once `mend` was called.
void expect_a_server_outlives_what_is_thrown(network& net,
                                             const connect_options& how,
                                             const std::function<void()>& mend) {
    net.server.on_secure_connection(echo);
    auto first = net.connect(how);
    trace seen(first);
    EXPECT_THROW(run(net.io), std::runtime_error);
    run_until(net.io, [&] { return first.destroyed() && !net.client_errors.empty(); });
    mend();

    auto next = net.connect(how);
    trace fine(next);
    next.end();
    net.run_to_the_end();

    EXPECT_EQ(net.client_errors.size(), 1U);
    EXPECT_EQ(net.client_errors.at(0).code, errc::refused_by_callback);
    EXPECT_TRUE(seen.has("close after error"));
    EXPECT_THAT(fine.events(), ElementsAre("secureConnect", "end", "close"));
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_ocsp_request);

TEST_P(M_server_ocsp_request, only_the_first_answer_counts) {
    expect_only_the_first_answer_counts(GetParam(), ocsp_question());
}

TEST_P(M_server_ocsp_request, an_answer_after_the_connection_has_gone_does_nothing) {
    expect_answers_to_the_gone_do_nothing(GetParam(), ocsp_question());
}

TEST_P(M_server_ocsp_request, one_never_answered_times_out) {
    expect_a_question_never_answered_times_out(GetParam(), ocsp_question());
}

TEST_P(M_server_ocsp_request, what_the_callback_throws_comes_out) {
    expect_what_is_thrown_comes_out(
        GetParam(),
        {.client = {.request_ocsp = true},
         .server = {.ocsp_callback = [](bytes, bytes, const auto&) { throw_from_callback(); }}});
}

TEST_P(M_server_ocsp_request, a_listener_that_throws_ends_its_connection_alone) {
    network net(GetParam());
    bool broken = true;
    net.server.on_ocsp_request([&](bytes, bytes, const late_answer<byte_string>& done) {
        broken ? throw_from_callback() : done(byte_string());
    });
    auto how = net.options();
    how.request_ocsp = true;

    expect_a_server_outlives_what_is_thrown(net, how, [&] { broken = false; });
}

TEST_P(M_server_ocsp_request, what_is_stapled_arrives_as_it_is_whatever_it_is) {
    // OpenSSL's client takes no more than a record's worth.
    for (const std::size_t size : {std::size_t{1}, std::size_t{300}, std::size_t{16'000}}) {
        const byte_string response(size, 0xa5);
        auto question = ocsp_question();
        question.answer = response;
        auto wire = handshake(GetParam(), question.setup);

        (*question.held->done)(response);
        wire.run();

        EXPECT_EQ(wire.client.tls().ocsp_response(), response) << size;
        EXPECT_TRUE(wire.client.tls().authorized()) << size;
    }
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_resume_session);

TEST_P(M_server_resume_session, only_the_first_answer_counts) {
    const auto question = session_question(GetParam());

    expect_only_the_first_answer_counts(GetParam(), question);
}

TEST_P(M_server_resume_session, an_answer_after_the_connection_has_gone_does_nothing) {
    expect_answers_to_the_gone_do_nothing(GetParam(), session_question(GetParam()));
}

TEST_P(M_server_resume_session, one_never_answered_times_out) {
    expect_a_question_never_answered_times_out(GetParam(), session_question(GetParam()));
}

TEST_P(M_server_resume_session, what_the_callback_throws_comes_out) {
    auto question = session_question(GetParam());
    question.setup.server.resume_session = [](bytes, const auto&) { throw_from_callback(); };

    expect_what_is_thrown_comes_out(GetParam(), question.setup);
}

TEST_P(M_server_resume_session, a_listener_that_throws_ends_its_connection_alone) {
    const auto question = session_question(GetParam());
    network net(GetParam());
    bool broken = true;
    net.server.on_resume_session([&](bytes, const late_answer<byte_string>& done) {
        broken ? throw_from_callback() : done(question.answer);
    });
    auto how = net.options();
    // The session is one for "localhost", which is where the server is, too.
    how.host = "localhost";
    how.session = question.setup.client.session;

    expect_a_server_outlives_what_is_thrown(net, how, [&] { broken = false; });
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_server_new_session);

TEST_P(M_server_new_session, what_the_callback_throws_comes_out) {
    expect_what_is_thrown_comes_out(
        GetParam(),
        {.server = {.new_session = [](bytes, bytes, const auto&) { throw_from_callback(); }}});
}

TEST_P(M_server_new_session, a_listener_that_throws_ends_its_connection_alone) {
    network net(GetParam());
    bool broken = true;
    net.server.on_new_session([&](bytes, bytes, const std::function<void()>& done) {
        broken ? throw_from_callback() : done();
    });

    expect_a_server_outlives_what_is_thrown(net, net.options(), [&] { broken = false; });
}

TEST_P(M_server_new_session, an_answer_after_the_socket_has_gone_does_nothing) {
    network net(GetParam());
    std::vector<std::function<void()>> unanswered;
    net.server.on_new_session(
        [&](bytes, bytes, const std::function<void()>& done) { unanswered.push_back(done); });
    tls_socket at_server;
    net.server.on_connection([&](tls_socket socket) { at_server = std::move(socket); });
    const auto client = net.connect();
    trace seen(client);
    run_until(net.io, [&] { return !unanswered.empty(); });
    at_server.destroy();
    run_until(net.io, [&] { return client.destroyed(); });

    for (const auto& done : unanswered) {
        done();
    }
    net.run_to_the_end();

    EXPECT_THAT(net.client_errors, IsEmpty()) << "it was our own doing";
    EXPECT_TRUE(seen.has("close after error"));
    EXPECT_EQ(net.server.connections(), 0U);
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_sni_callback);

TEST_P(M_sni_callback, an_answer_counts_once_and_only_while_there_is_somebody_to_hear_it) {
    expect_only_the_first_answer_counts(GetParam(), name_question(GetParam()));
    expect_answers_to_the_gone_do_nothing(GetParam(), name_question(GetParam()));
    expect_a_question_never_answered_times_out(GetParam(), name_question(GetParam()));
}

TEST_P(M_sni_callback, what_it_throws_comes_out) {
    expect_what_is_thrown_comes_out(
        GetParam(),
        {.server = {.sni_callback = [](std::string_view, const auto&) { throw_from_callback(); }}});
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_alpn);

TEST_P(X_alpn, an_answer_counts_once_and_only_while_there_is_somebody_to_hear_it) {
    expect_only_the_first_answer_counts(GetParam(), protocol_question());
    expect_answers_to_the_gone_do_nothing(GetParam(), protocol_question());
    expect_a_question_never_answered_times_out(GetParam(), protocol_question());
}

POLYTLS_CLAUSE_OVER_PAIRINGS(X_key_log);

TEST_P(X_key_log, a_listener_of_the_server_that_throws_ends_its_connection_alone) {
    network net(GetParam());
    bool broken = true;
    net.server.on_keylog([&](std::string_view, const tls_socket&) {
        if (broken) {
            throw_from_callback();
        }
    });

    expect_a_server_outlives_what_is_thrown(net, net.options(), [&] { broken = false; });
}

}  // namespace
}  // namespace polytls::testkit
