// What is kept with sessions, outside of polytls, and given back: by a client, by a server's store,
// and in the note within.
#include "conversation.hpp"
#include "input.hpp"
#include "target.hpp"

#include <polytls/core/session_envelope.hpp>
#include <polytls/core/session_note.hpp>

#include <algorithm>
#include <array>

namespace polytls::fuzz {
namespace {

void check_envelope(bytes encoded) {
    const auto envelope = decode_session_envelope(encoded);
    if (!envelope) {
        return;
    }
    for (const std::string_view text :
         {envelope->backend, envelope->version, envelope->server_name, envelope->host}) {
        require(within(text, encoded), "views point into the envelope");
    }
    require(within(envelope->note, encoded) && within(envelope->blob, encoded),
            "note and session lie in the envelope");
    require(encoded_size(*envelope) == encoded.size(), "an envelope is as large as it says");
    octets again(encoded.size());
    require(equal(encode_session_envelope(*envelope, again), encoded),
            "an envelope that is read is written as it was");
    octets too_small(encoded.size() - 1);
    require(encode_session_envelope(*envelope, too_small).empty(),
            "an envelope is not written where it does not fit");
}

void check_note(bytes encoded) {
    const auto note = decode_session_note(encoded);
    if (!note) {
        return;
    }
    require(within(note->id_context, encoded), "views point into the note");
    session_note_buffer buffer{};
    if (note->id_context.size() <= 32) {
        require(equal(encode_session_note(*note, buffer), encoded),
                "a note that is read is written as it was");
    }
}

/// A session with up to three bytes changed, or cut short.
octets changed(const octets& session, input_reader& changes) {
    octets result = session;
    for (int left = changes.byte() % 4; left != 0 && !result.empty(); --left) {
        const std::size_t place = changes.two_bytes() % result.size();
        result[place] = static_cast<std::uint8_t>(result[place] ^ changes.byte());
    }
    if (changes.byte() % 8 == 1) {
        result.resize(changes.two_bytes() % (result.size() + 1));
    }
    return result;
}

/// Whoever holds a session is trusted with it. What comes back broken must only not break us: the
/// handshake is a full one, or fails in order.
void check_resumption(bytes input) {
    input_reader from(input);
    const conversation_setup setup(from);
    conversation talk(role::client, setup,
                      [&from](const octets& session) { return changed(session, from); });
    talk.play(from);
}

}  // namespace

void run(bytes input) {
    input_reader from(input);
    switch (from.byte() % 3) {
    case 0:
        check_envelope(copy_of(from.rest()));
        break;
    case 1:
        check_note(copy_of(from.rest()));
        break;
    default:
        check_resumption(from.rest());
    }
}

std::vector<octets> seeds() {
    using namespace setup_bits;
    constexpr std::uint8_t both_trusted = 0;
    constexpr std::uint8_t envelope = 0;
    constexpr std::uint8_t note = 1;
    constexpr std::uint8_t resumption = 2;
    std::vector<octets> made;
    for (std::size_t versions = 0; versions < version_ranges().size(); ++versions) {
        for (const std::uint8_t kept : {std::uint8_t{0}, keeps_sessions}) {
            const auto flags = static_cast<std::uint8_t>(resumes | kept | requests_certificate);
            const octets setup{static_cast<std::uint8_t>(versions), both_trusted, flags, 0, 0, 8};
            input_reader from(setup);
            conversation talk(role::client, conversation_setup(from));
            talk.play(from);
            made.push_back(octets{envelope} + talk.client().last_session());
            for (const auto& [id, session] : talk.server().kept_sessions()) {
                made.push_back(octets{envelope} + session);
                if (const auto decoded = decode_session_envelope(session)) {
                    made.push_back(octets{note} + decoded->note);
                }
            }
            made.push_back(octets{resumption} + setup);
            made.push_back(octets{resumption} + setup + octets{1, 0, 5, 1, 0, 1, 1, 0, 100});
            made.push_back(octets{resumption} + setup + octets{0, 1, 0, 80, 0, 1, 0, 200});
        }
    }
    return made;
}

}  // namespace polytls::fuzz
