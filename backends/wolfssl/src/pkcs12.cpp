#include "pkcs12.hpp"

#include "certificate.hpp"
#include "errors.hpp"
#include "handles.hpp"
#include "key_material.hpp"

#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/memory.h>
#include <wolfssl/wolfcrypt/pkcs12.h>

#include <algorithm>
#include <array>

namespace polytls::wolfssl {
namespace {

using pkcs12_handle = std::unique_ptr<WC_PKCS12, freed_by<wc_PKCS12_free>>;

constexpr std::size_t longest_passphrase = 1024;

/// The OIDs of what RC2 encrypts: pbeWithSHA1And128BitRC2-CBC and …And40BitRC2-CBC (RFC 7292,
/// appendix C), in whole, and RC2-CBC itself.
constexpr std::uint8_t pbe_rc2_128[] = {0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 1,    12,   1,    5};
constexpr std::uint8_t pbe_rc2_40[] = {0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 6};

bool contains(bytes data, bytes part) noexcept {
    return std::search(data.begin(), data.end(), part.begin(), part.end()) != data.end();
}

bool is_whole(bytes data) noexcept {
    constexpr std::uint8_t tag_sequence = 0x30;
    x509::der_reader reader(data);
    x509::der_element whole;
    return reader.next(tag_sequence, whole) && reader.finished();
}

/// What wolfSSL found in a file, and gives back when it ends.
class found_contents {
public:
    found_contents() = default;

    ~found_contents() {
        if (key != nullptr) {
            blob::wipe(key, key_size);
            wolfSSL_Free(key);
        }
        wolfSSL_Free(leaf);
        // wolfSSL's own function for it is not among those it exports.
        while (others != nullptr) {
            WC_DerCertList* next = others->next;
            wolfSSL_Free(others->buffer);
            wolfSSL_Free(others);
            others = next;
        }
    }

    found_contents(const found_contents&) = delete;
    found_contents& operator=(const found_contents&) = delete;

    bytes key_view() const noexcept { return {key, key_size}; }

    bytes leaf_view() const noexcept { return {leaf, leaf_size}; }

    byte* key = nullptr;
    word32 key_size = 0;
    byte* leaf = nullptr;
    word32 leaf_size = 0;
    WC_DerCertList* others = nullptr;
};

errc meaning_of(int native, bytes data) noexcept {
    if (native == MAC_CMP_FAILED_E) {
        return errc::wrong_passphrase;
    }
    if (native == MEMORY_E) {
        return errc::no_memory;
    }
    return contains(data, pbe_rc2_128) || contains(data, pbe_rc2_40) ? errc::unsupported_by_backend
                                                                     : errc::bad_pkcs12;
}

}  // namespace

status
read_pkcs12(bytes data, std::string_view passphrase, spi::pkcs12_contents& contents) noexcept {
    if (!is_whole(data)) {
        return {.code = errc::bad_pkcs12};
    }
    const pkcs12_handle file(wc_PKCS12_new());
    if (!file) {
        return {.code = errc::no_memory};
    }
    const int read = wc_d2i_PKCS12(data.data(), static_cast<word32>(data.size()), file.get());
    if (read < 0) {
        return {.code = read == MEMORY_E ? errc::no_memory : errc::bad_pkcs12, .native = read};
    }
    if (passphrase.size() > longest_passphrase || passphrase.find('\0') != passphrase.npos) {
        return {.code = errc::wrong_passphrase};
    }
    std::array<char, longest_passphrase + 1> text{};
    std::ranges::copy(passphrase, text.begin());
    found_contents found;
    const int parsed = wc_PKCS12_parse(file.get(), text.data(), &found.key, &found.key_size,
                                       &found.leaf, &found.leaf_size, &found.others);
    blob::wipe(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
    if (parsed != 0) {
        return {.code = meaning_of(parsed, data), .native = parsed};
    }
    if (found.key == nullptr || found.leaf == nullptr || !is_certificate(found.leaf_view())) {
        return {.code = errc::bad_pkcs12};
    }
    for (const WC_DerCertList* at = found.others; at != nullptr; at = at->next) {
        if (!is_certificate({at->buffer, at->bufferSz})) {
            return {.code = errc::bad_pkcs12};
        }
    }
    contents.key(found.key_view());
    contents.certificate(found.leaf_view());
    for (const WC_DerCertList* at = found.others; at != nullptr; at = at->next) {
        contents.certificate({at->buffer, at->bufferSz});
    }
    return {};
}

}  // namespace polytls::wolfssl
