#include "conversation.hpp"
#include "first_flight.hpp"

#include <initializer_list>

namespace polytls::fuzz {
namespace {

using namespace setup_bits;

constexpr std::uint8_t code(action what) {
    return static_cast<std::uint8_t>(what);
}

constexpr std::uint8_t personas(persona server, persona client) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(server) | static_cast<unsigned>(client)
                                                                         << 2U);
}

struct kind {
    std::uint8_t who = personas(persona::trusted, persona::nobody);
    std::uint8_t first = 0;
    std::uint8_t second = 0;
    std::uint8_t sink_room = 0;
};

constexpr std::uint8_t both_trusted = personas(persona::trusted, persona::trusted);

constexpr kind kinds[] = {
    {},
    {.first = alpn | ocsp, .second = asks_context | asks_protocol},
    {.first = npn | resumes},
    {.first = alpn | resumes, .second = asks_context | chooses_context, .sink_room = 1},
    {.first = alpn | keeps_sessions | resumes},
    {.first = alpn | ocsp | keeps_sessions, .second = asks_context | asks_protocol | answers_late},
    {.who = both_trusted, .first = requests_certificate | server_rejects},
    {.who = both_trusted, .first = requests_certificate | resumes, .sink_room = 100},
    {.first = requests_certificate | server_rejects},
    {.first = requests_certificate},
    {.who = personas(persona::trusted, persona::stranger),
     .first = requests_certificate | server_rejects},
    {.who = personas(persona::trusted, persona::expired), .first = requests_certificate | resumes},
    {.who = personas(persona::stranger, persona::nobody)},
    {.who = personas(persona::expired, persona::nobody), .second = own_identity_check},
    {.who = personas(persona::stranger, persona::nobody), .first = client_lenient | resumes},
};

octets script(std::initializer_list<std::uint8_t> steps) {
    return octets(steps);
}

/// What an undisturbed conversation consists of, and one disturbance of each kind.
std::vector<octets> plays() {
    using enum action;
    const std::uint8_t all = code(deliver_all);
    return {
        script({all, all, all, code(write), 200, code(peer_writes), 100, all}),
        script({code(deliver), 1, code(deliver), 4, code(deliver), 50, all, code(deliver), 100,
                code(deliver), 250, all, code(peer_writes), 250, code(deliver), 30, all}),
        script({all, code(flip), 0, 60, 1, all}),
        script({code(flip), 0, 2, 3, all}),
        script({code(overwrite), 0, 9, 4, 1, 2, 3, 4, all, code(erase), 0, 70, 9, all}),
        script({code(repeat_record), 0, all, code(swap_records), 0, all}),
        script({all, code(erase_record), 0, all, code(repeat_record), 1, all}),
        script({code(inject), 7, 21, 3, 3, 0, 2, 1, 90, all, code(cut), 0, 80, code(end_of_input)}),
        script({all, all, all, code(inject), 6, 20, 3, 3, 0, 1, 1, code(peer_writes), 20, all}),
        script({all, all, all, code(renegotiate), 1, code(write), 9, all, all, all,
                code(peer_renegotiates), 0, code(peer_writes), 9, all, all, all}),
        script({all, all, all, code(peer_renegotiates), 1, all, all, code(peer_renegotiates), 0,
                all, all, code(peer_renegotiates), 0, all, all, code(peer_renegotiates), 0, all}),
        script({all, all, all, code(peer_writes), 30, code(peer_closes), all, code(write), 8,
                code(close), code(end_of_input)}),
        script({all, code(close), all}),
        script({all, code(answer), all, code(answer), all, code(answer), all, code(refuse), all}),
        script({all, code(pass_time), 119, all, code(pass_time), 2, all}),
        script({all, all, all, code(release_buffers), code(limit_fragments), 8, code(write), 255,
                code(write), 255, code(write), 255, all}),
    };
}

octets setup_of(std::size_t versions, const kind& of) {
    return {static_cast<std::uint8_t>(versions), of.who, of.first, of.second, of.sink_room, 8};
}

/// What a server answers to the client of the same setup, but for its last record.
octets answer_to_client(const octets& setup) {
    input_reader from(setup);
    conversation talk(role::client, conversation_setup(from));
    talk.client().step();
    talk.server().receive(talk.client().outbox().data());
    const bytes answer = talk.server().outbox().data();
    constexpr std::size_t more_than_finished = 100;
    return copy_of(answer.first(answer.size() - std::min(answer.size(), more_than_finished)));
}

}  // namespace

std::vector<octets> scripts(role tested) {
    constexpr std::uint8_t raw = 1;
    std::vector<octets> made;
    const std::vector<octets> every_play = plays();
    for (std::size_t versions = 0; versions < version_ranges().size(); ++versions) {
        std::size_t turn = versions;
        for (const kind& each : kinds) {
            // Each kind with some plays, so that all are met, not each with each.
            for (int i = 0; i < 4; ++i) {
                const octets& next = every_play[turn++ % every_play.size()];
                made.push_back(octets{0} + setup_of(versions, each) + next);
            }
        }
        const octets setup = setup_of(versions, kinds[1]);
        if (tested == role::client) {
            made.push_back(octets{raw} + setup + octets{2, 9, 200} + answer_to_client(setup));
        }
    }
    if (tested == role::server) {
        for (const octets& flight : first_flights()) {
            made.push_back(octets{raw} + setup_of(2, kinds[1]) + octets{2, 9, 200} + flight);
        }
    }
    return made;
}

}  // namespace polytls::fuzz
