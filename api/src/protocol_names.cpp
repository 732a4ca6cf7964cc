#include "protocol_names.hpp"

#include "secure_context_state.hpp"

namespace polytls::detail {
namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_list = 65535;

failure fault(const std::string& option, std::size_t index, const std::string& what) {
    const std::string input = option + "[" + std::to_string(index) + "]";
    return make_failure(errc::bad_protocol_list, input + " " + what, input);
}

}  // namespace

result<std::vector<std::uint8_t>> to_wire(const std::vector<std::string>& protocols,
                                          const std::string& option) {
    std::vector<std::uint8_t> wire;
    for (std::size_t i = 0; i < protocols.size(); ++i) {
        const std::string& name = protocols[i];
        if (name.empty() || name.size() > longest_name) {
            return tl::make_unexpected(fault(option, i, "must have 1 to 255 bytes"));
        }
        if (wire.size() + 1 + name.size() > longest_list) {
            return tl::make_unexpected(fault(option, i, "makes the list longer than 65535 bytes"));
        }
        wire.push_back(static_cast<std::uint8_t>(name.size()));
        wire.insert(wire.end(), name.begin(), name.end());
    }
    return wire;
}

result<std::vector<std::uint8_t>> to_wire(const npn_list& protocols,
                                          const secure_context& context) {
    if (protocols.empty()) {
        return std::vector<std::uint8_t>();
    }
    if (!context.shared_state()->npn) {
        return tl::make_unexpected(make_failure(
            errc::invalid_argument, "npn_protocols: the context does not speak NPN (option npn)",
            "npn_protocols"));
    }
    if (!protocol_list(protocols.wire()).well_formed()) {
        return tl::make_unexpected(
            make_failure(errc::bad_protocol_list,
                         "npn_protocols is not a list of names, each after its length in one byte",
                         "npn_protocols"));
    }
    return protocols.wire().empty() ? to_wire(protocols.names(), "npn_protocols")
                                    : protocols.wire();
}

std::vector<std::string> to_names(protocol_list protocols) {
    std::vector<std::string> names;
    for (const bytes name : protocols) {
        names.emplace_back(as_text(name));
    }
    return names;
}

}  // namespace polytls::detail
