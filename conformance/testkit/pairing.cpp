#include "pairing.hpp"

#include <algorithm>
#include <ostream>

namespace polytls::testkit {
namespace {

std::string label(protocol_version version) {
    return version == protocol_version::tls1_3 ? "tls1_3" : "tls1_2";
}

std::string text_of(const pairing& value) {
    return std::string(value.client.name()) + "_" + std::string(value.server.name()) + "_" +
           label(value.version);
}

}  // namespace

std::vector<pairing> every_pairing() {
    std::vector<pairing> all;
    for (const backend client : every_backend()) {
        for (const backend server : every_backend()) {
            for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
                if (client.versions().contains(version) && server.versions().contains(version)) {
                    all.push_back({client, server, version});
                }
            }
        }
    }
    return all;
}

std::vector<backend> every_backend() {
    std::vector<backend> all;
    std::ranges::transform(registered_backends(), std::back_inserter(all),
                           [](spi::backend* one) { return backend(*one); });
    return all;
}

std::string name_of(const testing::TestParamInfo<pairing>& info) {
    return text_of(info.param);
}

std::string name_of_backend(const testing::TestParamInfo<backend>& info) {
    return std::string(info.param.name());
}

std::ostream& operator<<(std::ostream& out, const pairing& value) {
    return out << text_of(value);
}

}  // namespace polytls::testkit
