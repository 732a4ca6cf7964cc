#include "trust.hpp"

#include "errors.hpp"
#include "key_material.hpp"
#include "memory.hpp"

#include <polytls/core/x509.hpp>

namespace polytls::mbedtls {

void shared_anchors::release() noexcept {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        unmake(this);
    }
}

trust::~trust() {
    // Own anchors go on into the shared ones, which are not to be freed with them.
    if (last_own_ != nullptr) {
        last_own_->next = nullptr;
    }
    if (shared_ != nullptr) {
        shared_->release();
    }
}

spi::config_error trust::read(const spi::trust_config& config) noexcept {
    const auto& [anchors, shared, crls, allow_partial_chain] = config;
    allows_partial_chain_ = allow_partial_chain;
    for (std::size_t i = 0; i < anchors.size(); ++i) {
        if (const status bad = add_certificate(anchors[i], *own_)) {
            const errc code = bad.code == errc::bad_certificate ? errc::bad_ca : bad.code;
            return {{.code = code, .native = bad.native}, spi::config_input::anchor, i};
        }
        has_own_ = true;
    }
    if (shared != nullptr) {
        // Made by this backend, which alone may change it.
        shared_ = const_cast<shared_anchors*>(static_cast<const shared_anchors*>(shared));
        shared_->hold();
    }
    if (has_own_ && shared_ != nullptr) {
        last_own_ = own_.get();
        while (last_own_->next != nullptr) {
            last_own_ = last_own_->next;
        }
        last_own_->next = &shared_->list();
    }
    return read_crls(crls);
}

spi::config_error trust::read_crls(std::span<const bytes> crls) noexcept {
    for (std::size_t i = 0; i < crls.size(); ++i) {
        x509::der_reader reader(crls[i]);
        x509::der_element element;
        const bool whole = reader.next(element) && reader.finished();
        const int result =
            whole ? mbedtls_x509_crl_parse_der(crls_.get(), crls[i].data(), crls[i].size())
                  : MBEDTLS_ERR_X509_INVALID_FORMAT;
        if (result != 0) {
            const errc code = is_out_of_memory(result) ? errc::no_memory : errc::bad_crl;
            return {{.code = code, .native = result}, spi::config_input::crl, i};
        }
        has_crls_ = true;
    }
    return {};
}

mbedtls_x509_crt* trust::anchors() const noexcept {
    if (has_own_) {
        return own_.get();
    }
    return shared_ != nullptr ? &shared_->list() : nullptr;
}

status make_anchor_set(std::span<const bytes> anchors,
                       spi::handle<spi::anchor_set>& made) noexcept {
    auto* set = make<shared_anchors>();
    if (set == nullptr) {
        return {.code = errc::no_memory};
    }
    spi::handle<spi::anchor_set> owner(set);
    std::size_t usable = 0;
    for (const bytes der : anchors) {
        const status bad = add_certificate(der, set->list());
        if (bad.code == errc::no_memory) {
            return bad;
        }
        usable += bad ? 0U : 1U;
    }
    if (usable == 0) {
        return {.code = errc::no_root_certificates};
    }
    made = std::move(owner);
    return {};
}

}  // namespace polytls::mbedtls
