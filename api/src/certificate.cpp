#include "access_format.hpp"
#include "asn1_text.hpp"
#include "general_name_format.hpp"
#include "issuing.hpp"
#include "name_format.hpp"
#include "public_key_format.hpp"
#include "validity_format.hpp"

#include <polytls/certificate.hpp>
#include <polytls/core/x509.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace polytls {
namespace {

constexpr std::uint8_t oid_tag = 0x06;
constexpr std::uint16_t key_cert_sign = 1U << 5U;

std::string fingerprint_of(bytes der, spi::digest_algorithm algorithm, backend with) {
    std::array<std::uint8_t, 64> digest{};
    const std::size_t size = with.implementation().digest(algorithm, der, digest);
    return detail::hex(bytes(digest).first(size), ":");
}

std::optional<std::vector<std::string>> purposes_of(bytes ext_key_usage) {
    std::vector<std::string> purposes;
    x509::der_reader reader(ext_key_usage);
    x509::der_element purpose;
    while (reader.next(oid_tag, purpose)) {
        purposes.push_back(detail::dotted(purpose.content));
    }
    return reader.finished() ? std::optional(std::move(purposes)) : std::nullopt;
}

/// A part read only to where it is malformed would show fewer names, or fewer limits, than whoever
/// signed it meant.
tl::unexpected<failure> malformed(std::string_view part) {
    return tl::make_unexpected(make_failure(
        errc::bad_certificate, "the certificate's " + std::string(part) + " is malformed",
        std::string(part)));
}

}  // namespace

std::string_view certificate::subject_field(std::string_view name) const noexcept {
    const auto found = std::find_if(subject.rbegin(), subject.rend(),
                                    [name](const auto& field) { return field.first == name; });
    return found == subject.rend() ? std::string_view{} : std::string_view(found->second);
}

result<certificate> parse_certificate(bytes der, backend with) {
    x509::certificate_view view;
    if (x509::parse_certificate(der, view)) {
        return tl::make_unexpected(make_failure(errc::bad_certificate));
    }
    auto subject = detail::read_name(view.subject);
    if (!subject) {
        return malformed("subject");
    }
    auto issuer = detail::read_name(view.issuer);
    if (!issuer) {
        return malformed("issuer");
    }
    auto alt_names = detail::general_names_text(view.subject_alt_name);
    if (!alt_names) {
        return malformed("subjectAltName");
    }
    auto purposes = purposes_of(view.ext_key_usage);
    if (!purposes) {
        return malformed("extKeyUsage");
    }
    auto access = detail::read_access(view.authority_info_access);
    if (!access) {
        return malformed("authorityInfoAccess");
    }
    certificate shown{.subject = *std::move(subject),
                      .issuer = *std::move(issuer),
                      .subjectaltname = *std::move(alt_names),
                      .info_access = *std::move(access),
                      .ca = view.is_ca && (view.key_usage & key_cert_sign) != 0,
                      .valid_from = detail::time_text(view.not_before),
                      .valid_to = detail::time_text(view.not_after),
                      .fingerprint = fingerprint_of(der, spi::digest_algorithm::sha1, with),
                      .fingerprint256 = fingerprint_of(der, spi::digest_algorithm::sha256, with),
                      .fingerprint512 = fingerprint_of(der, spi::digest_algorithm::sha512, with),
                      .ext_key_usage = *std::move(purposes),
                      .serial_number = detail::serial_text(view.serial_number),
                      .raw = {der.begin(), der.end()},
                      .self_issued = detail::is_root(view)};
    detail::describe_key(view.subject_public_key_info, shown);
    return shown;
}

std::vector<std::vector<std::uint8_t>> split_der(bytes concatenated) {
    std::vector<std::vector<std::uint8_t>> parts;
    x509::der_reader reader(concatenated);
    x509::der_element element;
    while (reader.next(element)) {
        parts.emplace_back(element.whole.begin(), element.whole.end());
    }
    return parts;
}

}  // namespace polytls
