#include "identity_text.hpp"

namespace polytls::detail {

std::string not_in_altnames(std::string_view host, const certificate& shown) {
    return "Host: " + std::string(host) + ". is not in the cert's altnames: " +
           (shown.subjectaltname.empty() ? "CN:" + std::string(shown.subject_field("CN"))
                                         : shown.subjectaltname);
}

}  // namespace polytls::detail
