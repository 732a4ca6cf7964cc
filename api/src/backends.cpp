#include <polytls/backends.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>

namespace polytls {

std::string_view backend::name() const noexcept {
    return implementation_->name();
}

std::string_view backend::version() const noexcept {
    return implementation_->version();
}

capability_report backend::capabilities() const noexcept {
    return implementation_->capabilities();
}

version_range backend::versions() const noexcept {
    return implementation_->versions();
}

bool backend::supports(feature wanted) const noexcept {
    return capability_of(capabilities(), wanted).support != support::no;
}

failure backend::refusal(feature wanted) const {
    std::string message{name_of(wanted)};
    message.append(" is not supported by ").append(name()).append(" ").append(version());
    const std::string_view reason = capability_of(capabilities(), wanted).reason;
    if (!reason.empty()) {
        message.append(": ").append(reason);
    }
    failure refused = make_failure(errc::unsupported_by_backend, std::move(message));
    refused.backend = name();
    refused.backend_version = version();
    return refused;
}

result<backend> find_backend(std::string_view name, std::span<spi::backend* const> candidates) {
    const auto found =
        std::find_if(candidates.begin(), candidates.end(),
                     [name](const spi::backend* candidate) { return candidate->name() == name; });
    if (found != candidates.end()) {
        return backend(**found);
    }
    std::string message = "no backend is named '" + std::string(name) + "'; there is";
    std::string_view separator = " ";
    for (const spi::backend* candidate : candidates) {
        message.append(separator).append(candidate->name());
        separator = ", ";
    }
    if (candidates.empty()) {
        message += " none";
    }
    return tl::make_unexpected(make_failure(errc::unknown_backend, std::move(message), "backend"));
}

}  // namespace polytls
