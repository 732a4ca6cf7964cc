#pragma once

#include <polytls/core/capability.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/result.hpp>

#include <span>
#include <string>
#include <string_view>

namespace polytls {

namespace spi {
class backend;
}

/// A TLS library that polytls stands on. A cheap value; every view it gives lives for ever.
class backend {
public:
    explicit backend(spi::backend& implementation) noexcept : implementation_(&implementation) {}

    /// "openssl", "mbedtls" or "wolfssl".
    std::string_view name() const noexcept;

    /// The version of the library that runs, as "3.0.19".
    std::string_view version() const noexcept;

    /// What it can do and what not, each with the reason.
    capability_report capabilities() const noexcept;

    /// The versions of TLS it can speak.
    version_range versions() const noexcept;

    /// Whether it can do something, at least in part.
    bool supports(feature wanted) const noexcept;

    /// The failure for asking it for what it cannot do: `errc::unsupported_by_backend`, with the
    /// report's reason.
    failure refusal(feature wanted) const;

    spi::backend& implementation() const noexcept { return *implementation_; }

    friend bool operator==(const backend&, const backend&) noexcept = default;

private:
    spi::backend* implementation_;
};

/// The backends built in, the default one first. Never empty. Defined by the registry that the
/// build generates (CMake: POLYTLS_BACKENDS, POLYTLS_DEFAULT_BACKEND).
std::span<spi::backend* const> registered_backends() noexcept;

/// The backend that contexts use when they name none.
inline backend default_backend() noexcept {
    return backend(*registered_backends().front());
}

/// Finds a backend by name among `candidates`; `errc::unknown_backend` with the names there are.
result<backend> find_backend(std::string_view name, std::span<spi::backend* const> candidates);

/// Finds a backend that is built in by its name.
inline result<backend> find_backend(std::string_view name) {
    return find_backend(name, registered_backends());
}

}  // namespace polytls
