#include "network_failure.hpp"

#include <utility>

namespace polytls::detail {

failure network_failure(std::string_view call, std::error_code code, std::string at) {
    failure why = make_failure(code, std::string(call), at);
    why.message += ' ' + why.name();
    if (!at.empty()) {
        why.message += ' ' + std::move(at);
    }
    why.message += ": " + code.message();
    return why;
}

}  // namespace polytls::detail
