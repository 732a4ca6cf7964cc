#include "trust.hpp"

#include "certificate.hpp"
#include "clock.hpp"
#include "crl.hpp"
#include "memory.hpp"

#include <wolfssl/wolfcrypt/error-crypt.h>

#include <array>
#include <utility>

namespace polytls::wolfssl {
namespace {

int load(WOLFSSL_CERT_MANAGER* manager, bytes der) noexcept {
    x509::certificate_view certificate;
    if (x509::parse_certificate(der, certificate)) {
        return ASN_PARSE_E;
    }
    // Dates are for the verdict to judge; wolfSSL would not take an anchor that is out of date.
    const clock_scope within(certificate.not_before);
    return wolfSSL_CertManagerLoadCABuffer(manager, der.data(), static_cast<long>(der.size()),
                                           SSL_FILETYPE_ASN1);
}

}  // namespace

bool certificate_list::add(bytes der) noexcept {
    const std::size_t before = all_.size();
    const auto size = static_cast<std::uint32_t>(der.size());
    const std::array<std::uint8_t, size_field> field = {
        static_cast<std::uint8_t>(size >> 24U), static_cast<std::uint8_t>(size >> 16U),
        static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)};
    if (!all_.append(field) || !all_.append(der)) {
        static_cast<void>(all_.resize(before));
        return false;
    }
    ++count_;
    return true;
}

std::size_t certificate_list::read_size(bytes at) noexcept {
    return std::size_t{at[0]} << 24U | std::size_t{at[1]} << 16U | std::size_t{at[2]} << 8U | at[3];
}

bool anchors::prepare() noexcept {
    manager.reset(wolfSSL_CertManagerNew());
    return manager != nullptr;
}

status anchors::add(bytes der) noexcept {
    if (!traits_of(der).readable) {
        return {.code = errc::bad_ca};
    }
    const int loaded = load(manager.get(), der);
    if (loaded != WOLFSSL_SUCCESS) {
        return {.code = errc::bad_ca, .native = loaded};
    }
    return list.add(der) ? status{} : status{.code = errc::no_memory};
}

void shared_anchors::drop() const noexcept {
    if (--owners_ == 0) {
        unmake(const_cast<shared_anchors*>(this));
    }
}

trust::~trust() {
    if (shared_ != nullptr) {
        shared_->drop();
    }
}

spi::config_error trust::configure(const spi::trust_config& config) noexcept {
    const auto& [own, shared, crls, allow_partial_chain] = config;
    partial_ = allow_partial_chain;
    if (shared != nullptr) {
        shared_ = static_cast<const shared_anchors*>(shared);
        shared_->retain();
    }
    for (std::size_t i = 0; i < crls.size(); ++i) {
        if (!is_revocation_list(crls[i])) {
            return {{.code = errc::bad_crl}, spi::config_input::crl, i};
        }
        if (!crls_.add(crls[i])) {
            return {{.code = errc::no_memory}};
        }
    }
    if (!own_.prepare()) {
        return {{.code = errc::no_memory}};
    }
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (const status bad = own_.add(own[i])) {
            return {bad, spi::config_input::anchor, i};
        }
    }
    if (shared_ != nullptr && !shares_manager()) {
        WOLFSSL_CERT_MANAGER* all = own_.manager.get();
        shared_->get().list.any([all](bytes der) { return load(all, der) == MEMORY_E; });
    }
    return {};
}

bool trust::shares_manager() const noexcept {
    return shared_ != nullptr && own_.list.empty();
}

bool trust::use(WOLFSSL_CTX* ctx) const noexcept {
    WOLFSSL_CERT_MANAGER* manager =
        shares_manager() ? shared_->get().manager.get() : own_.manager.get();
    WOLFSSL_X509_STORE* store = wolfSSL_X509_STORE_new();
    if (store == nullptr) {
        return false;
    }
    if (wolfSSL_CertManager_up_ref(manager) != WOLFSSL_SUCCESS) {
        wolfSSL_X509_STORE_free(store);
        return false;
    }
    wolfSSL_CertManagerFree(store->cm);
    store->cm = manager;
    wolfSSL_CTX_set_cert_store(ctx, store);
    return true;
}

status make_anchor_set(std::span<const bytes> from, spi::handle<spi::anchor_set>& made) noexcept {
    anchors usable;
    if (!usable.prepare()) {
        return {.code = errc::no_memory};
    }
    for (const bytes der : from) {
        if (usable.add(der).code == errc::no_memory) {
            return {.code = errc::no_memory};
        }
    }
    if (usable.list.empty()) {
        return {.code = errc::no_root_certificates};
    }
    made.reset(make<shared_anchors>(std::move(usable)));
    return made ? status{} : status{.code = errc::no_memory};
}

}  // namespace polytls::wolfssl
