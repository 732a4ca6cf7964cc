#include "name_text.hpp"

#include <polytls/certificate.hpp>
#include <polytls/core/x509.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace polytls {
namespace {

constexpr std::uint8_t oid_tag = 0x06;

/// As OpenSSL prints times: "Nov  1 09:52:22 2009 GMT".
std::string time_text(std::chrono::seconds time) {
    using namespace std::chrono;
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds point(time);
    const auto day = floor<days>(point);
    const year_month_day date(day);
    const hh_mm_ss clock(point - day);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%s %2u %02d:%02d:%02d %d GMT",
                  months.at(static_cast<unsigned>(date.month()) - 1),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()), static_cast<int>(date.year()));
    return text.data();
}

std::string hex(bytes data, std::string_view separator) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const std::uint8_t byte : data) {
        if (!text.empty()) {
            text += separator;
        }
        text += digits[byte >> 4U];
        text += digits[byte & 0xfU];
    }
    return text;
}

/// A serial number without the zero that keeps an INTEGER positive, and with a sign where it is
/// negative, which RFC 5280 forbids and the world has.
std::string serial_text(bytes number) {
    std::vector<std::uint8_t> digits(number.begin(), number.end());
    const bool negative = (digits.front() & 0x80U) != 0;
    if (negative) {
        for (std::uint8_t& digit : digits) {
            digit = static_cast<std::uint8_t>(~digit);
        }
        for (auto digit = digits.rbegin(); digit != digits.rend() && ++*digit == 0; ++digit) {
        }
    }
    const auto first = std::find_if(digits.begin(), digits.end() - 1,
                                    [](std::uint8_t digit) { return digit != 0; });
    return (negative ? "-" : "") +
           hex(bytes(digits).subspan(static_cast<std::size_t>(first - digits.begin())), "");
}

std::string fingerprint_of(bytes der, spi::digest_algorithm algorithm, backend with) {
    std::array<std::uint8_t, 64> digest{};
    const std::size_t size = with.implementation().digest(algorithm, der, digest);
    return hex(bytes(digest).first(size), ":");
}

std::vector<std::string> purposes_of(bytes ext_key_usage) {
    std::vector<std::string> purposes;
    x509::der_reader reader(ext_key_usage);
    x509::der_element purpose;
    while (reader.next(oid_tag, purpose)) {
        purposes.push_back(detail::dotted(purpose.content));
    }
    return purposes;
}

bool equal(bytes a, bytes b) {
    return std::ranges::equal(a, b);
}

/// Whether `issuer` may have issued `subject`, by names and key identifiers. That the signature is
/// its own, the library has found, or has said why not.
bool issued(const x509::certificate_view& issuer, const x509::certificate_view& subject) {
    const bool by_name = equal(issuer.subject, subject.issuer);
    const bool identified = !issuer.subject_key_id.empty() && !subject.authority_key_id.empty();
    return by_name && (!identified || equal(issuer.subject_key_id, subject.authority_key_id));
}

/// The certificate of a list that issued another; null when none did.
const std::vector<std::uint8_t>* find_issuer(std::span<const std::vector<std::uint8_t>> list,
                                             const x509::certificate_view& subject) {
    const auto found = std::ranges::find_if(list, [&subject](const auto& der) {
        x509::certificate_view candidate;
        return !x509::parse_certificate(der, candidate) && !equal(der, subject.der) &&
               issued(candidate, subject);
    });
    return found == list.end() ? nullptr : &*found;
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
    return certificate{.subject = detail::read_name(view.subject),
                       .issuer = detail::read_name(view.issuer),
                       .subjectaltname = detail::general_names_text(view.subject_alt_name),
                       .valid_from = time_text(view.not_before),
                       .valid_to = time_text(view.not_after),
                       .fingerprint = fingerprint_of(der, spi::digest_algorithm::sha1, with),
                       .fingerprint256 = fingerprint_of(der, spi::digest_algorithm::sha256, with),
                       .fingerprint512 = fingerprint_of(der, spi::digest_algorithm::sha512, with),
                       .serial_number = serial_text(view.serial_number),
                       .ext_key_usage = purposes_of(view.ext_key_usage),
                       .ca = view.is_ca,
                       .raw = {der.begin(), der.end()}};
}

result<certificate> link_chain(std::span<const std::vector<std::uint8_t>> sent,
                               std::span<const std::vector<std::uint8_t>> anchors,
                               backend with) {
    std::vector<const std::vector<std::uint8_t>*> path;
    const std::vector<std::uint8_t>* next = sent.empty() ? nullptr : sent.data();
    x509::certificate_view view;
    // A certificate that comes again would lead round in a circle.
    while (next != nullptr && std::ranges::find(path, next) == path.end()) {
        if (x509::parse_certificate(*next, view)) {
            break;
        }
        path.push_back(next);
        next = view.self_issued() ? nullptr : find_issuer(sent, view);
        if (next == nullptr && !view.self_issued()) {
            next = find_issuer(anchors, view);
        }
    }
    result<certificate> linked = tl::make_unexpected(make_failure(errc::bad_certificate));
    for (auto der = path.rbegin(); der != path.rend(); ++der) {
        auto parsed = parse_certificate(**der, with);
        if (parsed && linked) {
            parsed->issuer_certificate = std::make_shared<const certificate>(*std::move(linked));
        }
        linked = std::move(parsed);
    }
    return linked;
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
