#include "addresses.hpp"

namespace polytls::detail {

socket_address to_address(const asio::ip::tcp::endpoint& end) {
    return {.port = end.port(),
            .family = end.address().is_v4() ? "IPv4" : "IPv6",
            .address = end.address().to_string()};
}

socket_address to_address(const asio::local::stream_protocol::endpoint& end) {
    return {.port = 0, .family = "unix", .address = end.path()};
}

std::string to_text(const std::string& host, std::uint16_t port) {
    const bool bare_ipv6 = host.find(':') != std::string::npos;
    return (bare_ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string to_text(const asio::ip::tcp::endpoint& end) {
    return to_text(end.address().to_string(), end.port());
}

std::vector<asio::ip::tcp::endpoint> candidates(const asio::ip::tcp::resolver::results_type& found,
                                                std::string_view host,
                                                std::uint16_t port) {
    std::vector<asio::ip::tcp::endpoint> all;
    for (const auto& entry : found) {
        all.push_back(entry.endpoint());
    }
    if (all.empty() && host == "localhost") {
        all.emplace_back(asio::ip::address_v4::loopback(), port);
        all.emplace_back(asio::ip::address_v6::loopback(), port);
    }
    return all;
}

asio::local::stream_protocol::endpoint to_endpoint(const std::string& path,
                                                   std::error_code& error) {
    // Asio's constructor tells by an exception only.
    try {
        return {path};
    } catch (const std::system_error& refused) {
        error = refused.code();
        return {};
    }
}

}  // namespace polytls::detail
