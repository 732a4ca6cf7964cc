#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace polytls {

/// Protocols for NPN in any of the manual's forms: names, or NPN's wire format (each name after its
/// length in one byte), in one piece or in several.
class npn_list {
public:
    npn_list() = default;

    npn_list(std::initializer_list<std::string_view> names) : names_(names.begin(), names.end()) {}

    explicit npn_list(std::vector<std::string> names) : names_(std::move(names)) {}

    /// Wire format; what is malformed is found where the list is used.
    static npn_list from_wire(std::vector<std::uint8_t> wire) {
        npn_list list;
        list.wire_ = std::move(wire);
        return list;
    }

    /// Several pieces of it, one after the other.
    static npn_list from_wire(const std::vector<std::vector<std::uint8_t>>& pieces) {
        npn_list list;
        for (const auto& piece : pieces) {
            list.wire_.insert(list.wire_.end(), piece.begin(), piece.end());
        }
        return list;
    }

    bool empty() const noexcept { return names_.empty() && wire_.empty(); }

    const std::vector<std::string>& names() const noexcept { return names_; }

    const std::vector<std::uint8_t>& wire() const noexcept { return wire_; }

private:
    std::vector<std::string> names_;
    std::vector<std::uint8_t> wire_;
};

}  // namespace polytls
