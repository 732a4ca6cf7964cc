#include "subject.hpp"

#include <algorithm>
#include <iterator>
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

bool needs_psk(cipher_suite_id suite) {
    static constexpr unsigned suites[] = {0xccac, 0xc038, 0xc037, 0x00ab, 0xccad, 0x00aa,
                                          0xc0a7, 0xc0a6, 0x00b3, 0x00b2, 0x00a9, 0xccab,
                                          0x00a8, 0xc0a5, 0xc0a4, 0x00af, 0x00ae};
    return std::ranges::find(suites, static_cast<unsigned>(suite)) != std::end(suites);
}

bool needs_dh_parameters(cipher_suite_id suite) {
    static constexpr unsigned suites[] = {0x0033, 0x0039, 0x0067, 0x006b, 0x009e, 0x009f,
                                          0xc09e, 0xc09f, 0xccaa, 0x00ab, 0xccad, 0x00aa,
                                          0xc0a7, 0xc0a6, 0x00b3, 0x00b2};
    return std::ranges::find(suites, static_cast<unsigned>(suite)) != std::end(suites);
}

version_range only(protocol_version version) {
    return {version, version};
}

std::string name_of_version(const testing::TestParamInfo<protocol_version>& version) {
    return "tls1_" + std::to_string(static_cast<unsigned>(version.param) - 0x0301U);
}

}  // namespace polytls::contract
