#include "path.hpp"

#include "verify.hpp"

#include <polytls/core/x509.hpp>

#include <algorithm>
#include <chrono>

namespace polytls::mbedtls {
namespace {

std::chrono::seconds unix_time(const mbedtls_x509_time& time) noexcept {
    const std::chrono::sys_days day =
        std::chrono::year(time.year) / time.mon / time.day;  // In UTC, as X.509 has it.
    return day.time_since_epoch() + std::chrono::hours(time.hour) + std::chrono::minutes(time.min) +
           std::chrono::seconds(time.sec);
}

bool same(const mbedtls_asn1_buf& one, const mbedtls_asn1_buf& other) noexcept {
    return std::ranges::equal(view_of(one), view_of(other));
}

bool is_same(const mbedtls_x509_crt& one, const mbedtls_x509_crt& other) noexcept {
    return same(one.raw, other.raw);
}

/// Whether a certificate says that its issuer has another key (RFC 5280, section 4.2.1.1).
bool names_other_key(const mbedtls_x509_crt& child, const mbedtls_x509_crt& issuer) noexcept {
    x509::certificate_view below;
    x509::certificate_view above;
    if (x509::parse_certificate(view_of(child.raw), below) ||
        x509::parse_certificate(view_of(issuer.raw), above)) {
        return false;
    }
    return !below.authority_key_id.empty() && !above.subject_key_id.empty() &&
           !std::ranges::equal(below.authority_key_id, above.subject_key_id);
}

/// mbedTLS only reads keys to verify with, though it does not say so.
mbedtls_pk_context& key_of(const mbedtls_x509_crt& certificate) noexcept {
    return const_cast<mbedtls_pk_context&>(certificate.pk);
}

bool is_signed_by(const mbedtls_x509_crt& child, const mbedtls_x509_crt& issuer) noexcept {
    return compat::is_signed_by(child, view_of(child.tbs), key_of(issuer));
}

fault dates_of(const mbedtls_x509_crt& certificate, std::chrono::seconds now) noexcept {
    fault found = fault::none;
    if (now > unix_time(certificate.valid_to)) {
        found |= fault::expired;
    }
    if (now < unix_time(certificate.valid_from)) {
        found |= fault::not_yet_valid;
    }
    return found;
}

fault dates_of(const mbedtls_x509_crl& list, std::chrono::seconds now) noexcept {
    fault found = fault::none;
    // A list need not say when the next one comes.
    if (list.next_update.year != 0 && now > unix_time(list.next_update)) {
        found |= fault::crl_expired;
    }
    if (now < unix_time(list.this_update)) {
        found |= fault::crl_not_yet_valid;
    }
    return found;
}

}  // namespace

bool path::add(const mbedtls_x509_crt& certificate, fault faults, bool trusted) noexcept {
    if (size_ == longest) {
        return false;
    }
    certificates_[size_] = &certificate;
    elements_[size_++] = {.der = view_of(certificate.raw), .faults = faults};
    refused_ = unexplained_ = !trusted;
    return true;
}

void path::complete() noexcept {
    if (size_ == 0) {
        return;
    }
    end().anchor = !refused_;
    while (extend()) {
    }
    const std::chrono::seconds now = now_.unix_time;
    for (std::size_t i = 0; i < size_; ++i) {
        elements_[i].faults |= dates_of(*certificates_[i], now);
        if (has_weak_key(*certificates_[i])) {
            elements_[i].faults |= fault::weak_key;
        }
        if (trust_->crls() != nullptr) {
            elements_[i].faults |= faults_of_revocation(i);
        }
    }
}

bool path::is_flawless() const noexcept {
    return size_ != 0 && !refused_ && std::ranges::all_of(elements(), [](const auto& one) {
               return one.faults == fault::none;
           });
}

bool path::has(const mbedtls_x509_crt& certificate) const noexcept {
    return std::any_of(certificates_.begin(),
                       certificates_.begin() + static_cast<std::ptrdiff_t>(size_),
                       [&certificate](const auto* one) { return is_same(*one, certificate); });
}

bool path::is_anchor(const mbedtls_x509_crt& certificate) const noexcept {
    for (const mbedtls_x509_crt* one = trust_->anchors(); one != nullptr; one = one->next) {
        if (is_same(*one, certificate)) {
            return true;
        }
    }
    return false;
}

const mbedtls_x509_crt* path::issuer_among(const mbedtls_x509_crt* list) const noexcept {
    const mbedtls_x509_crt* of_that_name = nullptr;
    for (; list != nullptr; list = list->next) {
        if (list->raw.p == nullptr || !same(list->subject_raw, last().issuer_raw) || has(*list) ||
            names_other_key(last(), *list)) {
            continue;
        }
        if (is_signed_by(last(), *list)) {
            return list;
        }
        of_that_name = list;
    }
    return of_that_name;
}

const mbedtls_x509_crt* path::issuer_of_last() const noexcept {
    const mbedtls_x509_crt* anchor = issuer_among(trust_->anchors());
    if (anchor != nullptr && is_signed_by(last(), *anchor)) {
        return anchor;
    }
    const mbedtls_x509_crt* other = issuer_among(sent_);
    return other != nullptr ? other : anchor;
}

/// Adds the issuer of the path's last certificate; false where it ends.
bool path::extend() noexcept {
    const bool anchored = end().anchor;
    if (anchored && (is_self_issued(last()) || trust_->allows_partial_chain())) {
        return false;
    }
    const mbedtls_x509_crt* issuer = is_self_issued(last()) ? nullptr : issuer_of_last();
    if (issuer == nullptr) {
        if (!anchored) {
            end().faults |= fault::issuer_unknown;
        }
        return false;
    }
    if (size_ == longest) {
        end().faults |= fault::chain_too_long;
        return false;
    }
    if (!is_signed_by(last(), *issuer)) {
        end().faults |= fault::bad_signature;
    }
    if (is_weakly_signed(last())) {
        end().faults |= fault::weak_digest;
    }
    const fault unfit = fault_of_issuer(*issuer);
    // There may be nothing wrong but that mbedTLS says so, as when a chain is out of order.
    if (unexplained_ && unfit == fault::none && !polytls::has(end().faults, fault::bad_signature)) {
        end().faults |= fault::other;
    }
    unexplained_ = false;
    certificates_[size_] = issuer;
    elements_[size_++] = {
        .der = view_of(issuer->raw), .faults = unfit, .anchor = is_anchor(*issuer)};
    return true;
}

fault path::fault_of_issuer(const mbedtls_x509_crt& issuer) const noexcept {
    fault found = fault::none;
    if (!compat::is_ca(issuer) || !compat::allows_usage(issuer, MBEDTLS_X509_KU_KEY_CERT_SIGN)) {
        found |= fault::not_a_ca;
    }
    // Neither the leaf nor what is self-issued counts (RFC 5280, section 4.2.1.9).
    int between = 0;
    for (std::size_t i = 1; i < size_; ++i) {
        between += is_self_issued(*certificates_[i]) ? 0 : 1;
    }
    if (compat::path_length(issuer) >= 0 && between > compat::path_length(issuer)) {
        found |= fault::path_too_long;
    }
    return found;
}

fault path::faults_of_revocation(std::size_t place) const noexcept {
    const mbedtls_x509_crt& certificate = *certificates_[place];
    const mbedtls_x509_crl* list = nullptr;
    for (const mbedtls_x509_crl* one = trust_->crls(); one != nullptr; one = one->next) {
        // Of several lists of one issuer, the one that holds today counts.
        if (same(one->issuer_raw, certificate.issuer_raw) &&
            (list == nullptr || dates_of(*list, now_.unix_time) != fault::none)) {
            list = one;
        }
    }
    const mbedtls_x509_crt* issuer = place + 1 < size_             ? certificates_[place + 1]
                                     : is_self_issued(certificate) ? &certificate
                                                                   : nullptr;
    if (list == nullptr || issuer == nullptr) {
        return fault::crl_missing;
    }
    fault found = dates_of(*list, now_.unix_time);
    if (!compat::is_signed_by(*list, view_of(list->tbs), key_of(*issuer))) {
        found |= fault::crl_bad_signature;
    }
    if (!compat::allows_usage(*issuer, MBEDTLS_X509_KU_CRL_SIGN)) {
        found |= fault::other;
    }
    if (mbedtls_x509_crt_is_revoked(&certificate, list) != 0) {
        found |= fault::revoked;
    }
    return found;
}

}  // namespace polytls::mbedtls
