#include "protocol_names.hpp"

namespace polytls::detail {
namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_list = 65535;

failure fault(std::size_t index, const std::string& what) {
    const std::string input = "alpn_protocols[" + std::to_string(index) + "]";
    return make_failure(errc::bad_protocol_list, input + " " + what, input);
}

}  // namespace

result<std::vector<std::uint8_t>> to_wire(const std::vector<std::string>& protocols) {
    std::vector<std::uint8_t> wire;
    for (std::size_t i = 0; i < protocols.size(); ++i) {
        const std::string& name = protocols[i];
        if (name.empty() || name.size() > longest_name) {
            return tl::make_unexpected(fault(i, "must have 1 to 255 bytes"));
        }
        if (wire.size() + 1 + name.size() > longest_list) {
            return tl::make_unexpected(fault(i, "makes the list longer than 65535 bytes"));
        }
        wire.push_back(static_cast<std::uint8_t>(name.size()));
        wire.insert(wire.end(), name.begin(), name.end());
    }
    return wire;
}

std::vector<std::string> to_names(protocol_list protocols) {
    std::vector<std::string> names;
    for (const bytes name : protocols) {
        names.emplace_back(as_text(name));
    }
    return names;
}

}  // namespace polytls::detail
