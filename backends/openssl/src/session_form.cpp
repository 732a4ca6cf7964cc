#include "session_form.hpp"

#include <array>
#include <cstring>
#include <optional>

namespace polytls::openssl {
namespace {

constexpr std::uint8_t sequence = 0x30;
/// What i2d_SSL_SESSION puts around the peer's certificate: an explicit [3].
constexpr std::uint8_t peer = 0xa3;

/// Where an element of DER has its contents; all by offsets.
struct element {
    std::size_t contents = 0;
    std::size_t end = 0;
};

std::optional<element> element_at(bytes data, std::size_t start) noexcept {
    constexpr std::uint8_t long_form = 0x80;
    constexpr std::size_t most_digits = 3;
    if (start + 2 > data.size()) {
        return std::nullopt;
    }
    std::size_t contents = start + 2;
    std::size_t size = data[start + 1];
    if ((size & long_form) != 0) {
        const std::size_t digits = size & ~std::size_t{long_form};
        if (digits > most_digits || contents + digits > data.size()) {
            return std::nullopt;
        }
        size = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            size = size << 8U | data[contents++];
        }
    }
    if (size > data.size() - contents) {
        return std::nullopt;
    }
    return element{contents, contents + size};
}

/// Writes the header of a sequence of so many bytes, and returns its size.
std::size_t write_header(std::size_t size, std::array<std::uint8_t, 5>& header) noexcept {
    constexpr std::uint8_t long_form = 0x80;
    header[0] = sequence;
    if (size < long_form) {
        header[1] = static_cast<std::uint8_t>(size);
        return 2;
    }
    const std::size_t digits = size < 0x100 ? 1 : size < 0x10000 ? 2 : 3;
    header[1] = static_cast<std::uint8_t>(long_form | digits);
    for (std::size_t i = 0; i < digits; ++i) {
        header[2 + i] = static_cast<std::uint8_t>(size >> (8U * (digits - 1 - i)));
    }
    return 2 + digits;
}

}  // namespace

bytes without_peer(mutable_bytes session) noexcept {
    const std::optional<element> whole = element_at(session, 0);
    if (!whole || session[0] != sequence || whole->end != session.size()) {
        return session;
    }
    std::size_t start = whole->contents;
    std::optional<element> each;
    while (start < whole->end && (each = element_at(session, start)) && session[start] != peer) {
        start = each->end;
    }
    if (start >= whole->end || !each) {
        return session;
    }
    const std::size_t before = start - whole->contents;
    const std::size_t behind = whole->end - each->end;
    std::array<std::uint8_t, 5> header{};
    // No longer than the one that was there, since what it is for is shorter.
    const std::size_t header_size = write_header(before + behind, header);
    std::uint8_t* data = session.data();
    std::memmove(data + header_size, data + whole->contents, before);
    std::memmove(data + header_size + before, data + each->end, behind);
    std::memcpy(data, header.data(), header_size);
    return session.first(header_size + before + behind);
}

}  // namespace polytls::openssl
