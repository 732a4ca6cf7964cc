#include "capabilities.hpp"
#include "compat.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "pkcs12.hpp"
#include "trust.hpp"

#include <polytls/openssl/backend.hpp>
#include <polytls/spi/backend.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

namespace polytls::openssl {
namespace {

/// Fetched once for the life of the process: what EVP_sha256 and the like give is fetched at each
/// use, which takes longer than to digest a name. Null without memory.
const EVP_MD* method_of(spi::digest_algorithm algorithm) noexcept {
    static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
    switch (algorithm) {
    case spi::digest_algorithm::sha1:
        return sha1;
    case spi::digest_algorithm::sha256:
        return sha256;
    case spi::digest_algorithm::sha512:
        return sha512;
    }
    return nullptr;
}

class backend final : public spi::backend {
public:
    std::string_view name() const noexcept override { return "openssl"; }

    std::string_view version() const noexcept override {
        return OpenSSL_version(OPENSSL_VERSION_STRING);
    }

    capability_report capabilities() const noexcept override { return openssl::capabilities(); }

    version_range versions() const noexcept override {
        return {protocol_version::tls1_2, protocol_version::tls1_3};
    }

    std::span<const cipher_suite_id> cipher_suites() const noexcept override {
        return openssl::cipher_suites();
    }

    std::span<const named_group> groups() const noexcept override { return openssl::groups(); }

    const memory_hooks& memory() const noexcept override { return c_library_memory(); }

    spi::config_error make_context(const spi::context_config& config,
                                   spi::handle<spi::context>& made) noexcept override {
        return context::make(config, made);
    }

    status make_anchor_set(std::span<const bytes> anchors,
                           spi::handle<spi::anchor_set>& made) noexcept override {
        return openssl::make_anchor_set(anchors, made);
    }

    status read_pkcs12(bytes data,
                       std::string_view passphrase,
                       spi::pkcs12_contents& contents) noexcept override {
        return openssl::read_pkcs12(data, passphrase, contents);
    }

    std::size_t digest(spi::digest_algorithm algorithm,
                       bytes data,
                       mutable_bytes output) const noexcept override {
        const EVP_MD* method = method_of(algorithm);
        unsigned size = 0;
        if (method == nullptr ||
            output.size() < static_cast<std::size_t>(EVP_MD_get_size(method)) ||
            EVP_Digest(data.data(), data.size(), output.data(), &size, method, nullptr) != 1) {
            ERR_clear_error();
            return 0;
        }
        return size;
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

}  // namespace polytls::openssl
