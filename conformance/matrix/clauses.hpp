#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace polytls::conformance {

/// A clause of the documented behaviour.
struct clause {
    std::string id;       ///< "M-connect-reject".
    std::string promise;  ///< What it promises, in a sentence.
    std::string heading;  ///< The part of the document it stands in.
};

/// Reads clauses.md: lines that begin with an id, under "##" headings, in their order.
std::vector<clause> read_clauses(const std::filesystem::path& file);

/// Reads the list of clauses that no test claims yet, each with the reason after it; '#' begins a
/// comment.
std::map<std::string, std::string> read_pending(const std::filesystem::path& file);

}  // namespace polytls::conformance
