#include "system_error_name.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>

namespace polytls::detail {
namespace {

struct named_error {
    int number;
    std::string_view name;
};

constexpr auto errno_names = std::to_array<named_error>({
    {EPERM, "EPERM"},
    {ENOENT, "ENOENT"},
    {EINTR, "EINTR"},
    {EIO, "EIO"},
    {EBADF, "EBADF"},
    {EAGAIN, "EAGAIN"},
    {ENOMEM, "ENOMEM"},
    {EACCES, "EACCES"},
    {EEXIST, "EEXIST"},
    {ENOTDIR, "ENOTDIR"},
    {EISDIR, "EISDIR"},
    {EINVAL, "EINVAL"},
    {ENFILE, "ENFILE"},
    {EMFILE, "EMFILE"},
    {ENOSPC, "ENOSPC"},
    {EPIPE, "EPIPE"},
    {ENAMETOOLONG, "ENAMETOOLONG"},
    {ENOTSOCK, "ENOTSOCK"},
    {EDESTADDRREQ, "EDESTADDRREQ"},
    {EMSGSIZE, "EMSGSIZE"},
    {EPROTO, "EPROTO"},
    {EPROTONOSUPPORT, "EPROTONOSUPPORT"},
    {EOPNOTSUPP, "EOPNOTSUPP"},
    {EAFNOSUPPORT, "EAFNOSUPPORT"},
    {EADDRINUSE, "EADDRINUSE"},
    {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
    {ENETDOWN, "ENETDOWN"},
    {ENETUNREACH, "ENETUNREACH"},
    {ENETRESET, "ENETRESET"},
    {ECONNABORTED, "ECONNABORTED"},
    {ECONNRESET, "ECONNRESET"},
    {ENOBUFS, "ENOBUFS"},
    {EISCONN, "EISCONN"},
    {ENOTCONN, "ENOTCONN"},
    {ETIMEDOUT, "ETIMEDOUT"},
    {ECONNREFUSED, "ECONNREFUSED"},
    {EHOSTUNREACH, "EHOSTUNREACH"},
    {EALREADY, "EALREADY"},
    {EINPROGRESS, "EINPROGRESS"},
    {ECANCELED, "ECANCELED"},
});

// The resolver's numbers of <netdb.h>, which Asio's category carries; written out because the
// header would bring the sockets in.
constexpr auto resolver_names = std::to_array<named_error>({
    {1, "ENOTFOUND"},  // HOST_NOT_FOUND
    {2, "EAI_AGAIN"},  // TRY_AGAIN
    {3, "EAI_FAIL"},   // NO_RECOVERY
    {4, "ENOTFOUND"},  // NO_DATA
});

constexpr auto asio_names = std::to_array<named_error>({
    {2, "EOF"},  // asio::error::eof
});

std::string_view find(std::span<const named_error> names, int number) {
    const auto found = std::find_if(names.begin(), names.end(), [number](const named_error& entry) {
        return entry.number == number;
    });
    return found != names.end() ? found->name : std::string_view{};
}

std::span<const named_error> names_of(const std::error_category& category) {
    if (category == std::generic_category() || category == std::system_category()) {
        return errno_names;
    }
    // Asio's categories are known by name alone: this ring does not include Asio.
    const std::string_view name = category.name();
    if (name == "asio.system") {
        return errno_names;
    }
    if (name == "asio.netdb") {
        return resolver_names;
    }
    if (name == "asio.misc") {
        return asio_names;
    }
    return {};
}

}  // namespace

std::string system_error_name(const std::error_code& code) {
    const std::string_view name = find(names_of(code.category()), code.value());
    if (!name.empty()) {
        return std::string(name);
    }
    return std::string(code.category().name()) + ":" + std::to_string(code.value());
}

}  // namespace polytls::detail
