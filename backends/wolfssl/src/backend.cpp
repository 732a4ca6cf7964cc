#include "capabilities.hpp"
#include "clock.hpp"
#include "compat.hpp"
#include "context.hpp"
#include "errors.hpp"
#include "pkcs12.hpp"
#include "trust.hpp"

#include <polytls/spi/backend.hpp>
#include <polytls/wolfssl/backend.hpp>

#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/sha.h>
#include <wolfssl/wolfcrypt/sha256.h>
#include <wolfssl/wolfcrypt/sha512.h>

namespace polytls::wolfssl {
namespace {

struct digest_method {
    wc_HashType type;
    std::size_t size;
};

digest_method method_of(spi::digest_algorithm algorithm) noexcept {
    switch (algorithm) {
    case spi::digest_algorithm::sha1:
        return {WC_HASH_TYPE_SHA, WC_SHA_DIGEST_SIZE};
    case spi::digest_algorithm::sha256:
        return {WC_HASH_TYPE_SHA256, WC_SHA256_DIGEST_SIZE};
    case spi::digest_algorithm::sha512:
        return {WC_HASH_TYPE_SHA512, WC_SHA512_DIGEST_SIZE};
    }
    return {WC_HASH_TYPE_NONE, 0};
}

class backend final : public spi::backend {
public:
    std::string_view name() const noexcept override { return "wolfssl"; }

    std::string_view version() const noexcept override { return wolfSSL_lib_version(); }

    capability_report capabilities() const noexcept override { return wolfssl::capabilities(); }

    version_range versions() const noexcept override {
        return {protocol_version::tls1_2, protocol_version::tls1_3};
    }

    std::span<const cipher_suite_id> cipher_suites() const noexcept override {
        return wolfssl::cipher_suites();
    }

    std::span<const named_group> groups() const noexcept override { return wolfssl::groups(); }

    const memory_hooks& memory() const noexcept override { return c_library_memory(); }

    spi::config_error make_context(const spi::context_config& config,
                                   spi::handle<spi::context>& made) noexcept override {
        return context::make(config, made);
    }

    status make_anchor_set(std::span<const bytes> anchors,
                           spi::handle<spi::anchor_set>& made) noexcept override {
        return wolfssl::make_anchor_set(anchors, made);
    }

    status read_pkcs12(bytes data,
                       std::string_view passphrase,
                       spi::pkcs12_contents& contents) noexcept override {
        return wolfssl::read_pkcs12(data, passphrase, contents);
    }

    std::size_t digest(spi::digest_algorithm algorithm,
                       bytes data,
                       mutable_bytes output) const noexcept override {
        const auto [type, size] = method_of(algorithm);
        // wolfSSL wants a pointer also to nothing.
        const std::uint8_t nothing = 0;
        const std::uint8_t* from = data.empty() ? &nothing : data.data();
        return output.size() >= size && wc_Hash(type, from, static_cast<word32>(data.size()),
                                                output.data(), static_cast<word32>(size)) == 0
                   ? size
                   : 0;
    }

    std::size_t describe(std::int32_t native, std::span<char> text) const noexcept override {
        return describe_error(native, text);
    }
};

bool start_library() noexcept {
    wolfSSL_Init();
    use_own_clock();
    return true;
}

}  // namespace

spi::backend& the_backend() noexcept {
    // Kept for the life of the process: contexts that outlive main may still refer to it.
    static const bool started = start_library();
    static_cast<void>(started);
    static constinit backend only;
    return only;
}

}  // namespace polytls::wolfssl
