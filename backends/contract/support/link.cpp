#include "link.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace polytls::contract {
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

void append(buffer& to, bytes data) {
    to.insert(to.end(), data.begin(), data.end());
}

}  // namespace

void link::open(const spi::context& client_context, const spi::context& server_context) {
    make(client, client_context);
    if (!client.engine) {
        return;
    }
    while (advance(client)) {
    }
    constexpr std::size_t record_header = 5;
    const bytes sent = client.sent_bytes;
    hello_ = copy_of(sent.subspan(std::min(record_header, sent.size())));
    if (!parse_client_hello(hello_, parsed_)) {
        server.config.hello = &parsed_;
    }
    make(server, server_context);
}

void link::make(end& one, const spi::context& context) {
    const status failed = context.make_engine(one.config, one.events, one.engine);
    ASSERT_EQ(failed.code, errc::ok);
    ASSERT_TRUE(one.engine);
}

void link::handshake() {
    for (bool moved = true; moved;) {
        const bool client_moved = advance(client);
        moved = advance(server) || client_moved;
    }
}

void link::run(const spi::context& client_context, const spi::context& server_context) {
    open(client_context, server_context);
    handshake();
    // Under TLS 1.3 an end hears after its handshake how the other's went.
    for (end* one : {&client, &server}) {
        if (one->complete) {
            static_cast<void>(read(*one));
        }
    }
}

template <class Call>
progress link::step_with(end& one, Call call) {
    buffer made;
    bounded_sink sink(made, room_);
    const progress step = call(sink);
    one.inbox.erase(one.inbox.begin(),
                    one.inbox.begin() + static_cast<std::ptrdiff_t>(step.consumed));
    append(one.sent_bytes, made);
    append(peer_of(one).inbox, on_the_way ? on_the_way(one, std::move(made)) : made);
    one.error = step.error;
    if (after_each_call) {
        after_each_call();
    }
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
    EXPECT_EQ(step.produced, 0U);
    EXPECT_EQ(step.next == want::decision, one.events.answer_is_out);
    if (step.next == want::input) {
        EXPECT_EQ(step.consumed, input.size());
    }
    if (step.error) {
        EXPECT_EQ(step.next, want::nothing);
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
        append(all, bytes(plaintext).first(step.produced));
        if (step.next == want::nothing && !step.error) {
            EXPECT_NE(step.produced, 0U) << "want::nothing with nothing produced never comes";
        }
        if (step.next == want::input) {
            EXPECT_EQ(step.consumed, input.size());
        }
        EXPECT_EQ(step.next == want::decision, at.events.answer_is_out);
        if (step.error || step.next == want::decision ||
            (step.next == want::input && at.inbox.empty())) {
            return all;
        }
    }
}

progress link::renegotiate(end& from, spi::peer_certificate peer) {
    progress step{};
    do {
        step = step_with(from,
                         [&](byte_sink& output) { return from.engine->renegotiate(peer, output); });
    } while (step.next == want::output);
    return step;
}

progress link::update_keys(end& from, bool of_peer) {
    return step_with(from,
                     [&](byte_sink& output) { return from.engine->update_keys(of_peer, output); });
}

void link::settle() {
    while (!(client.inbox.empty() && server.inbox.empty())) {
        for (end* one : {&client, &server}) {
            if (one->error) {
                one->inbox.clear();
            } else {
                static_cast<void>(read(*one));
            }
        }
    }
}

void link::close(end& from) {
    for (;;) {
        const progress step =
            step_with(from, [&](byte_sink& output) { return from.engine->close(output); });
        EXPECT_EQ(step.error.code, errc::ok);
        if (step.next != want::output) {
            return;
        }
    }
}

buffer fragmented(bytes records, std::size_t size) {
    constexpr std::size_t header = 5;
    constexpr std::uint8_t handshake = 22;
    buffer cut;
    while (records.size() >= header && records[0] == handshake) {
        const std::size_t length = records[3] * std::size_t{256} + records[4];
        bytes rest = records.subspan(header, length);
        while (!rest.empty()) {
            const std::size_t part = std::min(size, rest.size());
            append(cut, records.first(3));
            cut.push_back(static_cast<std::uint8_t>(part >> 8U));
            cut.push_back(static_cast<std::uint8_t>(part & 0xffU));
            append(cut, rest.first(part));
            rest = rest.subspan(part);
        }
        records = records.subspan(header + length);
    }
    append(cut, records);
    return cut;
}

buffer peer_certificates(const end& one) {
    buffer made;
    bounded_sink sink(made, unlimited);
    EXPECT_EQ(one.engine->peer_certificates(sink).code, errc::ok);
    return made;
}

buffer joined(const std::vector<credential>& chain) {
    buffer all;
    for (const credential& one : chain) {
        append(all, one.certificate_der());
    }
    return all;
}

}  // namespace polytls::contract
