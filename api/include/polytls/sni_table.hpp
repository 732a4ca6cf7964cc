#pragma once

#include <polytls/secure_context.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace polytls {

/// Which context serves which name (manual: server.addContext). Names compare without case; an
/// exact name goes before a wildcard ("*.example.com" stands for one label), a longer wildcard
/// before a shorter one.
class sni_table {
public:
    /// Adds a context for a name or wildcard; a later one of the same name replaces the earlier.
    /// `errc::bad_server_name` for a name that is neither.
    result<void> add(std::string_view hostname, secure_context context);

    /// Whether there was such a name.
    bool remove(std::string_view hostname);

    /// The context for a name; empty when none matches.
    secure_context find(std::string_view servername) const;

    bool empty() const noexcept { return entries_.empty(); }

private:
    std::vector<std::pair<std::string, secure_context>> entries_;
};

}  // namespace polytls
