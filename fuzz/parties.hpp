#pragma once

#include "target.hpp"

#include <polytls/core/moment.hpp>
#include <polytls/core/progress.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/secure_context.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace polytls::fuzz {

/// Who one end of a conversation shows itself to be. All but `trusted` must never be let in.
enum class persona : std::uint8_t { trusted, stranger, expired, nobody };

/// One end's context, and the certificates its peer is shown.
struct party {
    secure_context context{};
    std::vector<octets> chain{};  ///< DER, leaf first.
};

/// The ranges of versions that conversations are held in; those that the default backend speaks.
std::span<const version_range> version_ranges();

/// The party of the default backend, the same in each run; made once. Servers are "localhost".
const party& party_for(role side, persona who, version_range versions);

/// When all conversations begin.
constexpr moment beginning() noexcept {
    return {.monotonic = std::chrono::milliseconds(1),
            .unix_time = std::chrono::seconds(1'767'225'600)};
}

/// The longest chain that parties show, DER leaf first, its root at the end.
std::vector<octets> sample_chain();

}  // namespace polytls::fuzz
