#pragma once

#include <polytls/pem.hpp>
#include <polytls/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::detail {

/// How messages name one of several inputs: "key[1]".
std::string input_name(std::string_view option, std::size_t index);

/// A word of the caller's as messages show it: in quotes, without control bytes, and cut short,
/// lest something that was put into the wrong option appears in full.
std::string quoted(std::string_view word);

/// Whether a text may be DER: that begins with the tag of SEQUENCE.
bool looks_like_der(std::string_view text) noexcept;

/// Splits a text that is PEM. The decoded blocks are wiped when it ends, for they may be keys.
class pem_text {
public:
    /// `errc::bad_pem` names the input.
    static result<pem_text> split(std::string_view text, const std::string& input);

    ~pem_text();
    pem_text(pem_text&&) noexcept = default;
    pem_text& operator=(pem_text&&) = delete;

    const std::vector<pem_block>& blocks() const noexcept { return blocks_; }

private:
    explicit pem_text(std::vector<pem_block> blocks) noexcept : blocks_(std::move(blocks)) {}

    std::vector<pem_block> blocks_;
};

/// "CERTIFICATE", and the label that old programs write.
bool is_certificate(const pem_block& block) noexcept;

/// "PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", …
bool is_private_key(const pem_block& block) noexcept;

/// The failure for a text that is neither PEM nor DER, or empty.
failure unreadable_input(errc code, std::string_view text, const std::string& input);

/// Finds the certificates in a text of PEM or DER, at least one. `code` is for a text without.
result<std::vector<std::vector<std::uint8_t>>>
certificates_in(std::string_view text, errc code, const std::string& input);

/// Finds the revocation lists in a text of PEM or DER, at least one.
result<std::vector<std::vector<std::uint8_t>>> crls_in(std::string_view text,
                                                       const std::string& input);

}  // namespace polytls::detail
