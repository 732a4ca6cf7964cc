#include "contender.hpp"
#include "pki.hpp"

#include <stdexcept>

namespace polytls::bench {

const credentials& the_credentials() {
    static const credentials made = {testkit::root().certificate_der(),
                                     testkit::localhost().certificate_der(),
                                     testkit::localhost().key_pem()};
    return made;
}

void require(bool holds, std::string_view what) {
    if (!holds) {
        throw std::runtime_error(std::string(what));
    }
}

}  // namespace polytls::bench
