#pragma once

#include "bytes.hpp"
#include "certificates.hpp"
#include "subject.hpp"

#include <polytls/spi/backend.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace polytls::contract {

/// TLS 1.2 and 1.3, as far as the backend has them.
version_range usual_versions();

/// What a context is made from, held by value. Empty lists of suites and groups are the backend's.
struct context_recipe {
    std::vector<std::vector<buffer>> chains{};
    std::vector<std::string> keys{};  ///< PEM.
    bool external_keys = false;       ///< The chains' keys are elsewhere.
    std::vector<buffer> anchors{root().certificate_der()};
    const spi::anchor_set* shared = nullptr;
    std::vector<buffer> crls{};
    bool allow_partial_chain = false;
    version_range versions = usual_versions();
    std::vector<cipher_suite_id> suites{};
    std::vector<named_group> groups{};
    std::vector<signature_scheme> signature_schemes{};
    buffer dh_parameters{};
    bool honor_cipher_order = false;
    bool next_protocols = false;
    bool renegotiation = true;
    spi::session_config session{};

    spi::config_error make(spi::handle<spi::context>& made) const;

    /// The context, which must come about.
    spi::handle<spi::context> made() const;
};

/// A recipe that shows a certificate with its key, and trusts `root()`.
context_recipe showing(const credential& who, version_range versions = usual_versions());

/// A recipe that shows a certificate whose key is elsewhere, and trusts `root()`.
context_recipe showing_without_key(const credential& who, version_range versions);

/// A recipe that shows nothing, and trusts `root()`.
context_recipe trusting(version_range versions = usual_versions());

/// What comes of making a context.
struct outcome {
    errc code;
    spi::config_input input;
    std::size_t index;

    friend bool operator==(const outcome&, const outcome&) = default;
    friend std::ostream& operator<<(std::ostream& out, const outcome& one);
};

inline constexpr outcome fine{errc::ok, spi::config_input::none, 0};

inline outcome outcome_of(const spi::config_error& error) {
    return {error.error.code, error.input, error.index};
}

/// Makes a context and says what came of it. There is one just where nothing was wrong.
outcome make(const context_recipe& recipe);

}  // namespace polytls::contract
