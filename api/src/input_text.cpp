#include "input_text.hpp"

#include "wipe.hpp"

#include <polytls/core/bytes.hpp>

#include <algorithm>
#include <utility>

namespace polytls::detail {
namespace {

/// What a text without any certificate holds instead.
failure no_certificate(const pem_text& pem, errc code, const std::string& input) {
    const auto& blocks = pem.blocks();
    if (std::any_of(blocks.begin(), blocks.end(), is_private_key)) {
        return make_failure(code, input + " holds a private key, not a certificate", input);
    }
    return make_failure(code, input + " holds no certificate, but " + quoted(blocks.front().label),
                        input);
}

}  // namespace

std::string input_name(std::string_view option, std::size_t index) {
    return std::string(option) + "[" + std::to_string(index) + "]";
}

std::string quoted(std::string_view word) {
    constexpr std::size_t longest = 64;
    std::string shown = "'";
    for (const char c : word.substr(0, longest)) {
        shown += c >= ' ' && c <= '~' ? c : '?';
    }
    shown += word.size() > longest ? "…'" : "'";
    return shown;
}

bool looks_like_der(std::string_view text) noexcept {
    return text.starts_with('\x30');
}

result<pem_text> pem_text::split(std::string_view text, const std::string& input) {
    auto blocks = split_pem(text);
    if (!blocks) {
        return tl::make_unexpected(
            make_failure(blocks.error().code, input + ": " + blocks.error().message, input));
    }
    return pem_text(*std::move(blocks));
}

pem_text::~pem_text() {
    for (pem_block& block : blocks_) {
        wipe(block.der);
    }
}

bool is_certificate(const pem_block& block) noexcept {
    return block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE";
}

bool is_private_key(const pem_block& block) noexcept {
    return block.label.ends_with("PRIVATE KEY");
}

failure unreadable_input(errc code, std::string_view text, const std::string& input) {
    if (text.empty()) {
        return make_failure(code, input + " is empty", input);
    }
    return make_failure(
        code, input + " is neither PEM nor DER (of a file, the content is wanted, not its name)",
        input);
}

result<std::vector<std::vector<std::uint8_t>>>
certificates_in(std::string_view text, errc code, const std::string& input) {
    std::vector<std::vector<std::uint8_t>> found;
    if (looks_like_der(text)) {
        const bytes der = as_bytes(text);
        found.emplace_back(der.begin(), der.end());
        return found;
    }
    if (!looks_like_pem(text)) {
        return tl::make_unexpected(unreadable_input(code, text, input));
    }
    const auto pem = pem_text::split(text, input);
    if (!pem) {
        return tl::make_unexpected(pem.error());
    }
    for (const pem_block& block : pem->blocks()) {
        if (block.label == "TRUSTED CERTIFICATE") {
            return tl::make_unexpected(make_failure(
                code,
                input + " holds a TRUSTED CERTIFICATE, OpenSSL's own form with trust settings; a "
                        "plain CERTIFICATE is wanted (openssl x509 writes one)",
                input));
        }
        if (is_certificate(block)) {
            found.push_back(block.der);
        }
    }
    if (found.empty()) {
        return tl::make_unexpected(no_certificate(*pem, code, input));
    }
    return found;
}

result<std::vector<std::vector<std::uint8_t>>> crls_in(std::string_view text,
                                                       const std::string& input) {
    std::vector<std::vector<std::uint8_t>> found;
    if (looks_like_der(text)) {
        const bytes der = as_bytes(text);
        found.emplace_back(der.begin(), der.end());
        return found;
    }
    if (!looks_like_pem(text)) {
        return tl::make_unexpected(unreadable_input(errc::bad_crl, text, input));
    }
    const auto pem = pem_text::split(text, input);
    if (!pem) {
        return tl::make_unexpected(pem.error());
    }
    for (const pem_block& block : pem->blocks()) {
        if (block.label == "X509 CRL") {
            found.push_back(block.der);
        }
    }
    if (found.empty()) {
        return tl::make_unexpected(make_failure(
            errc::bad_crl, input + " holds no X509 CRL, but " + quoted(pem->blocks().front().label),
            input));
    }
    return found;
}

}  // namespace polytls::detail
