#include "pkcs12.hpp"

#include "compat.hpp"
#include "handles.hpp"
#include "key_material.hpp"
#include "pbe.hpp"
#include "private_key.hpp"

#include <polytls/core/x509.hpp>

#include <algorithm>
#include <array>

namespace polytls::mbedtls {
namespace {

constexpr std::uint8_t integer = 0x02;
constexpr std::uint8_t octet_string = 0x04;
constexpr std::uint8_t object_id = 0x06;
constexpr std::uint8_t sequence = 0x30;
constexpr std::uint8_t context_0 = 0xa0;           // EXPLICIT
constexpr std::uint8_t context_0_implicit = 0x80;  // of an OCTET STRING

// Contents of OIDs: RFC 7292, appendix D; RFC 2315; RFC 2985.
constexpr std::uint8_t data_content[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
constexpr std::uint8_t encrypted_content[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06};
constexpr std::uint8_t key_bag[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                    0x01, 0x0c, 0x0a, 0x01, 0x01};
constexpr std::uint8_t shrouded_key_bag[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                             0x01, 0x0c, 0x0a, 0x01, 0x02};
constexpr std::uint8_t certificate_bag[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                            0x01, 0x0c, 0x0a, 0x01, 0x03};
constexpr std::uint8_t x509_certificate[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                                             0x0d, 0x01, 0x09, 0x16, 0x01};

constexpr std::size_t longest_passphrase = 1024;
constexpr std::size_t most_safes = 16;
constexpr std::size_t most_certificates = 64;

constexpr status malformed{.code = errc::bad_pkcs12};

bool is(bytes oid, bytes known) noexcept {
    return std::ranges::equal(oid, known);
}

/// A passphrase as a BMPString with two zeros behind it; empty when it is not UTF-8.
class bmp_string {
public:
    explicit bmp_string(std::string_view text) noexcept : room_(2 * text.size() + 2) {
        if (!room_) {
            return;
        }
        std::uint8_t* at = room_.data();
        const auto put = [&at](std::uint32_t unit) {
            *at++ = static_cast<std::uint8_t>(unit >> 8U);
            *at++ = static_cast<std::uint8_t>(unit);
        };
        const bytes units = as_bytes(text);
        for (std::size_t i = 0; i < units.size();) {
            const std::uint32_t first = units[i++];
            const unsigned more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
            std::uint32_t code = more == 0 ? first : first & (0x3fU >> more);
            if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || i + more > units.size()) {
                return;
            }
            for (unsigned k = 0; k < more; ++k) {
                code = code << 6U | (units[i++] & 0x3fU);
            }
            if (code < 0x10000) {
                put(code);
            } else {
                put(0xd800U + ((code - 0x10000U) >> 10U));
                put(0xdc00U + ((code - 0x10000U) & 0x3ffU));
            }
        }
        put(0);
        size_ = static_cast<std::size_t>(at - room_.data());
    }

    bytes content() const noexcept { return {room_.data(), size_}; }

private:
    secret room_;
    std::size_t size_ = 0;
};

/// Takes the content of a ContentInfo: what kind it is, and what is in it.
bool read_content(x509::der_reader& from, bytes& kind, bytes& content) noexcept {
    x509::der_element info;
    x509::der_element oid;
    x509::der_element explicitly;
    if (!from.next(sequence, info)) {
        return false;
    }
    x509::der_reader reader(info.content);
    if (!reader.next(object_id, oid) || !reader.next(context_0, explicitly)) {
        return false;
    }
    kind = oid.content;
    content = explicitly.content;
    return true;
}

/// The content of an OCTET STRING that is all there is.
bool read_octets(bytes der, bytes& content) noexcept {
    x509::der_reader reader(der);
    x509::der_element element;
    if (!reader.next(octet_string, element) || !reader.finished()) {
        return false;
    }
    content = element.content;
    return true;
}

/// A file on its way to its contents.
class reading {
public:
    reading(std::string_view passphrase, bytes string) noexcept
        : passphrase_{.text = as_bytes(passphrase), .string = string} {}

    status read(bytes file) noexcept;
    status hand_over(spi::pkcs12_contents& contents) const noexcept;

private:
    status check(bytes mac_data, bytes safes) noexcept;
    status read_safe(bytes kind, bytes content) noexcept;
    status read_bags(bytes bags) noexcept;
    status read_bag(bytes kind, bytes value) noexcept;

    passphrase_forms passphrase_;
    bool proven_ = false;
    bytes key_{};
    secret_handle opened_key_{};
    std::array<secret_handle, most_safes> opened_{};
    std::size_t opened_count_ = 0;
    std::array<bytes, most_certificates> certificates_{};
    std::size_t certificate_count_ = 0;
};

status reading::read(bytes file) noexcept {
    x509::der_reader outer(file);
    x509::der_element pfx;
    x509::der_element element;
    if (!outer.next(sequence, pfx) || !outer.finished()) {
        return malformed;
    }
    x509::der_reader reader(pfx.content);
    bytes kind;
    bytes content;
    bytes safes;
    if (!reader.next(integer, element) || !read_content(reader, kind, content)) {
        return malformed;
    }
    if (!is(kind, data_content)) {
        // It is proven by a signature.
        return {.code = errc::unsupported_by_backend};
    }
    if (!read_octets(content, safes)) {
        return malformed;
    }
    if (reader.next(sequence, element)) {
        if (const status bad = check(element.content, safes)) {
            return bad;
        }
    }
    if (!reader.finished()) {
        return malformed;
    }
    x509::der_reader list(safes);
    if (!list.next(sequence, element)) {
        return malformed;
    }
    x509::der_reader each(element.content);
    while (read_content(each, kind, content)) {
        if (const status bad = read_safe(kind, content)) {
            return bad;
        }
    }
    return each.finished() ? status{} : malformed;
}

status reading::check(bytes mac_data, bytes safes) noexcept {
    x509::der_reader reader(mac_data);
    x509::der_element info;
    x509::der_element algorithm;
    x509::der_element oid;
    x509::der_element value;
    x509::der_element salt;
    x509::der_element count;
    if (!reader.next(sequence, info) || !reader.next(octet_string, salt)) {
        return malformed;
    }
    pkcs12_mac mac{.salt = salt.content};
    if (reader.next(integer, count) && !read_iterations(count.content, mac.iterations)) {
        return malformed;
    }
    x509::der_reader digest(info.content);
    if (!digest.next(sequence, algorithm) || !digest.next(octet_string, value) ||
        !x509::der_reader(algorithm.content).next(object_id, oid)) {
        return malformed;
    }
    mac.digest_oid = oid.content;
    status bad = check_mac(mac, passphrase_.string, safes, value.content);
    if (bad.code == errc::wrong_passphrase && passphrase_.text.empty()) {
        // Without a passphrase, files are made with an empty one and with none.
        passphrase_.string = {};
        bad = check_mac(mac, passphrase_.string, safes, value.content);
    }
    proven_ = !bad;
    return bad;
}

status reading::read_safe(bytes kind, bytes content) noexcept {
    bytes bags;
    if (is(kind, data_content)) {
        return read_octets(content, bags) ? read_bags(bags) : malformed;
    }
    if (!is(kind, encrypted_content) || opened_count_ == opened_.size()) {
        return {.code = errc::unsupported_by_backend};
    }
    x509::der_reader reader(content);
    x509::der_element data;
    x509::der_element info;
    x509::der_element algorithm;
    x509::der_element encrypted;
    x509::der_element element;
    if (!reader.next(sequence, data)) {
        return malformed;
    }
    x509::der_reader inner(data.content);
    if (!inner.next(integer, element) || !inner.next(sequence, info)) {
        return malformed;
    }
    x509::der_reader parts(info.content);
    if (!parts.next(object_id, element) || !parts.next(sequence, algorithm) ||
        !parts.next(context_0_implicit, encrypted)) {
        return malformed;
    }
    secret_handle& opened = opened_[opened_count_++];
    if (const status bad = decrypt(algorithm.content, encrypted.content, passphrase_, opened)) {
        return bad;
    }
    return read_bags(opened->content());
}

status reading::read_bags(bytes bags) noexcept {
    x509::der_reader list(bags);
    x509::der_element all;
    x509::der_element bag;
    // What comes out by another passphrase may seem to have a sound end.
    if (!list.next(sequence, all) || !list.finished()) {
        return {.code = proven_ ? errc::bad_pkcs12 : errc::wrong_passphrase};
    }
    x509::der_reader each(all.content);
    while (each.next(sequence, bag)) {
        x509::der_reader parts(bag.content);
        x509::der_element kind;
        x509::der_element value;
        if (!parts.next(object_id, kind) || !parts.next(context_0, value)) {
            return malformed;
        }
        if (const status bad = read_bag(kind.content, value.content)) {
            return bad;
        }
    }
    return each.finished() ? status{} : malformed;
}

status reading::read_bag(bytes kind, bytes value) noexcept {
    if (is(kind, certificate_bag)) {
        x509::der_reader reader(value);
        x509::der_element bag;
        x509::der_element oid;
        x509::der_element holder;
        bytes certificate;
        if (!reader.next(sequence, bag)) {
            return malformed;
        }
        x509::der_reader parts(bag.content);
        if (!parts.next(object_id, oid) || !parts.next(context_0, holder) ||
            certificate_count_ == certificates_.size()) {
            return malformed;
        }
        if (is(oid.content, x509_certificate)) {
            if (!read_octets(holder.content, certificate)) {
                return malformed;
            }
            certificates_[certificate_count_++] = certificate;
        }
        return {};
    }
    if (!key_.empty()) {
        return {};  // The first one counts.
    }
    if (is(kind, key_bag)) {
        key_ = value;
    } else if (is(kind, shrouded_key_bag)) {
        const auto encrypted = parse_encrypted_key(value);
        if (!encrypted) {
            return malformed;
        }
        if (const status bad =
                decrypt(encrypted->algorithm, encrypted->data, passphrase_, opened_key_)) {
            return bad;
        }
        key_ = opened_key_->content();
    }
    return {};
}

status reading::hand_over(spi::pkcs12_contents& contents) const noexcept {
    key_holder key;
    if (const status bad = read_key({.data = key_, .encoding = spi::key_encoding::der}, *key)) {
        const bool known = bad.code == errc::no_memory || bad.code == errc::unsupported_by_backend;
        return {.code = known ? bad.code : errc::bad_pkcs12, .native = bad.native};
    }
    const auto end = certificates_.begin() + static_cast<std::ptrdiff_t>(certificate_count_);
    const auto leaf = std::find_if(certificates_.begin(), end, [&key](bytes der) {
        certificate_holder one;
        return !add_certificate(der, *one) && compat::check_pair(one->pk, *key) == 0;
    });
    if (leaf == end) {
        return malformed;
    }
    contents.key(key_);
    contents.certificate(*leaf);
    for (auto other = certificates_.begin(); other != end; ++other) {
        if (other != leaf) {
            contents.certificate(*other);
        }
    }
    return {};
}

}  // namespace

status
read_pkcs12(bytes data, std::string_view passphrase, spi::pkcs12_contents& contents) noexcept {
    const bmp_string string(passphrase);
    if (passphrase.size() > longest_passphrase || passphrase.find('\0') != std::string_view::npos ||
        string.content().empty()) {
        return {.code = errc::wrong_passphrase};
    }
    reading file(passphrase, string.content());
    status bad = file.read(data);
    if (!bad) {
        bad = file.hand_over(contents);
    }
    bad.code = bad.code == errc::decode_error ? errc::bad_pkcs12 : bad.code;
    return bad;
}

}  // namespace polytls::mbedtls
