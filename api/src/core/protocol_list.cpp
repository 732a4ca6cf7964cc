#include <polytls/core/protocol_list.hpp>

#include <algorithm>

namespace polytls {

bool protocol_list::well_formed() const noexcept {
    bytes rest = wire_;
    while (!rest.empty()) {
        if (rest[0] == 0 || rest[0] >= rest.size()) {
            return false;
        }
        rest = rest.subspan(1U + rest[0]);
    }
    return true;
}

bool protocol_list::contains(bytes name) const noexcept {
    for (const bytes own : *this) {
        if (std::equal(own.begin(), own.end(), name.begin(), name.end())) {
            return true;
        }
    }
    return false;
}

bytes select_protocol(protocol_list server, protocol_list client) noexcept {
    for (const bytes name : server) {
        if (client.contains(name)) {
            return name;
        }
    }
    return {};
}

}  // namespace polytls
