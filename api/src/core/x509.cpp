#include "der_tags.hpp"

#include <polytls/core/x509.hpp>

#include <algorithm>

namespace polytls::x509 {
namespace {

constexpr status bad_certificate{.code = errc::bad_certificate};

/// Extensions are known by 2.5.29.n, which is 55 1D n, but for authorityInfoAccess.
constexpr std::uint8_t id_ce[] = {0x55, 0x1d};
constexpr std::uint8_t id_pe_authority_info_access[] = {0x2b, 6, 1, 5, 5, 7, 1, 1};
/// Stands for authorityInfoAccess among the numbers n.
constexpr unsigned authority_info_access = 0;
constexpr std::uint8_t id_at_common_name[] = {0x55, 4, 3};
constexpr std::uint8_t any_extended_key_usage[] = {0x55, 0x1d, 0x25, 0};
constexpr std::uint8_t id_kp_server_auth[] = {0x2b, 6, 1, 5, 5, 7, 3, 1};
constexpr std::uint8_t id_kp_client_auth[] = {0x2b, 6, 1, 5, 5, 7, 3, 2};

enum class id_ce_extension : std::uint8_t {
    subject_key_identifier = 14,
    key_usage = 15,
    subject_alt_name = 17,
    basic_constraints = 19,
    authority_key_identifier = 35,
    ext_key_usage = 37,
};

bool equal(bytes a, bytes b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The content of a value that is one element with this tag, and nothing else.
bool read_only_element(bytes value, std::uint8_t tag, bytes& content) noexcept {
    der_reader reader(value);
    der_element element;
    if (!reader.next(tag, element) || !reader.finished()) {
        return false;
    }
    content = element.content;
    return true;
}

bool read_basic_constraints(bytes value, certificate_view& certificate) noexcept {
    bytes content;
    if (!read_only_element(value, tag::sequence, content)) {
        return false;
    }
    der_reader reader(content);
    der_element element;
    certificate.has_basic_constraints = true;
    if (reader.next(tag::boolean, element)) {
        certificate.is_ca = element.content.size() == 1 && element.content[0] != 0;
    }
    if (reader.next(tag::integer, element)) {
        // Longer than any path is as good as no limit; a negative one permits nothing.
        if (element.content.size() != 1 || (element.content[0] & 0x80U) != 0) {
            certificate.path_length =
                element.content.empty() || (element.content[0] & 0x80U) != 0 ? 0 : 0xffff;
        } else {
            certificate.path_length = element.content[0];
        }
    }
    return reader.finished();
}

bool read_key_usage(bytes value, certificate_view& certificate) noexcept {
    bytes content;
    if (!read_only_element(value, tag::bit_string, content) || content.empty() || content[0] > 7) {
        return false;
    }
    std::uint16_t usage = 0;
    const bytes bits = content.subspan(1);
    // A BIT STRING counts from the top bit of its first byte.
    for (unsigned i = 0; i < 9 && i / 8 < bits.size(); ++i) {
        if ((bits[i / 8] & (0x80U >> (i % 8))) != 0) {
            usage = static_cast<std::uint16_t>(usage | 1U << i);
        }
    }
    certificate.key_usage = usage;
    return true;
}

bool read_authority_key_id(bytes value, certificate_view& certificate) noexcept {
    bytes content;
    if (!read_only_element(value, tag::sequence, content)) {
        return false;
    }
    der_reader reader(content);
    der_element element;
    if (reader.next(tag::context(0), element)) {
        certificate.authority_key_id = element.content;
    }
    return reader.ok();
}

bool read_id_ce_extension(std::uint8_t id, bytes value, certificate_view& certificate) noexcept {
    switch (static_cast<id_ce_extension>(id)) {
    case id_ce_extension::subject_key_identifier:
        return read_only_element(value, tag::octet_string, certificate.subject_key_id);
    case id_ce_extension::key_usage:
        return read_key_usage(value, certificate);
    case id_ce_extension::subject_alt_name:
        return read_only_element(value, tag::sequence, certificate.subject_alt_name);
    case id_ce_extension::basic_constraints:
        return read_basic_constraints(value, certificate);
    case id_ce_extension::authority_key_identifier:
        return read_authority_key_id(value, certificate);
    case id_ce_extension::ext_key_usage:
        return read_only_element(value, tag::sequence, certificate.ext_key_usage);
    }
    return true;
}

/// Which of RFC 5280's extensions have been met. None may come twice (section 4.2): one reader
/// would go by the first, another by the last.
class met_extensions {
public:
    bool add(unsigned number) noexcept {
        const std::uint64_t bit = number < 63 ? std::uint64_t{1} << number : 0;
        const bool again = (met_ & bit) != 0;
        met_ |= bit;
        return !again;
    }

private:
    std::uint64_t met_ = 0;
};

/// One Extension: its OID, whether it is critical, its value.
bool read_extension(bytes extension, met_extensions& met, certificate_view& certificate) noexcept {
    der_reader reader(extension);
    der_element id;
    der_element critical;
    der_element value;
    if (!reader.next(tag::object_identifier, id)) {
        return false;
    }
    reader.next(tag::boolean, critical);
    if (!reader.next(tag::octet_string, value) || !reader.finished()) {
        return false;
    }
    if (id.content.size() == 3 && equal(id.content.first(2), id_ce)) {
        return met.add(id.content[2]) &&
               read_id_ce_extension(id.content[2], value.content, certificate);
    }
    if (equal(id.content, id_pe_authority_info_access)) {
        return met.add(authority_info_access) &&
               read_only_element(value.content, tag::sequence, certificate.authority_info_access);
    }
    return true;
}

bool read_extensions(bytes explicit_extensions, certificate_view& certificate) noexcept {
    bytes list;
    if (!read_only_element(explicit_extensions, tag::sequence, list)) {
        return false;
    }
    der_reader reader(list);
    der_element extension;
    met_extensions met;
    while (reader.next(tag::sequence, extension)) {
        if (!read_extension(extension.content, met, certificate)) {
            return false;
        }
    }
    return reader.finished();
}

bool read_validity(bytes validity, certificate_view& certificate) noexcept {
    der_reader reader(validity);
    der_element from;
    der_element to;
    return reader.next(from) && reader.next(to) && reader.finished() &&
           read_time(from, certificate.not_before) && read_time(to, certificate.not_after);
}

bool read_version(der_reader& reader, certificate_view& certificate) noexcept {
    der_element element;
    if (!reader.next(tag::constructed_context(0), element)) {
        return true;
    }
    bytes number;
    if (!read_only_element(element.content, tag::integer, number) || number.size() != 1 ||
        number[0] > 2) {
        return false;
    }
    certificate.version = static_cast<std::uint8_t>(number[0] + 1);
    return true;
}

/// TBSCertificate (RFC 5280, section 4.1.2).
bool read_to_be_signed(bytes content, certificate_view& certificate) noexcept {
    der_reader reader(content);
    der_element serial;
    der_element signature;
    der_element issuer;
    der_element validity;
    der_element subject;
    der_element key;
    if (!read_version(reader, certificate) || !reader.next(tag::integer, serial) ||
        !reader.next(tag::sequence, signature) || !reader.next(tag::sequence, issuer) ||
        !reader.next(tag::sequence, validity) || !reader.next(tag::sequence, subject) ||
        !reader.next(tag::sequence, key) || serial.content.empty() ||
        !read_validity(validity.content, certificate)) {
        return false;
    }
    certificate.serial_number = serial.content;
    certificate.issuer = issuer.whole;
    certificate.subject = subject.whole;
    certificate.subject_public_key_info = key.whole;
    der_element part;
    // issuerUniqueID and subjectUniqueID, which nobody uses.
    reader.next(tag::context(1), part);
    reader.next(tag::context(2), part);
    if (reader.next(tag::constructed_context(3), part) &&
        !read_extensions(part.content, certificate)) {
        return false;
    }
    return reader.finished();
}

}  // namespace

bool certificate_view::self_issued() const noexcept {
    return equal(issuer, subject);
}

status parse_certificate(bytes der, certificate_view& certificate) noexcept {
    certificate = {};
    bytes content;
    if (!read_only_element(der, tag::sequence, content)) {
        return bad_certificate;
    }
    der_reader reader(content);
    der_element to_be_signed;
    der_element algorithm;
    der_element signature;
    if (!reader.next(tag::sequence, to_be_signed) || !reader.next(tag::sequence, algorithm) ||
        !reader.next(tag::bit_string, signature) || !reader.finished() ||
        !read_to_be_signed(to_be_signed.content, certificate)) {
        certificate = {};
        return bad_certificate;
    }
    certificate.der = der;
    return {};
}

bytes common_name(bytes name) noexcept {
    bytes rdns;
    if (!read_only_element(name, tag::sequence, rdns)) {
        return {};
    }
    bytes found;
    der_reader outer(rdns);
    der_element rdn;
    while (outer.next(tag::set, rdn)) {
        der_reader inner(rdn.content);
        der_element attribute;
        while (inner.next(tag::sequence, attribute)) {
            der_reader pair(attribute.content);
            der_element type;
            der_element value;
            if (pair.next(tag::object_identifier, type) && pair.next(value) &&
                equal(type.content, id_at_common_name)) {
                const bool wide =
                    value.tag == tag::bmp_string || value.tag == tag::universal_string;
                found = wide ? bytes{} : value.content;
            }
        }
    }
    return found;
}

bool allows_purpose(bytes ext_key_usage, bytes purpose) noexcept {
    if (ext_key_usage.empty()) {
        return true;
    }
    der_reader reader(ext_key_usage);
    der_element id;
    while (reader.next(tag::object_identifier, id)) {
        if (equal(id.content, purpose) || equal(id.content, any_extended_key_usage)) {
            return true;
        }
    }
    return false;
}

bytes purpose_server_auth() noexcept {
    return id_kp_server_auth;
}

bytes purpose_client_auth() noexcept {
    return id_kp_client_auth;
}

}  // namespace polytls::x509
