#pragma once

#include "target.hpp"

#include <polytls/core/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace polytls::fuzz {

/// Takes decisions from the front of an input. At its end all numbers are 0 and all bytes empty, so
/// that every input means something.
class input_reader {
public:
    explicit input_reader(bytes input) noexcept : rest_(input) {}

    bool empty() const noexcept { return rest_.empty(); }

    bytes rest() const noexcept { return rest_; }

    /// At most so many bytes.
    bytes take(std::size_t count) noexcept {
        const bytes taken = rest_.first(std::min(count, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

    std::uint8_t byte() noexcept {
        const bytes taken = take(1);
        return taken.empty() ? std::uint8_t{0} : taken[0];
    }

    std::size_t two_bytes() noexcept {
        const std::size_t high = byte();
        return high << 8U | byte();
    }

    /// What stands before the next `separator`, or all; the separator is taken too.
    bytes until(std::string_view separator) noexcept {
        const std::size_t found = as_text(rest_).find(separator);
        const bytes taken = take(found);
        take(separator.size());
        return taken;
    }

private:
    bytes rest_;
};

/// Cuts a stream of bytes into pieces of sizes that an input chooses, over and over.
class slicer {
public:
    /// Reads how many sizes there are, and the sizes; without any, all is one piece.
    explicit slicer(input_reader& from) noexcept : sizes_(from.take(from.byte() % 8U)) {}

    /// The size of the next piece of a stream that has `available` bytes left: 1 and more.
    std::size_t next(std::size_t available) noexcept {
        if (sizes_.empty()) {
            return available;
        }
        const std::size_t size = std::max<std::size_t>(sizes_[at_], 1);
        at_ = (at_ + 1) % sizes_.size();
        return std::min(size, available);
    }

private:
    bytes sizes_;
    std::size_t at_ = 0;
};

/// Whether `part` lies within `whole`; an empty view lies anywhere.
inline bool within(bytes part, bytes whole) noexcept {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

inline bool within(std::string_view part, bytes whole) noexcept {
    return within(as_bytes(part), whole);
}

inline bool equal(bytes a, bytes b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

inline octets copy_of(bytes data) {
    return {data.begin(), data.end()};
}

inline octets copy_of(std::string_view text) {
    return copy_of(as_bytes(text));
}

inline octets operator+(octets a, bytes b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace polytls::fuzz
