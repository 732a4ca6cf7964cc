#include "conversation.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <testkit/pki_random.hpp>
#include <utility>

namespace polytls::fuzz {
namespace {

constexpr std::array<std::uint8_t, 12> protocols = {2,   'h', '2', 8,   'h', 't',
                                                    't', 'p', '/', '1', '.', '1'};

connection_settings client_settings_of(const conversation_setup& setup, bytes session) {
    return {.side = role::client,
            .host = "localhost",
            .server_name = "localhost",
            .protocols = setup.alpn ? protocol_list(protocols) : protocol_list(),
            .next_protocols = setup.npn ? protocol_list(protocols) : protocol_list(),
            .reject_unauthorized = setup.client_rejects,
            .own_identity_check = setup.own_identity_check,
            .request_ocsp = setup.ocsp,
            .log_keys = true,
            .session = session};
}

connection_settings server_settings_of(const conversation_setup& setup) {
    return {.side = role::server,
            .protocols = setup.alpn ? protocol_list(protocols) : protocol_list(),
            .next_protocols = setup.npn ? protocol_list(protocols) : protocol_list(),
            .request_certificate = setup.requests_certificate,
            .reject_unauthorized = setup.server_rejects,
            .ask_server_context = setup.asks_context,
            .ask_application_protocol = setup.asks_protocol,
            .ask_ocsp_response = setup.ocsp,
            .keep_sessions = setup.keeps_sessions,
            .log_keys = true};
}

/// What an undisturbed conversation of the same setup left behind.
struct earlier {
    octets session{};
    session_map kept{};
};

const earlier& earlier_of(const conversation_setup& setup) {
    static std::map<octets, earlier> all;
    // What follows the flags is how the tested end reads, which is not what it agrees on.
    constexpr std::size_t agreed = 4;
    const auto [found, is_new] = all.try_emplace(copy_of(bytes(setup.encoded).first(agreed)));
    if (is_new) {
        conversation_setup first = setup;
        first.resumes = false;
        first.limits = {.plaintext_room = 1000};
        testkit::seed_libcrypto(1);
        conversation before(role::client, first);
        input_reader nothing({});
        before.play(nothing);
        found->second = {before.client().last_session(), before.server().kept_sessions()};
    }
    return found->second;
}

}  // namespace

conversation::conversation(role tested,
                           const conversation_setup& setup,
                           const session_change& change)
    : setup_(setup), disturbed_(static_cast<bool>(change)),
      trusts_changed_(static_cast<bool>(change)) {
    const bool tests_client = tested == role::client;
    constexpr end_limits plenty{.plaintext_room = 4096};
    end_limits of_server = tests_client ? plenty : setup.limits;
    if (setup.chooses_context) {
        of_server.named = &party_for(role::server, setup.server, version_ranges().back())
                               .context.implementation();
    }
    earlier before = setup.resumes ? earlier_of(setup) : earlier{};
    if (change) {
        before.session = change(before.session);
        for (auto& [id, session] : before.kept) {
            session = change(session);
        }
    }
    earlier_session_ = std::move(before.session);
    client_ = std::make_unique<checked_end>(party_for(role::client, setup.client, setup.versions),
                                            client_settings_of(setup, earlier_session_),
                                            tests_client ? setup.limits : plenty);
    server_ = std::make_unique<checked_end>(party_for(role::server, setup.server, setup.versions),
                                            server_settings_of(setup), of_server);
    server_->kept_sessions() = std::move(before.kept);
    tested_ = tests_client ? client_.get() : server_.get();
    peer_ = tests_client ? server_.get() : client_.get();
    testkit::seed_libcrypto(2);
}

void conversation::play(input_reader& script) {
    client_->step();
    settle();
    while (!script.empty()) {
        act(static_cast<action>(script.byte() % static_cast<unsigned>(action::count)), script);
        settle();
        check_ends();
    }
    finish();
    check_ends();
    if (should_succeed()) {
        require(tested_->tls().handshake_complete() && peer_->tls().handshake_complete(),
                "a handshake that nobody disturbs succeeds");
        require(tested_->received() == peer_->sent() && peer_->received() == tested_->sent(),
                "what nobody disturbs arrives whole");
    }
}

void conversation::deliver(std::size_t count) {
    const bytes part = bytes(wire_).first(std::min(count, wire_.size()));
    if (!ended_) {
        tested_->receive(part);
    }
    wire_.erase(wire_.begin(), wire_.begin() + static_cast<std::ptrdiff_t>(part.size()));
}

/// Gives the peer all that the tested end has said, and puts on the wire what it says to that.
void conversation::settle() {
    if (!tested_->outbox().empty()) {
        const octets said = copy_of(tested_->outbox().data());
        tested_->outbox().clear();
        peer_->receive(said);
    }
    const bytes answer = peer_->outbox().data();
    wire_.insert(wire_.end(), answer.begin(), answer.end());
    peer_->outbox().clear();
}

void conversation::finish() {
    // A handshake takes some turns; each one of a conversation that goes on for ever moves bytes.
    constexpr int most_turns = 10'000;
    int turns = 0;
    bool moving = true;
    while (moving) {
        require(++turns < most_turns, "a conversation comes to rest");
        const bool asked = tested_->tls().open_question() != question::none;
        tested_->answer();
        moving = asked || !wire_.empty();
        deliver(wire_.size());
        tested_->step();
        peer_->step();
        settle();
        moving = moving || !wire_.empty();
    }
}

void play(role tested, bytes input) {
    input_reader from(input);
    const conversation_setup setup(from);
    conversation talk(tested, setup);
    talk.play(from);
}

}  // namespace polytls::fuzz
