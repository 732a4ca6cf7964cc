#include <polytls/core/client_hello.hpp>

#include <algorithm>
#include <array>

namespace polytls {
namespace {

constexpr std::uint8_t client_hello_type = 1;
constexpr status decode_error{.code = errc::decode_error};
constexpr status illegal_parameter{.code = errc::illegal_parameter};

/// Extension types (IANA registry of TLS ExtensionType values).
enum class extension : std::uint16_t {
    server_name = 0,
    status_request = 5,
    supported_groups = 10,
    signature_algorithms = 13,
    application_layer_protocol_negotiation = 16,
    session_ticket = 35,
    pre_shared_key = 41,
    supported_versions = 43,
};

/// Takes big-endian numbers and vectors from the front of a message; remembers when it was too
/// short.
class reader {
public:
    explicit reader(bytes data) noexcept : rest_(data) {}

    bytes take(std::size_t size) noexcept {
        if (size > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const bytes taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    std::size_t number(std::size_t width) noexcept {
        std::size_t value = 0;
        for (const std::uint8_t byte : take(width)) {
            value = value << 8U | byte;
        }
        return value;
    }

    /// A vector behind its length of so many bytes.
    bytes vector(std::size_t width) noexcept { return take(number(width)); }

    bool empty() const noexcept { return rest_.empty(); }

    bool ok() const noexcept { return ok_; }

    /// Everything was taken and nothing was missing.
    bool done() const noexcept { return ok_ && rest_.empty(); }

private:
    bytes rest_;
    bool ok_ = true;
};

bool lists_pairs(bytes list) noexcept {
    return !list.empty() && list.size() % 2 == 0;
}

bool contains_pair(bytes list, std::uint16_t wanted) noexcept {
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        if ((static_cast<unsigned>(list[i]) << 8U | list[i + 1]) == wanted) {
            return true;
        }
    }
    return false;
}

bool contains_null(bytes text) noexcept {
    return std::find(text.begin(), text.end(), 0) != text.end();
}

/// RFC 6066, section 3: a list of names, of which host_name (0) is the only kind there is.
status read_server_name(bytes body, client_hello& hello) noexcept {
    reader outer(body);
    reader names(outer.vector(2));
    if (!outer.done() || names.empty()) {
        return decode_error;
    }
    while (!names.empty()) {
        const std::size_t kind = names.number(1);
        const bytes name = names.vector(2);
        if (!names.ok() || kind != 0 || name.empty()) {
            return decode_error;
        }
        // A name is sent once, is at most 255 bytes long, and a NUL in it is meant to deceive.
        if (!hello.server_name.empty() || name.size() > 255 || contains_null(name)) {
            return illegal_parameter;
        }
        hello.server_name = as_text(name);
    }
    return {};
}

status read_pair_list(bytes body, std::size_t width, bytes& list) noexcept {
    reader outer(body);
    list = outer.vector(width);
    return outer.done() && lists_pairs(list) ? status{} : decode_error;
}

status read_protocols(bytes body, client_hello& hello) noexcept {
    reader outer(body);
    hello.protocols = protocol_list(outer.vector(2));
    const bool good = outer.done() && !hello.protocols.empty() && hello.protocols.well_formed();
    return good ? status{} : decode_error;
}

bool lists_identities(bytes list) noexcept {
    reader identities(list);
    while (!identities.empty()) {
        const bytes identity = identities.vector(2);
        identities.take(4);  // obfuscated_ticket_age
        if (!identities.ok() || identity.empty()) {
            return false;
        }
    }
    return !list.empty();
}

bool lists_binders(bytes list) noexcept {
    reader binders(list);
    while (!binders.empty()) {
        if (binders.vector(1).size() < 32) {
            return false;
        }
    }
    return !list.empty();
}

status read_pre_shared_keys(bytes body, client_hello& hello) noexcept {
    reader outer(body);
    hello.pre_shared_keys = outer.vector(2);
    const bytes binders = outer.vector(2);
    const bool good =
        outer.done() && lists_identities(hello.pre_shared_keys) && lists_binders(binders);
    return good ? status{} : decode_error;
}

/// RFC 6066, section 8. Of a kind other than ocsp (1) nothing is known but its number.
status read_status_request(bytes body, client_hello& hello) noexcept {
    reader outer(body);
    hello.wants_ocsp = outer.number(1) == 1;
    if (!hello.wants_ocsp) {
        return outer.ok() ? status{} : decode_error;
    }
    outer.vector(2);  // responder_id_list
    outer.vector(2);  // request_extensions
    return outer.done() ? status{} : decode_error;
}

status read_extension(std::size_t type, bytes body, client_hello& hello) noexcept {
    switch (static_cast<extension>(type)) {
    case extension::server_name:
        return read_server_name(body, hello);
    case extension::status_request:
        return read_status_request(body, hello);
    case extension::supported_groups:
        return read_pair_list(body, 2, hello.supported_groups);
    case extension::signature_algorithms:
        return read_pair_list(body, 2, hello.signature_algorithms);
    case extension::application_layer_protocol_negotiation:
        return read_protocols(body, hello);
    case extension::session_ticket:
        hello.wants_session_ticket = true;
        hello.session_ticket = body;
        return {};
    case extension::pre_shared_key:
        return read_pre_shared_keys(body, hello);
    case extension::supported_versions:
        return read_pair_list(body, 1, hello.supported_versions);
    }
    return {};
}

/// Whether a type among those whose upper four bits are `part` comes twice.
bool repeats(bytes list, std::size_t part) noexcept {
    std::array<std::uint8_t, 512> seen{};
    reader extensions(list);
    while (!extensions.empty()) {
        const std::size_t type = extensions.number(2);
        extensions.vector(2);
        if (type >> 12U != part) {
            continue;
        }
        std::uint8_t& bits = seen[(type & 0xfffU) >> 3U];
        const auto bit = static_cast<std::uint8_t>(1U << (type & 7U));
        if ((bits & bit) != 0) {
            return true;
        }
        bits |= bit;
    }
    return false;
}

/// Whether every extension is whole and none comes twice.
///
/// The sender chooses how many there are, up to 16,000: comparing each with each would let 64 KiB
/// cost most of a second. A table of all types is too large for small stacks, hence one pass for
/// each sixteenth of them that occurs; in most hellos these are two or three.
bool well_formed(bytes list) noexcept {
    std::uint32_t parts = 0;
    reader extensions(list);
    while (!extensions.empty()) {
        parts |= 1U << (extensions.number(2) >> 12U);
        extensions.vector(2);
    }
    if (!extensions.ok()) {
        return false;
    }
    for (std::size_t part = 0; part < 16; ++part) {
        if ((parts >> part & 1U) != 0 && repeats(list, part)) {
            return false;
        }
    }
    return true;
}

status read_extensions(bytes list, client_hello& hello) noexcept {
    if (!well_formed(list)) {
        return decode_error;
    }
    reader extensions(list);
    while (!extensions.empty()) {
        const std::size_t type = extensions.number(2);
        const bytes body = extensions.vector(2);
        if (const status bad = read_extension(type, body, hello)) {
            return bad;
        }
        // RFC 8446, section 4.2.11: what the binders sign ends with this extension.
        if (static_cast<extension>(type) == extension::pre_shared_key && !extensions.empty()) {
            return illegal_parameter;
        }
    }
    return {};
}

}  // namespace

bool client_hello::offers(protocol_version version) const noexcept {
    const auto number = static_cast<std::uint16_t>(version);
    if (!supported_versions.empty()) {
        return contains_pair(supported_versions, number);
    }
    // Below TLS 1.3 a hello names the highest version, and means all that are lower, too.
    return version < protocol_version::tls1_3 && number <= legacy_version;
}

bool client_hello::offers(cipher_suite_id suite) const noexcept {
    return contains_pair(cipher_suites, static_cast<std::uint16_t>(suite));
}

std::optional<protocol_version> client_hello::best_version(version_range range) const noexcept {
    for (const auto version : {protocol_version::tls1_3, protocol_version::tls1_2,
                               protocol_version::tls1_1, protocol_version::tls1_0}) {
        if (range.contains(version) && offers(version)) {
            return version;
        }
    }
    return std::nullopt;
}

status parse_client_hello(bytes message, client_hello& hello) noexcept {
    hello = {};
    reader outer(message);
    if (outer.number(1) != client_hello_type) {
        return outer.ok() ? status{.code = errc::unexpected_message} : decode_error;
    }
    reader body(outer.vector(3));
    if (!outer.done()) {
        return decode_error;
    }
    hello.legacy_version = static_cast<std::uint16_t>(body.number(2));
    body.take(32);  // The random.
    hello.session_id = body.vector(1);
    hello.cipher_suites = body.vector(2);
    const bytes compression_methods = body.vector(1);
    if (!body.ok() || hello.session_id.size() > 32 || !lists_pairs(hello.cipher_suites) ||
        compression_methods.empty()) {
        return decode_error;
    }
    if (!contains_null(compression_methods)) {
        return illegal_parameter;
    }
    // Hellos of old have no extensions at all.
    if (body.empty()) {
        return {};
    }
    const bytes extensions = body.vector(2);
    if (!body.done()) {
        return decode_error;
    }
    if (const status bad = read_extensions(extensions, hello)) {
        return bad;
    }
    // RFC 8446, section 4.1.2: who offers TLS 1.3 offers no compression.
    const bool compresses = compression_methods.size() != 1;
    return compresses && hello.offers(protocol_version::tls1_3) ? illegal_parameter : status{};
}

}  // namespace polytls
