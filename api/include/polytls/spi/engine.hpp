#pragma once

#include <polytls/core/byte_sink.hpp>
#include <polytls/core/bytes.hpp>
#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/core/named_group.hpp>
#include <polytls/core/progress.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/core/signature_scheme.hpp>
#include <polytls/spi/configuration.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace polytls::spi {

/// What a handshake agreed on.
struct negotiated {
    protocol_version version = protocol_version::tls1_2;
    cipher_suite_id cipher_suite{};
    named_group group = named_group::none;  ///< Of the key exchange; none where there was none.
    /// The size in bits of the parameters that a DHE server chose by itself, on a client; else 0.
    std::uint16_t dh_size = 0;
    bool resumed = false;
    /// Both ends proved that they have the pre-shared key that `handshake_events::find_psk` gave
    /// last; no certificates.
    bool by_psk = false;
};

/// Whose Finished message is meant.
enum class finished_by : std::uint8_t { us, peer };

/// One TLS connection of one library, without I/O and without a clock. Used by one thread at a
/// time.
///
/// `handshake` and `read` may end with `want::decision`, once `handshake_events` has put an
/// answer off; input that was not consumed is then to be given again.
///
/// No member throws or blocks. Ciphertext is read straight from the input and appended straight to
/// the sink. An engine need not remember that it failed, was closed, or was told so by the peer:
/// its owner never calls it again then.
class engine {
public:
    /// Moves the handshake on: `want::nothing` without an error once it is complete. A failing
    /// handshake has put the alert that the library sends into `output`, and names it in the error.
    virtual progress handshake(bytes input, byte_sink& output) noexcept = 0;

    /// Decrypts into `plaintext` as much as it holds, and handles whatever else comes (tickets, key
    /// updates). `want::input` means that all input was consumed and no plaintext is left, whatever
    /// was produced; `want::nothing`, that the room for plaintext is full: call again, with what is
    /// left of the input. An error may come with plaintext before it; `errc::closed` is
    /// close_notify.
    virtual progress read(bytes input, mutable_bytes plaintext, byte_sink& output) noexcept = 0;

    /// Encrypts one record from the front of `plaintext`, which holds 1 to 16384 bytes; `consumed`
    /// counts them. `want::input` while the library must hear from the peer first, or an answer
    /// is awaited.
    virtual progress write(bytes plaintext, byte_sink& output) noexcept = 0;

    /// Changes the keys of what is written from now on, and asks the peer to do the same if
    /// `of_peer` (RFC 8446, section 4.6.3). An error leaves the connection as it was. Called under
    /// TLS 1.3 alone.
    virtual progress update_keys(bool of_peer, byte_sink& output) noexcept = 0;

    /// Asks for a new handshake (RFC 5246, sections 7.4.1.1 and 7.4.1.2), on a server with this
    /// question for the client's certificate. It takes place within `read`, and is told by
    /// `handshake_events::renegotiating` and `renegotiated`. An error leaves the connection as it
    /// was. Not called under TLS 1.3.
    virtual progress renegotiate(peer_certificate peer, byte_sink& output) noexcept = 0;

    /// Appends close_notify.
    virtual progress close(byte_sink& output) noexcept = 0;

    /// Gives the library's record buffers back, where it can; called when a connection falls idle.
    virtual void release_buffers() noexcept = 0;

    /// What the handshake agreed on. Valid once it is complete.
    virtual negotiated facts() const noexcept = 0;

    /// Writes what both ends can sign with, in the order of preference that counts. On a server; on
    /// a client that was asked for a certificate as far as the library tells. Returns how many
    /// there are, which may be more than there was room for. Valid once the handshake is complete.
    virtual std::size_t
    shared_signature_schemes(std::span<signature_scheme> schemes) const noexcept = 0;

    /// The same of the groups for the key exchange. A server's; on a client none.
    virtual std::size_t shared_groups(std::span<named_group> groups) const noexcept = 0;

    /// The protocol that ALPN chose in the first handshake, also while a later one is under way;
    /// empty when none, and before that is complete. Lives as long as the engine.
    virtual bytes application_protocol() const noexcept = 0;

    /// The protocol that NPN chose; empty when none. Lives as long as the engine.
    virtual bytes next_protocol() const noexcept = 0;

    /// Appends the certificates the peer sent, DER one after the other, leaf first; nothing when
    /// there are none. On a resumed session: as far as the library still has them.
    virtual status peer_certificates(byte_sink& output) const noexcept = 0;

    /// The OCSP response the server stapled, DER; empty when there was none. Lives until the next
    /// call on the engine: a later handshake may bring another. Client only.
    virtual bytes ocsp_response() const noexcept = 0;

    /// The session ticket a client holds of this connection (RFC 5077; RFC 8446, section 4.6.1);
    /// empty when there is none. Lives until the next call on the engine.
    virtual bytes session_ticket() const noexcept = 0;

    /// Derives keying material from the connection's secrets into all of `output` (RFC 8446,
    /// section 7.5; RFC 5705). `errc::invalid_argument` for what the library does not take. Valid
    /// once the handshake is complete.
    virtual status export_keying_material(std::string_view label,
                                          std::optional<bytes> context,
                                          mutable_bytes output) const noexcept = 0;

    /// Writes the verify_data of the latest Finished message (RFC 8446, section 4.4.4) and returns
    /// its size in bytes; 0 when there was none yet, or when `output` is too small.
    virtual std::size_t finished(finished_by whose, mutable_bytes output) const noexcept = 0;

    /// Ends the engine and gives its memory back.
    virtual void release() noexcept = 0;

protected:
    ~engine() = default;
};

}  // namespace polytls::spi
