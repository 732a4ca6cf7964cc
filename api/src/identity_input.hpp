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

/// A key that no option's text holds, wiped when it goes.
class pfx_key {
public:
    pfx_key() = default;
    ~pfx_key();
    pfx_key(pfx_key&&) noexcept = default;
    pfx_key& operator=(pfx_key&&) = delete;

    std::vector<std::uint8_t> der{};
};

/// The options `key`, `cert` and `passphrase`, read and cut into what an adapter takes. Keys are
/// views into the options or into `own_key`.
struct identity_input {
    std::vector<std::vector<std::vector<std::uint8_t>>> certificates{};  ///< DER, by chain.
    std::vector<spi::private_key_source> keys{};
    std::vector<std::vector<std::uint8_t>> extra_anchors{};  ///< The CAs of `pfx`, DER.
    pfx_key own_key{};                                       ///< The key of `pfx`.
    std::vector<std::string> key_names{};  ///< Which option each of `keys` is from.
};

/// Reads them, or names the input at fault.
result<identity_input> read_identity(const one_or_many& keys,
                                     const one_or_many& certificates,
                                     const std::optional<std::string>& passphrase,
                                     backend with);

/// The option `cert` alone; the keys are not here.
result<identity_input> read_certificates(const one_or_many& certificates);

/// The same from a PKCS#12 file.
result<identity_input>
read_pfx(const std::string& pfx, const std::optional<std::string>& passphrase, backend with);

}  // namespace polytls::detail
