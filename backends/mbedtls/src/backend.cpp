#include "capabilities.hpp"
#include "compat.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "pkcs12.hpp"
#include "trust.hpp"

#include <polytls/mbedtls/backend.hpp>
#include <polytls/spi/backend.hpp>

#include <mbedtls/md.h>

#include <array>

namespace polytls::mbedtls {
namespace {

mbedtls_md_type_t type_of(spi::digest_algorithm algorithm) noexcept {
    switch (algorithm) {
    case spi::digest_algorithm::sha1:
        return MBEDTLS_MD_SHA1;
    case spi::digest_algorithm::sha256:
        return MBEDTLS_MD_SHA256;
    case spi::digest_algorithm::sha512:
        return MBEDTLS_MD_SHA512;
    }
    return MBEDTLS_MD_NONE;
}

/// The version of the library that runs, asked for once.
class version_text {
public:
    version_text() noexcept { mbedtls_version_get_string(text_.data()); }

    std::string_view text() const noexcept { return text_.data(); }

private:
    std::array<char, 18> text_{};  // As much as mbedTLS asks for, and more.
};

class backend final : public spi::backend {
public:
    std::string_view name() const noexcept override { return "mbedtls"; }

    std::string_view version() const noexcept override {
        static const version_text running;
        return running.text();
    }

    capability_report capabilities() const noexcept override { return mbedtls::capabilities(); }

    version_range versions() const noexcept override {
        return {protocol_version::tls1_2, protocol_version::tls1_2};
    }

    std::span<const cipher_suite_id> cipher_suites() const noexcept override {
        return mbedtls::cipher_suites();
    }

    std::span<const named_group> groups() const noexcept override { return mbedtls::groups(); }

    /// Of the adapter's own objects. Debian's mbedTLS is built to take the C library's memory and
    /// no other (MBEDTLS_PLATFORM_MEMORY is off); where that is on, whose memory mbedTLS takes is
    /// for the program to say, since it holds for the whole process.
    const memory_hooks& memory() const noexcept override { return c_library_memory(); }

    spi::config_error make_context(const spi::context_config& config,
                                   spi::handle<spi::context>& made) noexcept override {
        return context::make(config, made);
    }

    status make_anchor_set(std::span<const bytes> anchors,
                           spi::handle<spi::anchor_set>& made) noexcept override {
        return mbedtls::make_anchor_set(anchors, made);
    }

    status read_pkcs12(bytes data,
                       std::string_view passphrase,
                       spi::pkcs12_contents& contents) noexcept override {
        return mbedtls::read_pkcs12(data, passphrase, contents);
    }

    std::size_t digest(spi::digest_algorithm algorithm,
                       bytes data,
                       mutable_bytes output) const noexcept override {
        const mbedtls_md_info_t* method = mbedtls_md_info_from_type(type_of(algorithm));
        const std::size_t size = mbedtls_md_get_size(method);
        return output.size() >= size &&
                       mbedtls_md(method, data.data(), data.size(), output.data()) == 0
                   ? size
                   : 0;
    }

    std::size_t describe(std::int32_t native, std::span<char> text) const noexcept override {
        return describe_error(native, text);
    }
};

}  // namespace

spi::backend& the_backend() noexcept {
    // It has no state and nothing to destroy: contexts that outlive main may still refer to it.
    static constinit backend only;
    return only;
}

}  // namespace polytls::mbedtls
