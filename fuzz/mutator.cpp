#include "mutator.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>

namespace polytls::fuzz {
namespace {

constexpr std::size_t longest_part = 64;
constexpr std::array<std::uint8_t, 8> edges = {0, 1, 0x7f, 0x80, 0xff, 0x16, 0x30, 0x82};

class mutator {
public:
    explicit mutator(std::uint64_t number) : random_(number) {}

    /// 0 to `bound` - 1; 0 for a bound of 0.
    std::size_t below(std::size_t bound) {
        return bound == 0 ? 0 : static_cast<std::size_t>(random_() % bound);
    }

    void change(octets& data, const octets& other) {
        const std::size_t at = below(data.size() + 1);
        const std::size_t count = std::min(1 + below(longest_part), data.size() - at);
        const auto place = data.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = place + static_cast<std::ptrdiff_t>(count);
        switch (below(6)) {
        case 0:
            if (count != 0) {
                *place = static_cast<std::uint8_t>(*place ^ 1U << below(8));
            }
            break;
        case 1:
            if (count != 0) {
                *place = below(2) == 0 ? edges[below(edges.size())]
                                       : static_cast<std::uint8_t>(below(256));
            }
            break;
        case 2:
            data.insert(place, 1 + below(4), edges[below(edges.size())]);
            break;
        case 3:
            data.erase(place, end);
            break;
        case 4: {
            const octets part(place, end);
            data.insert(place, part.begin(), part.end());
            break;
        }
        default: {
            const std::size_t from = below(other.size() + 1);
            const auto first = other.begin() + static_cast<std::ptrdiff_t>(from);
            const std::size_t size = std::min(1 + below(longest_part), other.size() - from);
            data.insert(place, first, first + static_cast<std::ptrdiff_t>(size));
        }
        }
    }

private:
    std::mt19937_64 random_;
};

}  // namespace

octets mutation_of(const std::vector<octets>& seeds, std::uint64_t number) {
    mutator by(number);
    octets mutated = seeds[by.below(seeds.size())];
    for (std::size_t left = 1 + by.below(8); left != 0; --left) {
        by.change(mutated, seeds[by.below(seeds.size())]);
    }
    return mutated;
}

}  // namespace polytls::fuzz
