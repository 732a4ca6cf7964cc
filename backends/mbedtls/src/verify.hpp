#pragma once

#include "handles.hpp"
#include "trust.hpp"

#include <polytls/core/progress.hpp>
#include <polytls/spi/peer_judge.hpp>

#include <array>

namespace polytls::mbedtls {

/// What mbedTLS says of each certificate of a path while it verifies.
class chain_record {
public:
    struct element {
        mbedtls_x509_crt* certificate = nullptr;
        std::uint32_t flags = 0;
    };

    void clear() noexcept { size_ = 0; }

    std::span<const element> elements() const noexcept { return std::span(elements_).first(size_); }

    /// mbedTLS's callback, with a record as its context: notes, and changes nothing.
    static int note(void* record, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags);

private:
    /// A leaf, as many issuers as mbedTLS goes through, and an anchor.
    std::array<element, MBEDTLS_X509_MAX_INTERMEDIATE_CA + 2> elements_{};
    std::size_t size_ = 0;
};

/// Puts to `judge` what mbedTLS found out about a chain, which the peer sent as `sent`; `flags` are
/// those of the whole.
spi::peer_judgement judge_chain(const chain_record& found,
                                std::uint32_t flags,
                                const mbedtls_x509_crt& sent,
                                const trust& by,
                                spi::peer_judge& judge) noexcept;

/// As `spi::context::examine_chain`.
status examine_chain(std::span<const bytes> chain,
                     role peer,
                     const trust& by,
                     spi::peer_judge& judge) noexcept;

/// What certificates may be signed with, and how strong keys have to be.
const mbedtls_x509_crt_profile& profile() noexcept;

bool is_self_issued(const mbedtls_x509_crt& certificate) noexcept;

/// Its key is refused by `profile()`.
bool has_weak_key(const mbedtls_x509_crt& certificate) noexcept;

/// It is signed with a digest that `profile()` refuses.
bool is_weakly_signed(const mbedtls_x509_crt& certificate) noexcept;

}  // namespace polytls::mbedtls
