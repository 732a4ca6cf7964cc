#include "link.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>

namespace polytls::openssl {
namespace {

/// Takes at most so many bytes.
class bounded_sink final : public byte_sink {
public:
    bounded_sink(buffer& into, std::size_t room) : into_(into), room_(room) {}

    std::size_t append(bytes data) noexcept override {
        const std::size_t taken = std::min(room_, data.size());
        into_.insert(into_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(taken));
        room_ -= taken;
        return taken;
    }

private:
    buffer& into_;
    std::size_t room_;
};

}  // namespace

spi::peer_judgement scripted_events::judge_peer(const peer_findings& findings) noexcept {
    ++judgements;
    sent = findings.sent;
    accepted = findings.accepted;
    for (const path_element& one : findings.path) {
        path.push_back({{one.der.begin(), one.der.end()}, one.faults, one.anchor});
    }
    if (leaves_errors_behind) {
        ERR_raise(ERR_LIB_USER, 1);
    }
    const spi::peer_judgement by_library{findings.accepted, alert_description::unknown_ca};
    return judgement.value_or(by_library);
}

void scripted_events::session(bytes blob) noexcept {
    sessions.emplace_back(blob.begin(), blob.end());
    if (leaves_errors_behind) {
        ERR_raise(ERR_LIB_USER, 2);
    }
}

void scripted_events::new_session(bytes id, bytes blob) noexcept {
    stored.emplace_back(buffer(id.begin(), id.end()), buffer(blob.begin(), blob.end()));
}

bool scripted_events::resumed(bytes given) noexcept {
    notes_given.emplace_back(given.begin(), given.end());
    if (leaves_errors_behind) {
        ERR_raise(ERR_LIB_USER, 3);
    }
    return resumes;
}

spi::config_error context_recipe::make(spi::handle<spi::context>& made) const {
    std::vector<std::vector<bytes>> views;
    for (const auto& chain : chains) {
        views.emplace_back(chain.begin(), chain.end());
    }
    std::vector<spi::certificate_chain> chain_views;
    for (const auto& chain : views) {
        chain_views.push_back({chain});
    }
    std::vector<spi::private_key_source> key_views;
    for (const std::string& key : keys) {
        key_views.push_back({.data = as_bytes(key)});
    }
    const std::vector<bytes> anchor_views(anchors.begin(), anchors.end());
    const auto every_suite = the_backend().cipher_suites();
    const auto every_group = the_backend().groups();
    spi::context_config config{};
    config.identity = {.chains = chain_views, .keys = key_views};
    config.trust = {
        .anchors = anchor_views, .shared = shared, .allow_partial_chain = allow_partial_chain};
    config.protocol = {.versions = versions,
                       .cipher_suites = suites.empty() ? every_suite : std::span(suites),
                       .groups = groups.empty() ? every_group : std::span(groups),
                       .honor_cipher_order = honor_cipher_order};
    config.session = session;
    return the_backend().make_context(config, made);
}

spi::handle<spi::context> context_recipe::made() const {
    spi::handle<spi::context> context;
    const spi::config_error bad = make(context);
    EXPECT_EQ(name_of(bad.error.code), "ok");
    return context;
}

context_recipe showing(const credential& who, version_range versions) {
    return {.chains = {{who.der()}}, .keys = {who.key_pem()}, .versions = versions};
}

void link::open(const spi::context& client_context, const spi::context& server_context) {
    const spi::context* context = &client_context;
    for (end* one : {&client, &server}) {
        const status failed = context->make_engine(one->config, one->events, one->engine);
        ASSERT_FALSE(failed) << name_of(failed.code);
        context = &server_context;
    }
}

void link::handshake() {
    for (bool moved = true; moved;) {
        const bool client_moved = advance(client);
        moved = advance(server) || client_moved;
    }
}

template <class Call>
progress link::step_with(end& one, Call call) {
    buffer made;
    bounded_sink sink(made, room_);
    const progress step = call(sink);
    one.inbox.erase(one.inbox.begin(),
                    one.inbox.begin() + static_cast<std::ptrdiff_t>(step.consumed));
    one.sent_bytes.insert(one.sent_bytes.end(), made.begin(), made.end());
    buffer& arrived = peer_of(one).inbox;
    arrived.insert(arrived.end(), made.begin(), made.end());
    one.error = step.error;
    EXPECT_EQ(ERR_peek_error(), 0U) << "left in the thread's queue";
    return step;
}

bool link::advance(end& one) {
    if (one.complete || one.error) {
        return false;
    }
    const std::size_t before = one.sent_bytes.size();
    const bytes input = bytes(one.inbox).first(std::min(step_, one.inbox.size()));
    const progress step =
        step_with(one, [&](byte_sink& output) { return one.engine->handshake(input, output); });
    one.complete = step.next == want::nothing && !step.error;
    if (step.next == want::input) {
        EXPECT_EQ(step.consumed, input.size());
    }
    return step.consumed != 0 || one.sent_bytes.size() != before || one.complete;
}

void link::write(end& from, bytes data) {
    while (!data.empty() && !from.error) {
        const bytes record = data.first(std::min<std::size_t>(data.size(), 16384));
        std::size_t consumed = 0;
        const progress step = step_with(from, [&](byte_sink& output) {
            progress result = from.engine->write(record, output);
            consumed = std::exchange(result.consumed, 0);
            return result;
        });
        data = data.subspan(consumed);
        ASSERT_TRUE(consumed != 0 || step.next == want::output || step.error);
    }
}

buffer link::read(end& at, std::size_t at_once) {
    buffer all;
    for (;;) {
        buffer plaintext(at_once);
        const bytes input = bytes(at.inbox).first(std::min(step_, at.inbox.size()));
        const progress step = step_with(
            at, [&](byte_sink& output) { return at.engine->read(input, plaintext, output); });
        all.insert(all.end(), plaintext.begin(),
                   plaintext.begin() + static_cast<std::ptrdiff_t>(step.produced));
        if (step.next == want::nothing && !step.error) {
            EXPECT_NE(step.produced, 0U) << "want::nothing with nothing produced never comes";
        }
        if (step.next == want::input) {
            EXPECT_EQ(step.consumed, input.size());
        }
        if (step.error || (step.next == want::input && at.inbox.empty())) {
            return all;
        }
    }
}

void link::close(end& from) {
    for (;;) {
        const progress step =
            step_with(from, [&](byte_sink& output) { return from.engine->close(output); });
        if (step.next != want::output) {
            return;
        }
    }
}

buffer text(std::string_view from) {
    return {from.begin(), from.end()};
}

buffer pattern(std::size_t size) {
    buffer made(size);
    for (std::size_t i = 0; i < size; ++i) {
        made[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    }
    return made;
}

version_range only(protocol_version version) {
    return {version, version};
}

}  // namespace polytls::openssl
