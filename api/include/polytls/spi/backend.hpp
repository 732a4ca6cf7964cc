#pragma once

#include <polytls/core/capability.hpp>
#include <polytls/core/memory_hooks.hpp>
#include <polytls/spi/context.hpp>

#include <span>
#include <string_view>

namespace polytls::spi {

/// Digests that certificates are known by.
enum class digest_algorithm : std::uint8_t { sha1, sha256, sha512 };

/// Takes what a PKCS#12 file holds. Views end with the calls.
class pkcs12_contents {
public:
    virtual void key(bytes der) noexcept = 0;
    /// The one that goes with the key first.
    virtual void certificate(bytes der) noexcept = 0;

protected:
    ~pkcs12_contents() = default;
};

/// A TLS library, as an adapter presents it. One object per process, used by all threads; every
/// view it returns lives for ever.
class backend {
public:
    /// "openssl", "mbedtls" or "wolfssl".
    virtual std::string_view name() const noexcept = 0;

    /// The version of the library that runs, as "3.0.19".
    virtual std::string_view version() const noexcept = 0;

    /// What it can do and what not, each with the reason.
    virtual capability_report capabilities() const noexcept = 0;

    /// The versions it can speak.
    virtual version_range versions() const noexcept = 0;

    /// Every suite it can negotiate, those that are fast on it first.
    virtual std::span<const cipher_suite_id> cipher_suites() const noexcept = 0;

    /// Every group it can use, in order of preference.
    virtual std::span<const named_group> groups() const noexcept = 0;

    /// Where memory for connections on this backend comes from.
    virtual const memory_hooks& memory() const noexcept = 0;

    /// Makes a context, or says which input was at fault.
    virtual config_error make_context(const context_config& config,
                                      handle<context>& made) noexcept = 0;

    /// Parses trust anchors to be shared. Those the library cannot read are passed over, since a
    /// system's bundle may hold some; `errc::no_root_certificates` when none is left.
    virtual status make_anchor_set(std::span<const bytes> anchors,
                                   handle<anchor_set>& made) noexcept = 0;

    /// Opens a PKCS#12 file (RFC 7292). `errc::bad_pkcs12` when it is none or holds no key with its
    /// certificate, `errc::wrong_passphrase`, `errc::unsupported_by_backend` for an encryption that
    /// the library does not have.
    virtual status
    read_pkcs12(bytes data, std::string_view passphrase, pkcs12_contents& contents) noexcept = 0;

    /// Computes a digest into `output` and returns its size in bytes; 0 when `output` is too small.
    virtual std::size_t
    digest(digest_algorithm algorithm, bytes data, mutable_bytes output) const noexcept = 0;

    /// Writes the library's own text for one of its error numbers into `text`, and returns its
    /// length in bytes; 0 when it has none.
    virtual std::size_t describe(std::int32_t native, std::span<char> text) const noexcept = 0;

protected:
    ~backend() = default;
};

}  // namespace polytls::spi
