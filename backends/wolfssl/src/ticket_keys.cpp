#include "ticket_keys.hpp"

#include "engine.hpp"
#include "session.hpp"

#include <polytls/core/ticket_keys.hpp>

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/hmac.h>

#include <algorithm>
#include <array>

namespace polytls::wolfssl {
namespace {

constexpr std::size_t block = 16;
constexpr std::size_t longest_note = 64;
constexpr std::size_t mac_size = 16;
/// What wolfSSL gives for a MAC; what half of it is left takes the end of what is sealed.
constexpr std::size_t mac_room = WOLFSSL_TICKET_MAC_SZ;
/// By how much a sealed ticket may be longer than its plain text.
constexpr std::size_t spare_room = 32;
constexpr std::size_t longest_plain = 256;
constexpr std::size_t longest_sealed = longest_plain + longest_note + 2 * block;

/// A ticket as wolfSSL lays it before us.
struct ticket {
    std::uint8_t* name;
    std::uint8_t* iv;
    std::uint8_t* mac;
    std::uint8_t* text;
};

/// How many bytes are sealed for a plain text of a size: a note, with its size before it, and the
/// plain text without the name that wolfSSL gives the session, which nobody asks for.
std::size_t sealed_size(std::size_t plain) noexcept {
    const std::size_t size = 1 + longest_note + plain - ticket_name_size;
    return (size + block - 1) / block * block;
}

class sealed_text {
public:
    ~sealed_text() { blob::wipe(data_.data(), data_.size()); }

    std::uint8_t* data() noexcept { return data_.data(); }

private:
    std::array<std::uint8_t, longest_sealed> data_{};
};

bool authenticate(const engine& by,
                  const ticket& of,
                  bytes sealed,
                  std::array<std::uint8_t, WC_SHA256_DIGEST_SIZE>& code) noexcept {
    Hmac hmac;
    if (wc_HmacInit(&hmac, nullptr, INVALID_DEVID) != 0) {
        return false;
    }
    const bytes key = by.ticket_keys().subspan(ticket_hmac_key_at, ticket_key_part);
    // What a session is kept apart by is part of what is authenticated, as is the other key:
    // another's is as unknown.
    const bytes context = by.id_context();
    const auto size = static_cast<std::uint8_t>(context.size());
    const auto update = [&hmac](bytes data) {
        return wc_HmacUpdate(&hmac, data.data(), static_cast<word32>(data.size())) == 0;
    };
    const bool done =
        wc_HmacSetKey(&hmac, WC_SHA256, key.data(), static_cast<word32>(key.size())) == 0 &&
        update(by.ticket_keys().subspan(ticket_aes_key_at, ticket_key_part)) &&
        update({&size, 1}) && (context.empty() || update(context)) && update({of.name, block}) &&
        update({of.iv, block}) && update(sealed) && wc_HmacFinal(&hmac, code.data()) == 0;
    wc_HmacFree(&hmac);
    return done;
}

bool crypt(const engine& by, const ticket& of, std::uint8_t* data, std::size_t size, bool sealing) {
    Aes aes;
    if (wc_AesInit(&aes, nullptr, INVALID_DEVID) != 0) {
        return false;
    }
    const bytes key = by.ticket_keys().subspan(ticket_aes_key_at, ticket_key_part);
    const auto count = static_cast<word32>(size);
    const bool done = wc_AesSetKey(&aes, key.data(), static_cast<word32>(key.size()), of.iv,
                                   sealing ? AES_ENCRYPTION : AES_DECRYPTION) == 0 &&
                      (sealing ? wc_AesCbcEncrypt(&aes, data, data, count)
                               : wc_AesCbcDecrypt(&aes, data, data, count)) == 0;
    wc_AesFree(&aes);
    return done;
}

int seal(engine& by, const ticket& into, std::size_t plain, int* size) noexcept {
    const bytes note = by.events().session_note();
    const std::size_t sealed = sealed_size(plain);
    const std::size_t room = plain + spare_room;
    if (plain > longest_plain || plain < ticket_name_at + ticket_name_size ||
        note.size() > longest_note || sealed > room + mac_room - mac_size) {
        return WOLFSSL_TICKET_RET_FATAL;
    }
    sealed_text text;
    std::uint8_t* at = text.data();
    *at++ = static_cast<std::uint8_t>(note.size());
    std::ranges::copy(note, at);
    at = std::copy_n(into.text, ticket_name_at, at + longest_note);
    std::copy(into.text + ticket_name_at + ticket_name_size, into.text + plain, at);

    std::array<std::uint8_t, WC_SHA256_DIGEST_SIZE> code{};
    std::ranges::copy(by.ticket_keys().first(ticket_key_part), into.name);
    if (wolfSSL_RAND_bytes(into.iv, static_cast<int>(block)) != WOLFSSL_SUCCESS ||
        !crypt(by, into, text.data(), sealed, true) ||
        !authenticate(by, into, {text.data(), sealed}, code)) {
        return WOLFSSL_TICKET_RET_FATAL;
    }
    const std::size_t in_text = std::min(sealed, room);
    std::copy_n(text.data(), in_text, into.text);
    std::copy_n(code.begin(), mac_size, into.mac);
    std::fill_n(std::copy(text.data() + in_text, text.data() + sealed, into.mac + mac_size),
                mac_room - mac_size - (sealed - in_text), std::uint8_t{0});
    *size = static_cast<int>(in_text);
    return WOLFSSL_TICKET_RET_OK;
}

/// What a ticket's plain text may be, given how long it is sealed.
std::size_t plain_size(std::size_t in_text) noexcept {
    // As `seal` lays it out: all the room is used where what is sealed is longer.
    const std::size_t plain = in_text - spare_room;
    return sealed_size(plain) >= in_text ? plain : 0;
}

int open(engine& by, const ticket& from, std::size_t in_text, int* size) noexcept {
    const bytes keys = by.ticket_keys();
    const std::size_t plain = in_text <= spare_room ? 0 : plain_size(in_text);
    if (plain < ticket_name_at + ticket_name_size || plain > longest_plain ||
        !std::equal(from.name, from.name + block, keys.begin())) {
        return WOLFSSL_TICKET_RET_REJECT;
    }
    sealed_text text;
    const std::size_t sealed = sealed_size(plain);
    std::copy_n(from.mac + mac_size, sealed - in_text,
                std::copy_n(from.text, in_text, text.data()));
    std::array<std::uint8_t, WC_SHA256_DIGEST_SIZE> code{};
    if (!authenticate(by, from, {text.data(), sealed}, code)) {
        return WOLFSSL_TICKET_RET_REJECT;
    }
    unsigned differs = 0;
    for (std::size_t i = 0; i < mac_size; ++i) {
        differs |= static_cast<unsigned>(code[i] ^ from.mac[i]);
    }
    // Nothing else may hide in a ticket that is not authenticated.
    for (std::size_t i = mac_size + sealed - in_text; i < mac_room; ++i) {
        differs |= from.mac[i];
    }
    if (differs != 0 || !crypt(by, from, text.data(), sealed, false)) {
        return WOLFSSL_TICKET_RET_REJECT;
    }
    // A ticket without a note is none of ours: nobody could say whom it lets in.
    const std::size_t note_size = text.data()[0];
    if (note_size == 0 || note_size > longest_note ||
        !by.events().resumed({text.data() + 1, note_size})) {
        return WOLFSSL_TICKET_RET_REJECT;
    }
    const std::uint8_t* at = text.data() + 1 + longest_note;
    std::uint8_t* to = std::copy_n(at, ticket_name_at, from.text);
    to = std::copy_n(from.name, block, to);
    to = std::copy_n(from.iv, block, to);
    std::copy_n(at + ticket_name_at, plain - ticket_name_at - ticket_name_size, to);
    *size = static_cast<int>(plain);
    return WOLFSSL_TICKET_RET_OK;
}

/// A ticket that is no more than the name of a session which the server keeps: it stands where the
/// name of the keys and the IV would.
int name_session(engine& by, const ticket& into, std::size_t plain, int* size) noexcept {
    std::array<std::uint8_t, 2 * block> id{};
    if (wolfSSL_RAND_bytes(id.data(), static_cast<int>(id.size())) != WOLFSSL_SUCCESS) {
        return WOLFSSL_TICKET_RET_FATAL;
    }
    by.tell_kept(id, {into.text, plain});
    std::copy_n(id.begin(), block, into.name);
    std::copy_n(id.begin() + block, block, into.iv);
    std::fill_n(into.text, plain, std::uint8_t{0});
    // wolfSSL takes no empty MAC.
    std::fill_n(into.mac, mac_room, std::uint8_t{0});
    into.mac[0] = 1;
    *size = static_cast<int>(plain);
    return WOLFSSL_TICKET_RET_OK;
}

int find_session(engine& by, const ticket& from, std::size_t in_text, int* size) noexcept {
    std::array<std::uint8_t, 2 * block> id{};
    std::copy_n(from.iv, block, std::copy_n(from.name, block, id.begin()));
    const bytes kept = by.kept_session(id);
    if (kept.empty() || kept.size() != in_text) {
        return WOLFSSL_TICKET_RET_REJECT;
    }
    std::ranges::copy(kept, from.text);
    *size = static_cast<int>(kept.size());
    return WOLFSSL_TICKET_RET_OK;
}

int use_ticket(WOLFSSL* ssl,
               unsigned char* name,
               unsigned char* iv,
               unsigned char* mac,
               int sealing,
               unsigned char* text,
               int size,
               int* result_size,
               void* /*unused*/) {
    engine& by = engine::of(ssl);
    const ticket here{name, iv, mac, text};
    const auto count = static_cast<std::size_t>(size);
    if (sealing != 0) {
        return by.keeps_sessions() ? name_session(by, here, count, result_size)
                                   : seal(by, here, count, result_size);
    }
    // wolfSSL asks again and again for a ticket that was rejected, once for each suite.
    if (by.has_rejected({iv, block})) {
        return WOLFSSL_TICKET_RET_REJECT;
    }
    const int answer = by.keeps_sessions()  ? find_session(by, here, count, result_size)
                       : by.takes_tickets() ? open(by, here, count, result_size)
                                            : static_cast<int>(WOLFSSL_TICKET_RET_REJECT);
    if (answer != WOLFSSL_TICKET_RET_OK) {
        by.note_rejected({iv, block});
    }
    return answer;
}

}  // namespace

void use_ticket_keys(WOLFSSL_CTX* ctx) noexcept {
    wolfSSL_CTX_set_TicketEncCb(ctx, use_ticket);
}

}  // namespace polytls::wolfssl
