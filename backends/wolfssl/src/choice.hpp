#pragma once

#include "context.hpp"

#include <polytls/core/client_hello.hpp>

namespace polytls::wolfssl {

/// What a server decides on the client's hello before wolfSSL sees it: wolfSSL cannot change its
/// identity later, and tells the ways to have nothing in common badly apart.
struct server_choice {
    std::size_t identity = 0;  ///< Its place among the context's.
    status refusal{};          ///< There is nothing in common.
};

server_choice choose(const context& of, const client_hello& hello) noexcept;

/// Whether a suite's keys are agreed on by numbers of the server's own (DHE).
bool is_dhe(cipher_suite_id suite) noexcept;

/// Writes what both can sign with, in the client's order; returns how many there are.
std::size_t shared_schemes(const context& of,
                           const client_hello& hello,
                           std::span<signature_scheme> schemes) noexcept;

/// The same of groups.
std::size_t
shared_groups(const context& of, const client_hello& hello, std::span<named_group> groups) noexcept;

}  // namespace polytls::wolfssl
