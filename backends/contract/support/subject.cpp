#include "subject.hpp"

#include <ostream>

namespace polytls {

std::ostream& operator<<(std::ostream& out, errc code) {
    return out << name_of(code);
}

std::ostream& operator<<(std::ostream& out, alert_description alert) {
    return out << name_of(alert);
}

std::ostream& operator<<(std::ostream& out, verify_code code) {
    return out << name_of(code);
}

std::ostream& operator<<(std::ostream& out, feature one) {
    return out << name_of(one);
}

std::ostream& operator<<(std::ostream& out, support level) {
    return out << name_of(level);
}

std::ostream& operator<<(std::ostream& out, want next) {
    static constexpr const char* names[] = {"nothing", "input", "output", "decision"};
    return out << names[static_cast<unsigned>(next)];
}

std::ostream& operator<<(std::ostream& out, protocol_version version) {
    return out << name_of(version);
}

}  // namespace polytls

namespace polytls::contract {

support level_of(feature wanted) {
    return capability_of(the_backend().capabilities(), wanted).support;
}

bool has(feature wanted) {
    return level_of(wanted) != support::no;
}

std::vector<protocol_version> versions() {
    std::vector<protocol_version> spoken;
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        if (the_backend().versions().contains(version)) {
            spoken.push_back(version);
        }
    }
    return spoken;
}

std::vector<protocol_version> versions_with(feature wanted) {
    return has(wanted) ? versions() : std::vector<protocol_version>{};
}

std::vector<protocol_version> tls1_2_with(feature wanted) {
    std::vector<protocol_version> spoken = versions_with(wanted);
    std::erase(spoken, protocol_version::tls1_3);
    return spoken;
}

version_range only(protocol_version version) {
    return {version, version};
}

std::string name_of_version(const testing::TestParamInfo<protocol_version>& version) {
    return "tls1_" + std::to_string(static_cast<unsigned>(version.param) - 0x0301U);
}

}  // namespace polytls::contract
