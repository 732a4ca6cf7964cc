#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace polytls::conformance {

/// What the tests of one clause came to on one backend.
struct cell {
    int passed = 0;
    int failed = 0;
    std::set<std::string> refusals;  ///< Reasons why the backend's library cannot do it.
};

/// Clause id, then backend, to what its tests came to.
using results = std::map<std::string, std::map<std::string, cell>>;

/// Adds the tests of a GoogleTest report (--gtest_output=json) to `into`.
///
/// A suite's name is its clause's id with '_' for '-'; a parameter's name begins with the backend
/// or backends it speaks of, which must be among `backends`. A test that shows a refusal has
/// recorded the property "refused" with the reason.
void add_report(const std::filesystem::path& file,
                const std::vector<std::string>& backends,
                results& into);

}  // namespace polytls::conformance
