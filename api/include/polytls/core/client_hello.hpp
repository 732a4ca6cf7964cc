#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/core/memory_hooks.hpp>
#include <polytls/core/progress.hpp>
#include <polytls/core/protocol_list.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/core/status.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace polytls {

/// What a ClientHello says (RFC 8446, section 4.1.2; RFC 5246, section 7.4.1.2), read before any
/// library has seen it. All views point into the message it was parsed from.
struct client_hello {
    std::uint16_t legacy_version = 0;
    bytes session_id;
    bytes cipher_suites;           ///< Two bytes each, in the client's order.
    std::string_view server_name;  ///< As sent; empty when not sent (RFC 6066, section 3).
    protocol_list protocols;       ///< The ALPN offer in the client's order (RFC 7301).
    bytes supported_versions;      ///< Two bytes each; empty below TLS 1.3.
    bytes supported_groups;        ///< Two bytes each (RFC 8446, section 4.2.7).
    bytes signature_algorithms;    ///< Two bytes each (RFC 8446, section 4.2.3).
    bytes session_ticket;          ///< RFC 5077; empty when none is offered.
    bytes pre_shared_keys;  ///< The `identities` vector's content (RFC 8446, section 4.2.11).
    bool wants_session_ticket = false;  ///< The extension is there, with or without a ticket.
    bool wants_ocsp = false;            ///< A status_request of type ocsp (RFC 6066, section 8).

    /// Whether the client offers this version, whichever way its hello says so.
    bool offers(protocol_version version) const noexcept;

    /// Whether the client offers this suite.
    bool offers(cipher_suite_id suite) const noexcept;

    /// The highest version of the range that the client offers too; nothing when there is none.
    std::optional<protocol_version> best_version(version_range range) const noexcept;
};

/// Reads a ClientHello handshake message, its four-byte header included.
///
/// Fails with `errc::decode_error` when lengths do not add up, an extension comes twice, or bytes
/// are left over, and with `errc::illegal_parameter` where the RFCs ask for that: no null
/// compression, compression beside TLS 1.3, a pre_shared_key that is not last (RFC 8446, sections
/// 4.1.2 and 4.2.11); also for a server name that is sent twice, has a NUL in it or is longer than
/// 255 bytes. What a failed call left in `hello` means nothing.
status parse_client_hello(bytes message, client_hello& hello) noexcept;

/// Gathers a ClientHello from the start of a connection's bytes, split over records or arriving
/// byte by byte, and keeps it for the engine.
///
/// Not TLS fails with `errc::wrong_version_number`, as do the hellos of SSLv2 and SSLv3; a message
/// above `limit` with `errc::client_hello_too_large`; a record of another kind, or an empty one,
/// with `errc::unexpected_message`; a record longer than 16 KiB with `errc::record_overflow`; a
/// refused allocation with `errc::no_memory`. What a record header says its version is does not
/// count, as RFC 5246, appendix E.1, asks: the hello in it does.
class client_hello_reader {
public:
    /// No ClientHello may be longer, in bytes.
    static constexpr std::size_t limit = 65536;

    /// `memory` must outlive the reader.
    explicit client_hello_reader(const memory_hooks& memory) noexcept : memory_(&memory) {}

    ~client_hello_reader();
    client_hello_reader(const client_hello_reader&) = delete;
    client_hello_reader& operator=(const client_hello_reader&) = delete;

    /// Takes bytes as they come: `want::input` until the message is whole, `want::nothing` once it
    /// is. Bytes after the record that ends the message are not consumed. Once the message is
    /// whole, and after a failure, a call takes nothing and repeats its outcome.
    progress feed(bytes input) noexcept;

    /// The handshake message, whole, with whatever followed it in its last record. Lives until
    /// `clear`, or the reader's end.
    bytes message() const noexcept { return {data_, size_}; }

    /// The `legacy_record_version` of the first record.
    std::uint16_t record_version() const noexcept { return record_version_; }

    /// Gives the memory back; the reader is then as new.
    void clear() noexcept;

private:
    std::size_t take_header(bytes input) noexcept;
    std::size_t take_payload(bytes input) noexcept;
    status check_header() noexcept;
    status check_message() noexcept;
    bool reserve(std::size_t size) noexcept;
    std::size_t message_length() const noexcept;

    const memory_hooks* memory_;
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    std::uint8_t header_[5] = {};
    std::uint8_t header_size_ = 0;
    std::uint16_t record_left_ = 0;
    std::uint16_t record_version_ = 0;
    bool whole_ = false;
    status failure_{};
};

/// Judges the first bytes a peer sent as the header of a TLS record: `errc::wrong_version_number`
/// when they cannot be one (another protocol, SSLv2, SSLv3), else `errc::ok`. Judges what is there:
/// one byte is enough to refuse plain text, five to accept.
status check_record_header(bytes first) noexcept;

}  // namespace polytls
