#pragma once

#include <polytls/backends.hpp>
#include <polytls/one_or_many.hpp>
#include <polytls/result.hpp>
#include <polytls/spi/configuration.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::detail {

/// The options `key`, `cert` and `passphrase`, read and cut into what an adapter takes. Keys are
/// views into the options; nothing of them is copied.
struct identity_input {
    std::vector<std::vector<std::vector<std::uint8_t>>> certificates{};  ///< DER, by chain.
    std::vector<spi::private_key_source> keys{};
    std::vector<std::string> key_names{};  ///< Which option each of `keys` is from.
};

/// Reads them, or names the input at fault.
result<identity_input> read_identity(const one_or_many& keys,
                                     const one_or_many& certificates,
                                     const std::optional<std::string>& passphrase,
                                     backend with);

}  // namespace polytls::detail
