#pragma once

#include "trust.hpp"

#include <polytls/core/status.hpp>
#include <polytls/spi/peer_judge.hpp>

#include <span>

namespace polytls::wolfssl {

/// Examines the chain a peer has shown (DER, leaf first, at least one), and puts what is found to
/// `judge`. `refused` says that wolfSSL refused the leaf: where nothing else is found, that is a
/// fault.
spi::peer_judgement examine(const trust& by,
                            std::span<const bytes> sent,
                            role peer,
                            bool refused,
                            spi::peer_judge& judge) noexcept;

/// As `spi::context::examine_chain`.
status examine_chain(const trust& by,
                     std::span<const bytes> chain,
                     role peer,
                     spi::peer_judge& judge) noexcept;

}  // namespace polytls::wolfssl
