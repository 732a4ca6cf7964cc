#pragma once

#include "link.hpp"

#include <span>

namespace polytls::contract {

/// What shows that a report says what is so of one feature. Each function holds its expectations,
/// and may be called on any backend: where the report says otherwise, they must fail.
struct proof {
    feature of;
    void (*works)();
    void (*refuses)();
    /// What works in part, and the refusal of the rest. Null where "limited" has no meaning of its
    /// own: then `works` has to hold.
    void (*limits)() = nullptr;
};

/// The proofs, by subject.
std::span<const proof> protocol_proofs();
std::span<const proof> session_proofs();
std::span<const proof> identity_proofs();
std::span<const proof> verification_proofs();
std::span<const proof> key_proofs();

/// Makes both contexts and shakes hands over `link`; false, with a failure of the test, where it
/// does not come about that both complete.
bool shakes_hands(link& over, const context_recipe& client, const context_recipe& server);

/// The same with one recipe for a client that trusts, and a server that shows `leaf()`, in a
/// version.
bool shakes_hands(link& over, protocol_version version);

/// Expects that no context can be made so, for want of a feature.
void expect_denied(const context_recipe& recipe, spi::config_input input, std::size_t index = 0);

/// Expects that no engine can be made so, for want of a feature.
void expect_denied(const spi::engine_config& config);

}  // namespace polytls::contract
