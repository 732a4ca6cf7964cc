#include <polytls/core/server_identity.hpp>
#include <polytls/sni_table.hpp>

#include <algorithm>

namespace polytls {
namespace {

std::string canonical(std::string_view name) {
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    return lower;
}

bool is_wildcard(std::string_view name) {
    return name.starts_with("*.");
}

/// A wildcard in this table may stand before a single label ("*.internal"), which a certificate's
/// may not: it is the server's own choice whom it serves.
bool covers(std::string_view pattern, std::string_view name) {
    if (!is_wildcard(pattern)) {
        return pattern == name;
    }
    const std::size_t dot = name.find('.');
    return dot != std::string_view::npos && dot != 0 && name.substr(dot) == pattern.substr(1);
}

}  // namespace

result<void> sni_table::add(std::string_view hostname, secure_context context) {
    std::string name = canonical(hostname);
    const std::string_view checked =
        is_wildcard(name) ? std::string_view(name).substr(2) : std::string_view(name);
    if (!is_dns_name(checked)) {
        return tl::make_unexpected(make_failure(
            errc::bad_server_name,
            "'" + std::string(hostname) + "' is neither a host name nor a wildcard", "hostname"));
    }
    if (!context) {
        return tl::make_unexpected(make_failure(
            errc::invalid_argument, "the context for '" + name + "' is empty", "context"));
    }
    remove(name);
    entries_.emplace_back(std::move(name), std::move(context));
    return {};
}

bool sni_table::remove(std::string_view hostname) {
    const std::string name = canonical(hostname);
    return std::erase_if(entries_, [&name](const auto& entry) { return entry.first == name; }) != 0;
}

secure_context sni_table::find(std::string_view servername) const {
    const std::string name = canonical(servername);
    const std::pair<std::string, secure_context>* wildcard = nullptr;
    for (const auto& entry : entries_) {
        if (!covers(entry.first, name)) {
            continue;
        }
        if (!is_wildcard(entry.first)) {
            return entry.second;
        }
        wildcard = &entry;
    }
    return wildcard == nullptr ? secure_context{} : wildcard->second;
}

}  // namespace polytls
