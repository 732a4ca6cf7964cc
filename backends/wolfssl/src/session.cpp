#include "session.hpp"

#include "engine.hpp"

#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include <algorithm>
#include <array>

namespace polytls::wolfssl {
namespace {

constexpr std::array<std::uint8_t, 3> magic = {'p', 'w', 1};
constexpr std::size_t check_size = 8;
/// Magic, owner, version, size of the whole, place and size of the ticket, check.
constexpr std::size_t header_size = magic.size() + 1 + 2 + 4 + 4 + 4 + check_size;

/// No session of ours may be resumed longer: RFC 8446, section 4.6.1.
constexpr long longest_life = 7L * 24 * 3600;

using check_code = std::array<std::uint8_t, check_size>;

void put(std::uint8_t*& at, std::size_t value, unsigned size) noexcept {
    while (size-- != 0) {
        *at++ = static_cast<std::uint8_t>(value >> (8 * size));
    }
}

std::size_t get(const std::uint8_t*& at, unsigned size) noexcept {
    std::size_t value = 0;
    while (size-- != 0) {
        value = value << 8U | *at++;
    }
    return value;
}

/// A check of all but the ticket.
bool compute_check(bytes header, bytes id_context, bytes before, bytes after, check_code& code) {
    wc_Sha256 sha;
    std::array<std::uint8_t, WC_SHA256_DIGEST_SIZE> digest{};
    const auto update = [&sha](bytes data) {
        return data.empty() ||
               wc_Sha256Update(&sha, data.data(), static_cast<word32>(data.size())) == 0;
    };
    if (wc_InitSha256(&sha) != 0) {
        return false;
    }
    const bool done = update(header) && update(id_context) && update(before) && update(after) &&
                      wc_Sha256Final(&sha, digest.data()) == 0;
    wc_Sha256Free(&sha);
    std::copy_n(digest.begin(), code.size(), code.begin());
    return done;
}

int tell_session(WOLFSSL* ssl, WOLFSSL_SESSION* session) {
    engine::of(ssl).tell_session(session);
    // wolfSSL is to keep its session: what was told is a copy.
    return 0;
}

WOLFSSL_SESSION*
find_session(WOLFSSL* ssl, const unsigned char* id, int id_size, int* keeps_reference) {
    *keeps_reference = 1;
    return engine::of(ssl).kept_session_named({id, static_cast<std::size_t>(id_size)});
}

}  // namespace

bool encode_session(const session_record& record, blob& out) noexcept {
    const std::size_t size = header_size + record.content.size();
    if (!out.resize(size)) {
        return false;
    }
    const bytes content = record.content;
    const std::size_t place = record.ticket.empty()
                                  ? content.size()
                                  : static_cast<std::size_t>(record.ticket.data() - content.data());
    std::uint8_t* at = std::ranges::copy(magic, out.span().data()).out;
    *at++ = static_cast<std::uint8_t>(record.owner);
    put(at, static_cast<std::uint16_t>(record.version), 2);
    put(at, size, 4);
    put(at, place, 4);
    put(at, record.ticket.size(), 4);
    check_code check{};
    if (!compute_check(out.view().first(header_size - check_size), record.id_context,
                       content.first(place), content.subspan(place + record.ticket.size()),
                       check)) {
        return false;
    }
    std::ranges::copy(content, std::ranges::copy(check, at).out);
    return true;
}

std::optional<session_record>
decode_session(bytes encoded, session_owner owner, bytes id_context) noexcept {
    if (encoded.size() < header_size || !std::equal(magic.begin(), magic.end(), encoded.begin())) {
        return std::nullopt;
    }
    const std::uint8_t* at = encoded.data() + magic.size();
    const bytes content = encoded.subspan(header_size);
    const auto written_by = static_cast<session_owner>(*at++);
    const auto version = static_cast<protocol_version>(get(at, 2));
    const std::size_t size = get(at, 4);
    const std::size_t place = get(at, 4);
    const std::size_t ticket_size = get(at, 4);
    check_code check{};
    if (written_by != owner || size != encoded.size() || place > content.size() ||
        ticket_size > content.size() - place ||
        !compute_check(encoded.first(header_size - check_size), id_context, content.first(place),
                       content.subspan(place + ticket_size), check) ||
        !std::ranges::equal(check, encoded.subspan(header_size - check_size, check_size))) {
        return std::nullopt;
    }
    return session_record{.owner = owner,
                          .version = version,
                          .id_context = id_context,
                          .content = content,
                          .ticket = content.subspan(place, ticket_size)};
}

bool write_session(WOLFSSL_SESSION* session, blob& out) noexcept {
    // Clients take a session for what its server allows, which it says with the ticket or not at
    // all; what a server keeps carries its end in our note.
    wolfSSL_SSL_SESSION_set_timeout(session, longest_life);
    const int size = wolfSSL_i2d_SSL_SESSION(session, nullptr);
    if (size <= 0 || !out.resize(static_cast<std::size_t>(size))) {
        return false;
    }
    unsigned char* at = out.span().data();
    return wolfSSL_i2d_SSL_SESSION(session, &at) == size;
}

session_handle read_session(bytes content) noexcept {
    const unsigned char* at = content.data();
    return session_handle(wolfSSL_d2i_SSL_SESSION(nullptr, &at, static_cast<long>(content.size())));
}

void use_sessions(WOLFSSL_CTX* ctx, const spi::session_config& session, bool keeps) noexcept {
    const auto& [tickets, timeout, id_context, ticket_keys] = session;
    // A server without a cache gives a session no name but in a ticket.
    wolfSSL_CTX_set_session_cache_mode(ctx, keeps ? WOLFSSL_SESS_CACHE_SERVER |
                                                        WOLFSSL_SESS_CACHE_NO_INTERNAL
                                                  : WOLFSSL_SESS_CACHE_OFF);
    wolfSSL_CTX_sess_set_new_cb(ctx, tell_session);
    wolfSSL_CTX_sess_set_get_cb(ctx, find_session);
    const long life = std::min(static_cast<long>(timeout.count()), longest_life);
    wolfSSL_CTX_set_timeout(ctx, static_cast<unsigned>(std::max(life, 1L)));
    wolfSSL_CTX_set_TicketHint(ctx, static_cast<int>(std::max(life, 1L)));
    if (!tickets) {
        wolfSSL_CTX_NoTicketTLSv12(ctx);
        wolfSSL_CTX_no_ticket_TLSv13(ctx);
    }
}

}  // namespace polytls::wolfssl
