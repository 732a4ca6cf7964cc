#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/status.hpp>

#include <chrono>
#include <cstdint>

namespace polytls::x509 {

/// The parts of a certificate (RFC 5280, section 4.1) that decisions rest on, found in its DER.
/// Nothing is copied: every view points into the DER the certificate was parsed from.
///
/// This reads; it does not judge signatures, which is the backend's work always.
struct certificate_view {
    bytes der;                      ///< The whole certificate.
    bytes serial_number;            ///< Content of the INTEGER.
    bytes issuer;                   ///< The Name, its SEQUENCE header included.
    bytes subject;                  ///< The Name, its SEQUENCE header included.
    bytes subject_public_key_info;  ///< The SEQUENCE, header included.
    bytes subject_alt_name;         ///< Content of the GeneralNames SEQUENCE; empty when absent.
    bytes ext_key_usage;            ///< Content of the SEQUENCE OF KeyPurposeId; empty when absent.
    bytes authority_info_access;    ///< Content of the SEQUENCE OF AccessDescription.
    bytes subject_key_id;           ///< Content of the OCTET STRING.
    bytes authority_key_id;         ///< The keyIdentifier [0] of AuthorityKeyIdentifier.
    std::chrono::seconds not_before{0};  ///< Since 1970.
    std::chrono::seconds not_after{0};   ///< Since 1970.
    std::int32_t path_length = -1;       ///< pathLenConstraint; -1 when there is none.
    std::uint16_t key_usage =
        0xffff;          ///< Bits of RFC 5280, 4.2.1.3, bit 0 lowest; all when absent.
    bool is_ca = false;  ///< basicConstraints says CA.
    bool has_basic_constraints = false;
    std::uint8_t version = 1;  ///< 1 to 3.

    /// Whether issuer and subject are the same name. The signature may still be another's.
    bool self_issued() const noexcept;
};

/// The tag of a GeneralName (RFC 5280, section 4.2.1.6).
enum class name_kind : std::uint8_t {
    other_name = 0,
    rfc822_name = 1,
    dns_name = 2,
    x400_address = 3,
    directory_name = 4,
    edi_party_name = 5,
    uniform_resource_identifier = 6,
    ip_address = 7,
    registered_id = 8,
};

/// One GeneralName: its kind, and its content without header.
struct general_name {
    name_kind kind;
    bytes value;
};

/// Where something about a certificate's issuer is to be had (RFC 5280, section 4.2.2.1).
struct access_description {
    bytes method;  ///< Content of the OID.
    general_name location;
};

/// One element of DER: its identifier octet, its content, and header and content together.
struct der_element {
    std::uint8_t tag = 0;
    bytes content;
    bytes whole;
};

/// Reads DER elements one after the other. A fault in the encoding ends the reading; `ok` tells.
class der_reader {
public:
    explicit der_reader(bytes data) noexcept : rest_(data) {}

    /// Takes the next element; false at the end and at a fault (indefinite or non-minimal length,
    /// a length beyond the data, a multi-byte tag).
    bool next(der_element& element) noexcept;

    /// Takes the next element if its tag is `tag`; otherwise takes nothing.
    bool next(std::uint8_t tag, der_element& element) noexcept;

    /// No fault so far.
    bool ok() const noexcept { return !bad_; }

    /// Nothing left, and no fault.
    bool finished() const noexcept { return rest_.empty() && !bad_; }

    bytes rest() const noexcept { return rest_; }

private:
    bytes rest_;
    bool bad_ = false;
};

/// Reads a UTCTime or GeneralizedTime in the only forms that certificates and revocation lists may
/// have (RFC 5280, section 4.1.2.5), as seconds since 1970; false for any other element.
bool read_time(const der_element& element, std::chrono::seconds& time) noexcept;

/// Finds the parts of a certificate. `errc::bad_certificate` when the DER is not a certificate, or
/// has an extension of RFC 5280's twice; unknown extensions are passed over, whether critical or
/// not. `der` must outlive the view.
status parse_certificate(bytes der, certificate_view& certificate) noexcept;

/// Takes the next GeneralName from the front of `names` (as `subject_alt_name` holds them); false
/// at the end and at a fault.
bool next_general_name(bytes& names, general_name& name) noexcept;

/// Takes the next AccessDescription from the front of `list` (as `authority_info_access` holds
/// them); false at the end and at a fault.
bool next_access_description(bytes& list, access_description& access) noexcept;

/// The last commonName (2.5.4.3) of a Name, without its header; empty when there is none. For
/// strings that are not a superset of ASCII (BMPString, UniversalString) empty too.
bytes common_name(bytes name) noexcept;

/// Whether an ext_key_usage names the purpose or anyExtendedKeyUsage; true when it is absent.
/// `purpose` is the content of the OID.
bool allows_purpose(bytes ext_key_usage, bytes purpose) noexcept;

/// Content of the OID id-kp-serverAuth.
bytes purpose_server_auth() noexcept;
/// Content of the OID id-kp-clientAuth.
bytes purpose_client_auth() noexcept;

}  // namespace polytls::x509
