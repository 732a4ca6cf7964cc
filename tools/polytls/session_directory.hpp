#pragma once

#include <polytls/core/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace polytls::tool {

/// Sessions in a folder, a file each, named by the id: a store that several servers can share.
class session_directory {
public:
    explicit session_directory(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Why it cannot be used; nothing when it can.
    std::optional<std::string> check() const;

    /// Keeps a session; what cannot be written is not kept.
    void put(bytes id, bytes data) const;

    /// The session of an id; empty when there is none.
    std::vector<std::uint8_t> get(bytes id) const;

private:
    std::filesystem::path folder_;
};

/// An id as people read it.
std::string to_hex(bytes id);

}  // namespace polytls::tool
