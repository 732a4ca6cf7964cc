#pragma once

#include "shown_certificate.hpp"

#include <polytls/secure_context.hpp>
#include <polytls/sign_callback.hpp>
#include <polytls/spi/context.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace polytls {

/// What the copies of a context share.
struct secure_context::state {
    polytls::backend backend;
    spi::handle<spi::context> made{};

    /// DER of the trusted certificates: the option `ca`, else the system's roots. Never null.
    std::shared_ptr<const std::vector<std::vector<std::uint8_t>>> trusted{};

    /// Our certificates, one for each type of key.
    std::vector<detail::shown_certificate> shown{};

    bool npn = false;

    /// Signs for `shown`; empty where the backend has the keys.
    polytls::sign_callback sign{};

    /// The same as a view, for following a peer's chain to its root.
    std::span<const std::vector<std::uint8_t>> anchors() const noexcept { return *trusted; }
};

}  // namespace polytls
