#include "ticket_keys.hpp"

#include "random.hpp"

#include <polytls/core/ticket_keys.hpp>

#include <mbedtls/aes.h>
#include <mbedtls/md.h>

#include <algorithm>
#include <array>

namespace polytls::mbedtls {
namespace {

constexpr std::size_t block = 16;
constexpr std::size_t mac_size = 32;
constexpr std::size_t header = ticket_key_part + block;
constexpr unsigned key_bits = 128;

class aes {
public:
    aes() noexcept { mbedtls_aes_init(&context_); }

    ~aes() { mbedtls_aes_free(&context_); }

    aes(const aes&) = delete;
    aes& operator=(const aes&) = delete;

    mbedtls_aes_context* get() noexcept { return &context_; }

private:
    mbedtls_aes_context context_;
};

using mac = std::array<std::uint8_t, mac_size>;

int compute_mac(bytes keys, bytes data, mac& result) noexcept {
    const bytes key = keys.subspan(ticket_hmac_key_at, ticket_key_part);
    return mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key.data(), key.size(),
                           data.data(), data.size(), result.data());
}

/// Takes the same time wherever they differ.
bool same(bytes one, bytes other) noexcept {
    unsigned difference = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
        difference |= static_cast<unsigned>(one[i] ^ other[i]);
    }
    return difference == 0;
}

int encrypt(bytes keys, bytes iv, mutable_bytes in_place) noexcept {
    std::array<std::uint8_t, block> chain{};
    std::copy(iv.begin(), iv.end(), chain.begin());
    aes cipher;
    const int failed =
        mbedtls_aes_setkey_enc(cipher.get(), keys.data() + ticket_aes_key_at, key_bits);
    return failed != 0 ? failed
                       : mbedtls_aes_crypt_cbc(cipher.get(), MBEDTLS_AES_ENCRYPT, in_place.size(),
                                               chain.data(), in_place.data(), in_place.data());
}

int decrypt(bytes keys, bytes iv, bytes from, mutable_bytes to) noexcept {
    std::array<std::uint8_t, block> chain{};
    std::copy(iv.begin(), iv.end(), chain.begin());
    aes cipher;
    const int failed =
        mbedtls_aes_setkey_dec(cipher.get(), keys.data() + ticket_aes_key_at, key_bits);
    return failed != 0 ? failed
                       : mbedtls_aes_crypt_cbc(cipher.get(), MBEDTLS_AES_DECRYPT, from.size(),
                                               chain.data(), from.data(), to.data());
}

}  // namespace

std::size_t ticket_size(std::size_t content) noexcept {
    return header + (content / block + 1) * block + mac_size;
}

int seal_ticket(bytes keys, bytes content, mutable_bytes room) noexcept {
    const mutable_bytes iv = room.subspan(ticket_key_part, block);
    const mutable_bytes sealed = room.subspan(header, room.size() - header - mac_size);
    std::copy_n(keys.begin(), ticket_key_part, room.begin());
    if (const int failed = fill_random(nullptr, iv.data(), iv.size())) {
        return failed;
    }
    const auto padding = static_cast<std::uint8_t>(sealed.size() - content.size());
    std::fill(std::copy(content.begin(), content.end(), sealed.begin()), sealed.end(), padding);
    if (const int failed = encrypt(keys, iv, sealed)) {
        return failed;
    }
    mac proof{};
    const int failed = compute_mac(keys, room.first(room.size() - mac_size), proof);
    std::copy(proof.begin(), proof.end(), room.last(mac_size).begin());
    return failed;
}

bytes open_ticket(bytes keys, bytes ticket, mutable_bytes room) noexcept {
    mac proof{};
    if (ticket.size() < ticket_size(0) || (ticket.size() - header - mac_size) % block != 0 ||
        !std::equal(keys.begin(), keys.begin() + ticket_key_part, ticket.begin()) ||
        compute_mac(keys, ticket.first(ticket.size() - mac_size), proof) != 0 ||
        !same(proof, ticket.last(mac_size))) {
        return {};
    }
    const bytes sealed = ticket.subspan(header, ticket.size() - header - mac_size);
    if (decrypt(keys, ticket.subspan(ticket_key_part, block), sealed, room) != 0) {
        return {};
    }
    // Proven to be ours: with other keys for what is within, the padding is most likely none.
    const std::size_t padding = room[sealed.size() - 1];
    return padding == 0 || padding > block ? bytes{} : bytes(room.first(sealed.size() - padding));
}

}  // namespace polytls::mbedtls
