#include "link.hpp"
#include "scarce_memory.hpp"

#include <polytls/spi/backend.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <thread>

/// Everything is given back, also where an allocation fails, whichever it is; and that it failed is
/// said as such.
namespace polytls::contract {
namespace {

/// Hears everything and allocates nothing.
class quiet_events final : public spi::handshake_events {
public:
    moment now() const noexcept override { return {.unix_time = year_2026}; }

    spi::peer_judgement judge_peer(const peer_findings& /*findings*/) noexcept override {
        return {.accept = true};
    }

    void session(bytes /*blob*/) noexcept override {}

    void new_session(bytes /*id*/, bytes /*blob*/) noexcept override {}

    void key_log(std::string_view /*line*/) noexcept override {}

    bool renegotiating(bool /*by_peer*/) noexcept override { return true; }

    void renegotiated() noexcept override {}

    bytes session_note() noexcept override { return as_bytes("note"); }

    bool resumed(bytes /*note*/) noexcept override { return true; }

    spi::answer sign(const spi::signature_request& /*request*/) noexcept override { return {}; }

    spi::answer find_psk(const spi::psk_request& /*request*/) noexcept override { return {}; }
};

/// What is on its way to an end, in memory that is there already.
class pipe {
public:
    byte_sink& entrance() { return sink_; }

    bytes waiting() const { return sink_.written().subspan(taken_); }

    void take(std::size_t count) {
        taken_ += count;
        if (taken_ == sink_.written().size()) {
            sink_.clear();
            taken_ = 0;
        }
    }

private:
    std::array<std::uint8_t, 60000> room_{};
    span_sink sink_{room_};
    std::size_t taken_ = 0;
};

struct bare_end {
    explicit bare_end(role as) : config{.side = as} {}

    spi::engine_config config;
    quiet_events events{};
    pipe inbox{};
    spi::handle<spi::engine> engine{};
    bool complete = false;
};

/// Two ends of a connection.
struct two_ends {
    bare_end client{role::client};
    bare_end server{role::server};
};

status advance(bare_end& one, bare_end& other, bool& moved) {
    if (one.complete) {
        return {};
    }
    const std::size_t before = other.inbox.waiting().size();
    const progress step = one.engine->handshake(one.inbox.waiting(), other.inbox.entrance());
    one.inbox.take(step.consumed);
    one.complete = step.next == want::nothing && !step.error;
    moved = moved || step.consumed != 0 || one.complete || other.inbox.waiting().size() != before;
    return step.error;
}

/// Sends something, and lets it be read with whatever came before.
status send(bare_end& from, bare_end& to) {
    static constexpr std::array<std::uint8_t, 1000> plaintext{};
    const progress sent = from.engine->write(plaintext, to.inbox.entrance());
    if (sent.error) {
        return sent.error;
    }
    std::array<std::uint8_t, 2000> room{};
    const progress got = to.engine->read(to.inbox.waiting(), room, from.inbox.entrance());
    to.inbox.take(got.consumed);
    return got.error;
}

/// A whole connection, as far as it gets.
status connect(const spi::context& context, two_ends& both) {
    for (bare_end* one : {&both.client, &both.server}) {
        if (const status failed = context.make_engine(one->config, one->events, one->engine)) {
            return failed;
        }
    }
    for (bool moved = true; moved;) {
        moved = false;
        for (const auto& [one, other] :
             {std::pair{&both.client, &both.server}, std::pair{&both.server, &both.client}}) {
            if (const status failed = advance(*one, *other, moved)) {
                return failed;
            }
        }
    }
    for (const auto& [from, to] :
         {std::pair{&both.client, &both.server}, std::pair{&both.server, &both.client}}) {
        if (const status failed = send(*from, *to)) {
            return failed;
        }
    }
    return {};
}

struct attempt_result {
    status error{};
    bool felt = false;
    long kept = 0;  ///< Blocks that were not given back.
};

/// Acts once on something fresh, on a thread of its own: what a library keeps for each thread goes
/// with it.
template <class State, class Act>
attempt_result attempt(std::size_t spared, shortage::lasting how, Act act) {
    attempt_result result;
    const long before = live_blocks();
    std::thread([&] {
        const auto state = std::make_unique<State>();
        const shortage memory(spared, how);
        result.error = act(*state);
        result.felt = memory.felt();
    }).join();
    result.kept = live_blocks() - before;
    return result;
}

/// Acts with one allocation after the other failing, alone and with all that come after it.
template <class State, class Act>
void survive_every_shortage(Act act) {
    // What is made once for the whole process is made now.
    constexpr std::size_t plenty = 1U << 30U;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(attempt<State>(plenty, shortage::lasting::once, act).error.code, errc::ok);
    }
    // A handshake allocates some thousand times: of the later ones not each is tried.
    constexpr std::size_t tried_each = 300;
    constexpr std::size_t stride = 17;
    for (const auto how : {shortage::lasting::once, shortage::lasting::for_good}) {
        std::size_t told = 0;
        for (std::size_t spared = 0;; spared += spared < tried_each ? 1 : stride) {
            const testing::ScopedTrace trace(__FILE__, __LINE__,
                                             std::to_string(spared) +
                                                 (how == shortage::lasting::once
                                                      ? " allocations, then one fails"
                                                      : " allocations, then all fail"));
            const attempt_result result = attempt<State>(spared, how, act);
            if (!result.felt) {
                EXPECT_EQ(result.error.code, errc::ok);
                break;
            }
            EXPECT_EQ(result.kept, 0);
            EXPECT_NE(condition_of(result.error.code), condition::peer_alert);
            EXPECT_NE(condition_of(result.error.code), condition::closed);
            told += result.error.code == errc::no_memory ? 1U : 0U;
        }
        // Libraries get over some, and do not always say of others what was the matter.
        EXPECT_GT(told, 0U);
    }
}

/// A whole connection of one version.
class memory_of_connections : public over_versions {};

POLYTLS_RUN_OVER(memory_of_connections, versions());

TEST_P(memory_of_connections, is_given_back_whichever_allocation_fails) {
    const auto context = showing(leaf(), range()).made();

    survive_every_shortage<two_ends>(
        [&context](two_ends& both) { return connect(*context, both); });
}

TEST_P(memory_of_connections, is_given_back_where_clients_have_certificates) {
    const auto context = showing(leaf(), range()).made();

    survive_every_shortage<two_ends>([&context](two_ends& both) {
        both.server.config.peer = spi::peer_certificate::required;
        return connect(*context, both);
    });
}

TEST_P(memory_of_connections, is_given_back_where_sessions_are_resumed) {
    const auto context = showing(leaf(), range()).made();
    link first;
    first.run(*context, *context);
    const buffer session =
        first.client.events.sessions.empty() ? buffer{} : first.client.events.sessions.back();

    survive_every_shortage<two_ends>([&](two_ends& both) {
        both.client.config.session = session;
        return connect(*context, both);
    });
}

/// Everything that goes into a context, parsed from what lies there.
struct context_parts {
    buffer certificate = rsa_leaf().certificate_der();
    buffer anchor = root().certificate_der();
    buffer list = root().crl_der({});
    buffer key = rsa_leaf().key_der();
    bytes certificate_view = certificate;
    bytes anchor_view = anchor;
    bytes list_view = list;
    spi::certificate_chain chain{std::span(&certificate_view, 1)};
    spi::private_key_source key_source{.data = key, .encoding = spi::key_encoding::der};
    spi::context_config config{
        .identity = {.chains = std::span(&chain, 1), .keys = std::span(&key_source, 1)},
        .trust = {.anchors = std::span(&anchor_view, 1),
                  .crls = has(feature::crl) ? std::span(&list_view, 1) : std::span<bytes>{}},
        .protocol = {.versions = usual_versions(),
                     .cipher_suites = the_backend().cipher_suites(),
                     .groups = the_backend().groups()}};
    spi::handle<spi::context> made{};
    spi::handle<spi::anchor_set> set{};
};

TEST(memory_of_contexts, is_given_back_whichever_allocation_fails) {
    survive_every_shortage<context_parts>([](context_parts& parts) {
        return the_backend().make_context(parts.config, parts.made).error;
    });
}

TEST(memory_of_contexts, is_given_back_where_anchors_are_shared) {
    survive_every_shortage<context_parts>([](context_parts& parts) {
        return the_backend().make_anchor_set(std::span(&parts.anchor_view, 1), parts.set);
    });
}

/// A chain to be examined, parsed from what lies there.
struct chain_parts {
    buffer first = chain().at(0).certificate_der();
    buffer second = chain().at(1).certificate_der();
    std::array<bytes, 2> views{first, second};
    quiet_events events{};

    static const std::vector<credential>& chain() {
        static const std::vector<credential> made = chain_of(2);
        return made;
    }
};

TEST(memory_of_chains, is_given_back_whichever_allocation_fails) {
    const auto context = trusting().made();

    survive_every_shortage<chain_parts>([&context](chain_parts& parts) {
        return context->examine_chain(parts.views, role::server, parts.events);
    });
}

}  // namespace
}  // namespace polytls::contract
