#pragma once

#include "pki.hpp"

#include <polytls/core/bytes.hpp>
#include <polytls/core/signature_scheme.hpp>

#include <cstdint>
#include <vector>

namespace polytls::testkit {

/// What someone who has the credential's key signs, as a smart card would.
std::vector<std::uint8_t> sign(const credential& with, signature_scheme as, bytes input);

}  // namespace polytls::testkit
