#pragma once

#include <polytls/core/bytes.hpp>

#include <cstddef>

namespace polytls {

/// A list of protocol names in the wire format of ALPN (RFC 7301, section 3.1) and NPN: each name
/// after its length in one byte. A view; ranges over the names.
///
/// Walking a list that is not well formed stops at the fault.
class protocol_list {
public:
    class iterator {
    public:
        using value_type = bytes;
        using difference_type = std::ptrdiff_t;

        iterator() = default;

        explicit iterator(bytes rest) noexcept : rest_(rest) { stop_at_fault(); }

        bytes operator*() const noexcept { return rest_.subspan(1, rest_[0]); }

        iterator& operator++() noexcept {
            rest_ = rest_.subspan(1U + rest_[0]);
            stop_at_fault();
            return *this;
        }

        iterator operator++(int) noexcept {
            iterator before = *this;
            ++*this;
            return before;
        }

        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.rest_.size() == b.rest_.size();
        }

    private:
        void stop_at_fault() noexcept {
            if (!rest_.empty() && (rest_[0] == 0 || rest_[0] >= rest_.size())) {
                rest_ = {};
            }
        }

        bytes rest_;
    };

    protocol_list() = default;

    explicit protocol_list(bytes wire) noexcept : wire_(wire) {}

    /// Whether every name has 1 to 255 bytes and the lengths add up. An empty list is well formed.
    bool well_formed() const noexcept;

    /// Whether a name is in the list, compared byte by byte.
    bool contains(bytes name) const noexcept;

    bool empty() const noexcept { return wire_.empty(); }

    bytes wire() const noexcept { return wire_; }

    iterator begin() const noexcept { return iterator{wire_}; }

    iterator end() const noexcept { return iterator{}; }

private:
    bytes wire_;
};

/// The first of the server's protocols that the client offers too: the server's order counts
/// (RFC 7301, section 3.2). Empty when there is none; else a view into `server`.
bytes select_protocol(protocol_list server, protocol_list client) noexcept;

}  // namespace polytls
