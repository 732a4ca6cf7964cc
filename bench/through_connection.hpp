#pragma once

#include "contender.hpp"

#include <polytls/spi/backend.hpp>

#include <memory>

namespace polytls::bench {

/// Does the job through `connection`, on a backend.
std::unique_ptr<contender> make_through_connection(spi::backend& backend, const job& wanted);

}  // namespace polytls::bench
