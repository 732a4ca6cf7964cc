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

    ~found_contents() { clear(); }

    found_contents(const found_contents&) = delete;
    found_contents& operator=(const found_contents&) = delete;

    void clear() noexcept {
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
        key = nullptr;
        leaf = nullptr;
        key_size = leaf_size = 0;
    }

    bytes key_view() const noexcept { return {key, key_size}; }

    bytes leaf_view() const noexcept { return {leaf, leaf_size}; }

    byte* key = nullptr;
    word32 key_size = 0;
    byte* leaf = nullptr;
    word32 leaf_size = 0;
    WC_DerCertList* others = nullptr;
};

/// A passphrase as wolfSSL wants it, ended by a NUL.
class c_text {
public:
    explicit c_text(std::string_view text) noexcept { std::ranges::copy(text, text_.begin()); }

    ~c_text() { blob::wipe(reinterpret_cast<std::uint8_t*>(text_.data()), text_.size()); }

    c_text(const c_text&) = delete;
    c_text& operator=(const c_text&) = delete;

    const char* get() const noexcept { return text_.data(); }

    /// Turns UTF-8 into Latin-1, as far as there is a letter for all of it.
    bool narrow() noexcept {
        constexpr unsigned least_two = 0xc2;
        constexpr unsigned most_two = 0xc3;
        char* to = text_.data();
        for (const char* at = text_.data(); *at != 0; ++at) {
            const auto first = static_cast<std::uint8_t>(*at);
            if (first >= 0x80U) {
                const auto second = static_cast<std::uint8_t>(at[1]);
                if (first < least_two || first > most_two || (second & 0xc0U) != 0x80U) {
                    return false;
                }
                *to++ = static_cast<char>((first & 0x03U) << 6U | (second & 0x3fU));
                ++at;
            } else {
                *to++ = *at;
            }
        }
        *to = 0;
        return true;
    }

private:
    std::array<char, longest_passphrase + 1> text_{};
};

/// Writes a file (RFC 7292, section 4) without its MAC, which has proven good by then.
bool copy_without_mac(bytes file, blob& copy) noexcept {
    constexpr std::uint8_t tag_sequence = 0x30;
    constexpr std::uint8_t tag_integer = 0x02;
    x509::der_element whole;
    x509::der_element version;
    x509::der_element contents;
    if (!x509::der_reader(file).next(tag_sequence, whole)) {
        return false;
    }
    x509::der_reader reader(whole.content);
    if (!reader.next(tag_integer, version) || !reader.next(tag_sequence, contents)) {
        return false;
    }
    const std::size_t size = version.whole.size() + contents.whole.size();
    // As short as DER wants it; no such file has less than 256 bytes or more than 16 MiB.
    const bool three = size > 0xffffU;
    const std::array<std::uint8_t, 5> header = {
        tag_sequence, static_cast<std::uint8_t>(three ? 0x83U : 0x82U),
        static_cast<std::uint8_t>(size >> 16U), static_cast<std::uint8_t>(size >> 8U),
        static_cast<std::uint8_t>(size)};
    const bytes length = bytes(header).subspan(three ? 2 : 3);
    if (size <= 0xffU || size > 0xffffffU) {
        return false;
    }
    return copy.append(bytes(header).first(2)) && copy.append(length) &&
           copy.append(version.whole) && copy.append(contents.whole);
}

/// 0 for what can be read as such a file; else what wolfSSL says of it.
int check_form(bytes data) noexcept {
    const pkcs12_handle file(wc_PKCS12_new());
    return file ? std::min(wc_d2i_PKCS12(data.data(), static_cast<word32>(data.size()), file.get()),
                           0)
                : static_cast<int>(MEMORY_E);
}

/// Reads a file whose passphrase is what it is.
int parse(bytes data, const char* passphrase, found_contents& found) noexcept {
    const pkcs12_handle file(wc_PKCS12_new());
    if (!file) {
        return MEMORY_E;
    }
    const int read = wc_d2i_PKCS12(data.data(), static_cast<word32>(data.size()), file.get());
    return read < 0 ? read
                    : wc_PKCS12_parse(file.get(), passphrase, &found.key, &found.key_size,
                                      &found.leaf, &found.leaf_size, &found.others);
}

errc meaning_of(int native, bytes data) noexcept {
    if (native == MAC_CMP_FAILED_E) {
        return errc::wrong_passphrase;
    }
    if (native == MEMORY_E) {
        return errc::no_memory;
    }
    if (native == UNICODE_SIZE_E) {
        return errc::unsupported_by_backend;
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
    if (const int bad = check_form(data)) {
        return {.code = bad == MEMORY_E ? errc::no_memory : errc::bad_pkcs12, .native = bad};
    }
    if (passphrase.size() > longest_passphrase || passphrase.find('\0') != passphrase.npos) {
        return {.code = errc::wrong_passphrase};
    }
    // The older of a file's two ways with passphrases has them in UTF-16, which wolfSSL makes from
    // Latin-1; the newer one takes them as they are, in UTF-8.
    const c_text text(passphrase);
    c_text narrow(passphrase);
    if (!narrow.narrow()) {
        return {.code = errc::unsupported_by_backend};
    }
    found_contents found;
    int parsed = parse(data, narrow.get(), found);
    if (parsed != 0 && parsed != MAC_CMP_FAILED_E && parsed != MEMORY_E &&
        std::string_view(narrow.get()) != passphrase) {
        blob bare;
        if (!copy_without_mac(data, bare)) {
            return {.code = errc::no_memory};
        }
        found.clear();
        parsed = parse(bare.view(), text.get(), found);
    }
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
