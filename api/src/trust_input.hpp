#pragma once

#include <polytls/backends.hpp>
#include <polytls/one_or_many.hpp>
#include <polytls/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace polytls::spi {
class anchor_set;
}

namespace polytls::detail {

/// The option `ca`, read; or the system's roots, which all contexts share. And the option `crl`.
struct trust_input {
    std::shared_ptr<const std::vector<std::vector<std::uint8_t>>> anchors{};  ///< DER; never null.
    std::vector<std::string> names{};         ///< Which text each is from; none for the roots.
    const spi::anchor_set* shared = nullptr;  ///< The roots in the backend's own form.
    std::vector<std::vector<std::uint8_t>> crls{};  ///< DER.
    std::vector<std::string> crl_names{};           ///< Which text each is from.
};

/// Reads it, or names the text at fault.
result<trust_input>
read_trust(const std::optional<one_or_many>& ca, const one_or_many& crl, backend with);

}  // namespace polytls::detail
