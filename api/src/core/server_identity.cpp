#include <polytls/core/server_identity.hpp>

#include <algorithm>

namespace polytls {
namespace {

bool equal(bytes a, bytes b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// A name from a certificate is taken only as what it claims to be: one with a NUL or a blank in it
/// is there to deceive.
bool covers(bytes pattern, std::string_view host) noexcept {
    const std::string_view text = as_text(pattern);
    std::string_view plain = text;
    plain.remove_prefix(text.starts_with("*.") ? 2 : 0);
    return is_dns_name(plain) && matches_dns_name(text, host);
}

}  // namespace

status check_server_identity(std::string_view host, const x509::certificate_view& leaf) noexcept {
    const std::optional<ip_address_bytes> address = parse_ip_address(host);
    bytes names = leaf.subject_alt_name;
    bool has_dns_name = false;
    x509::general_name name{};
    while (x509::next_general_name(names, name)) {
        has_dns_name = has_dns_name || name.kind == x509::name_kind::dns_name;
        const bool matches =
            address ? name.kind == x509::name_kind::ip_address && equal(name.value, address->view())
                    : name.kind == x509::name_kind::dns_name && covers(name.value, host);
        if (matches) {
            return {};
        }
    }
    if (!address && !has_dns_name && covers(x509::common_name(leaf.subject), host)) {
        return {};
    }
    return {.code = errc::altname_invalid};
}

}  // namespace polytls
