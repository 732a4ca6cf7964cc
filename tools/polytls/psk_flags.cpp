#include "psk_flags.hpp"

#include "common_options.hpp"

#include <array>
#include <string_view>

namespace polytls::tool {
namespace {

/// The names of OpenSSL's command, and what it takes where no identity is given.
constexpr std::string_view default_identity = "Client_identity";

std::optional<unsigned> digit_of(char letter) {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    const std::size_t at = digits.find(letter);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    return static_cast<unsigned>(at < 16 ? at : at - 6);
}

/// Nothing for what are no whole bytes in hexadecimal. What was given is a secret: a failure must
/// not repeat it.
std::vector<std::uint8_t> from_hex(std::string_view text) {
    std::vector<std::uint8_t> key;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = digit_of(text[i]);
        const auto low = i + 1 < text.size() ? digit_of(text[i + 1]) : std::nullopt;
        if (!high || !low) {
            return {};
        }
        key.push_back(static_cast<std::uint8_t>(*high << 4U | *low));
    }
    return key;
}

}  // namespace

void psk_flags::add_to(CLI::App& command) {
    command.add_option("--psk-identity", identity_, "name of the pre-shared key")
        ->default_str(std::string(default_identity));
    auto* hex = command.add_option("--psk", hex_,
                                   "pre-shared key in hexadecimal; others on this machine may see "
                                   "it: better --psk-file");
    command.add_option("--psk-file", file_, "file that holds the pre-shared key in hexadecimal")
        ->excludes(hex);
}

std::optional<failure> psk_flags::prepare() {
    if (identity_.empty()) {
        identity_ = default_identity;
    } else if (hex_.empty() && file_.empty()) {
        return make_failure(errc::invalid_argument, "--psk-identity needs --psk-file or --psk",
                            "--psk-identity");
    }
    const std::string flag = file_.empty() ? "--psk" : "--psk-file";
    std::string text = hex_;
    if (!file_.empty()) {
        auto read = read_flag_file(flag, file_);
        if (!read) {
            return std::move(read.error());
        }
        text = *std::move(read);
        text.erase(text.find_last_not_of(" \t\r\n") + 1);
    } else if (text.empty()) {
        return std::nullopt;
    }
    key_ = from_hex(text);
    if (key_.empty()) {
        const std::string what = file_.empty() ? flag : flag + " " + file_;
        return make_failure(errc::invalid_argument,
                            what + ": not a key in hexadecimal, two digits a byte", flag);
    }
    return std::nullopt;
}

client_psk_callback psk_flags::for_client() const {
    return [credentials = psk_credentials{.identity = identity_, .key = key_}](
               std::string_view, const late_answer<psk_credentials>& done) { done(credentials); };
}

server_psk_callback psk_flags::for_server() const {
    return [identity = identity_, key = key_](std::string_view asked,
                                              const late_answer<std::vector<std::uint8_t>>& done) {
        done(asked == identity ? key : std::vector<std::uint8_t>());
    };
}

}  // namespace polytls::tool
