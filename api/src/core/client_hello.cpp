#include <polytls/core/client_hello.hpp>

#include <algorithm>

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
        if (!hello.server_name.empty() || name.size() > 255 ||
            std::find(name.begin(), name.end(), 0) != name.end()) {
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

status read_pre_shared_keys(bytes body, client_hello& hello) noexcept {
    reader outer(body);
    hello.pre_shared_keys = outer.vector(2);
    outer.vector(2);  // The binders, which only the library can check.
    return outer.done() ? status{} : decode_error;
}

status read_extension(std::size_t type, bytes body, client_hello& hello) noexcept {
    switch (static_cast<extension>(type)) {
    case extension::server_name:
        return read_server_name(body, hello);
    case extension::status_request:
        hello.wants_ocsp = !body.empty() && body[0] == 1;
        return body.empty() ? decode_error : status{};
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

/// Whether a type comes a second time. Hellos have few extensions: looking again is cheaper than a
/// table.
bool comes_again(bytes rest, std::size_t type) noexcept {
    reader extensions(rest);
    while (!extensions.empty()) {
        const std::size_t next = extensions.number(2);
        extensions.vector(2);
        if (extensions.ok() && next == type) {
            return true;
        }
    }
    return false;
}

status read_extensions(bytes list, client_hello& hello) noexcept {
    reader extensions(list);
    std::size_t consumed = 0;
    while (!extensions.empty()) {
        const std::size_t type = extensions.number(2);
        const bytes body = extensions.vector(2);
        if (!extensions.ok()) {
            return decode_error;
        }
        consumed += 4 + body.size();
        if (comes_again(list.subspan(consumed), type)) {
            return illegal_parameter;
        }
        if (const status bad = read_extension(type, body, hello)) {
            return bad;
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
    if (std::find(compression_methods.begin(), compression_methods.end(), 0) ==
        compression_methods.end()) {
        return illegal_parameter;
    }
    // Hellos of old have no extensions at all.
    if (body.empty()) {
        return {};
    }
    const bytes extensions = body.vector(2);
    return body.done() ? read_extensions(extensions, hello) : decode_error;
}

}  // namespace polytls
