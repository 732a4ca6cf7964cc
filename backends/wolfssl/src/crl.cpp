#include "crl.hpp"

#include <algorithm>

namespace polytls::wolfssl {
namespace {

constexpr std::uint8_t tag_boolean = 0x01;
constexpr std::uint8_t tag_integer = 0x02;
constexpr std::uint8_t tag_bit_string = 0x03;
constexpr std::uint8_t tag_oid = 0x06;
constexpr std::uint8_t tag_utc_time = 0x17;
constexpr std::uint8_t tag_generalized_time = 0x18;
constexpr std::uint8_t tag_sequence = 0x30;
constexpr std::uint8_t tag_extensions = 0xa0;

/// The parts of a revocation list that decisions rest on.
struct revocation_list {
    bytes signed_part;  ///< The TBSCertList, header included.
    bytes algorithm;    ///< Content of the OID.
    bytes signature;
    bytes issuer;   ///< The Name, header included.
    bytes revoked;  ///< Content of the SEQUENCE OF revoked certificates.
    std::chrono::seconds this_update{0};
    std::chrono::seconds next_update = std::chrono::seconds::max();
    bool has_critical_extension = false;
};

bool is_time(bytes at) noexcept {
    return !at.empty() && (at[0] == tag_utc_time || at[0] == tag_generalized_time);
}

/// Whether one of some extensions is critical: a list with one that is not understood must not be
/// used (RFC 5280, section 5.2), and none that may be critical is understood here.
bool any_critical(bytes extensions) noexcept {
    x509::der_reader reader(extensions);
    x509::der_element extension;
    while (reader.next(tag_sequence, extension)) {
        x509::der_reader fields(extension.content);
        x509::der_element field;
        if (fields.next(tag_oid, field) && fields.next(tag_boolean, field) &&
            field.content.size() == 1 && field.content[0] != 0) {
            return true;
        }
    }
    return !reader.finished();
}

bool read_extensions(bytes tagged, revocation_list& list) noexcept {
    x509::der_reader reader(tagged);
    x509::der_element sequence;
    if (!reader.next(tag_sequence, sequence) || !reader.finished()) {
        return false;
    }
    list.has_critical_extension = any_critical(sequence.content);
    return true;
}

bool read_signed_part(bytes content, revocation_list& list) noexcept {
    x509::der_reader reader(content);
    x509::der_element element;
    reader.next(tag_integer, element);  // The version may be left out.
    if (!reader.next(tag_sequence, element) || !reader.next(tag_sequence, element)) {
        return false;
    }
    list.issuer = element.whole;
    if (!is_time(reader.rest()) || !reader.next(element) ||
        !x509::read_time(element, list.this_update)) {
        return false;
    }
    if (is_time(reader.rest()) &&
        (!reader.next(element) || !x509::read_time(element, list.next_update))) {
        return false;
    }
    if (reader.next(tag_sequence, element)) {
        list.revoked = element.content;
    }
    if (reader.next(tag_extensions, element) && !read_extensions(element.content, list)) {
        return false;
    }
    return reader.finished();
}

bool read(bytes der, revocation_list& list) noexcept {
    x509::der_reader outer(der);
    x509::der_element whole;
    if (!outer.next(tag_sequence, whole) || !outer.finished()) {
        return false;
    }
    x509::der_reader reader(whole.content);
    x509::der_element signed_part;
    x509::der_element algorithm;
    x509::der_element signature;
    if (!reader.next(tag_sequence, signed_part) || !reader.next(tag_sequence, algorithm) ||
        !reader.next(tag_bit_string, signature) || !reader.finished() ||
        signature.content.empty()) {
        return false;
    }
    x509::der_element oid;
    if (!x509::der_reader(algorithm.content).next(tag_oid, oid)) {
        return false;
    }
    list.signed_part = signed_part.whole;
    list.algorithm = oid.content;
    // Before the bits stands how many of the last octet are unused: none in a signature.
    list.signature = signature.content.subspan(1);
    return read_signed_part(signed_part.content, list);
}

bool names(const revocation_list& list, bytes serial_number) noexcept {
    x509::der_reader reader(list.revoked);
    x509::der_element entry;
    while (reader.next(tag_sequence, entry)) {
        x509::der_element serial;
        if (x509::der_reader(entry.content).next(tag_integer, serial) &&
            std::ranges::equal(serial.content, serial_number)) {
            return true;
        }
    }
    return false;
}

fault fault_by(const revocation_list& list,
               const x509::certificate_view& certificate,
               const x509::certificate_view& issuer,
               std::chrono::seconds now) noexcept {
    fault found = fault::none;
    if (!is_signed_by(list.signed_part, list.algorithm, list.signature, issuer.der)) {
        found |= fault::crl_bad_signature;
    }
    if (now < list.this_update) {
        found |= fault::crl_not_yet_valid;
    }
    if (now > list.next_update) {
        found |= fault::crl_expired;
    }
    if (found == fault::none && names(list, certificate.serial_number)) {
        found = fault::revoked;
    }
    return found;
}

}  // namespace

bool is_revocation_list(bytes der) noexcept {
    revocation_list list;
    return read(der, list);
}

fault revocation_fault(const x509::certificate_view& certificate,
                       const x509::certificate_view& issuer,
                       const certificate_list& lists,
                       std::chrono::seconds now) noexcept {
    fault worst = fault::crl_missing;
    bool sound_one = false;
    lists.any([&](bytes der) {
        revocation_list list;
        if (!read(der, list) || list.has_critical_extension ||
            !std::ranges::equal(list.issuer, issuer.subject)) {
            return false;
        }
        const fault found = fault_by(list, certificate, issuer, now);
        if (found == fault::revoked) {
            worst = found;
            return true;
        }
        sound_one = sound_one || found == fault::none;
        worst = found;
        return false;
    });
    return worst != fault::revoked && sound_one ? fault::none : worst;
}

}  // namespace polytls::wolfssl
