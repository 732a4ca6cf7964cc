#pragma once

#include "checked_end.hpp"
#include "input.hpp"
#include "parties.hpp"
#include "target.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace polytls::fuzz {

/// What a script does to the bytes on their way to the end that is tested, and has the ends do. On
/// the wire are the bytes that its peer, which behaves, has sent and that were not delivered yet.
enum class action : std::uint8_t {
    deliver,      ///< So many bytes.
    deliver_all,  ///< All that there is.
    flip,         ///< At a place: the bits of a mask.
    overwrite,    ///< At a place: with so many bytes, which follow.
    erase,        ///< At a place: so many bytes.
    repeat,       ///< At a place: so many bytes once more.
    erase_record,
    repeat_record,
    swap_records,  ///< One with the next.
    inject,        ///< So many bytes, which follow, before all others.
    cut,           ///< All from a place on.
    end_of_input,
    write,  ///< So many bytes of plaintext.
    peer_writes,
    renegotiate,  ///< With or without a question for the client's certificate.
    peer_renegotiates,
    close,
    peer_closes,
    answer,
    refuse,
    pass_time,  ///< So many seconds.
    release_buffers,
    limit_fragments,  ///< To so many bytes.
    count,
};

/// How two ends talk. Read from an input's first bytes.
struct conversation_setup {
    static constexpr std::size_t size = 6;  ///< In bytes.

    explicit conversation_setup(input_reader& from);

    version_range versions{};
    persona server = persona::trusted;
    persona client = persona::nobody;
    bool alpn = false;
    bool npn = false;
    bool ocsp = false;
    bool keeps_sessions = false;
    bool resumes = false;
    bool requests_certificate = false;  ///< The server of the client.
    bool client_rejects = true;         ///< A server that does not verify.
    bool server_rejects = false;
    bool asks_context = false;
    bool chooses_context = false;  ///< One that speaks every version.
    bool asks_protocol = false;
    bool own_identity_check = false;
    end_limits limits{};  ///< Of the tested end.
    std::array<std::uint8_t, size> encoded{};
};

/// The bits of a setup's third and fourth byte, for those who write one.
namespace setup_bits {
inline constexpr std::uint8_t alpn = 1, npn = 2, ocsp = 4, keeps_sessions = 8, resumes = 16,
                              requests_certificate = 32, client_lenient = 64, server_rejects = 128;
inline constexpr std::uint8_t asks_context = 1, asks_protocol = 2, own_identity_check = 4,
                              answers_late = 8, chooses_context = 16;
}  // namespace setup_bits

/// What became of a session while others kept it.
using session_change = std::function<octets(const octets& session)>;

/// A tested end of a role, the peer that it talks to, and the wire between them. However a script
/// treats the wire, what TLS promises to the tested end must hold.
class conversation {
public:
    /// With `change`, sessions that are resumed come back changed: they are trusted, hence nothing
    /// can then be said of who is let in.
    conversation(role tested, const conversation_setup& setup, const session_change& change = {});

    /// Follows the rest of an input; then lets the two ends finish undisturbed.
    void play(input_reader& script);

    /// Client's and server's end.
    checked_end& client() noexcept { return *client_; }

    checked_end& server() noexcept { return *server_; }

private:
    void act(action what, input_reader& script);
    void act_on_wire(action what, input_reader& script);
    void act_on_records(action what, input_reader& script);
    void change_part(action what, octets::iterator begin, octets::iterator end);
    void act_on_ends(action what, input_reader& script);
    void deliver(std::size_t count);
    void settle();
    void finish();
    bool should_succeed() const;
    void check_ends() const;
    void check_authorization(const checked_end& end, persona peer, bool asked, bool rejects) const;
    void check_agreement() const;

    conversation_setup setup_;
    std::unique_ptr<checked_end> client_;
    std::unique_ptr<checked_end> server_;
    checked_end* tested_;
    checked_end* peer_;
    octets earlier_session_;
    octets wire_;
    bool disturbed_ = false;
    bool ended_ = false;
    bool trusts_changed_ = false;
};

/// Plays an input: a setup, and a script.
void play(role tested, bytes input);

/// Feeds a connection that has no peer with an input: a setup, sizes of pieces, and bytes; as a
/// whole and in those pieces.
void feed(role tested, bytes input);

/// Inputs for both.
std::vector<octets> scripts(role tested);

}  // namespace polytls::fuzz
