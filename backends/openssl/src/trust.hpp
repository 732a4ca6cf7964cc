#pragma once

#include "handles.hpp"

#include <polytls/spi/configuration.hpp>
#include <polytls/spi/handle.hpp>

namespace polytls::openssl {

/// Gives an SSL_CTX its trust anchors. Anchors shared between contexts are used where they are.
spi::config_error use_trust(SSL_CTX* ctx, const spi::trust_config& trust) noexcept;

status make_anchor_set(std::span<const bytes> anchors, spi::handle<spi::anchor_set>& made) noexcept;

}  // namespace polytls::openssl
