#include "session_directory.hpp"

#include "private_file.hpp"

#include <iterator>
#include <system_error>

namespace polytls::tool {

std::optional<std::string> session_directory::check() const {
    std::error_code error;
    if (!std::filesystem::is_directory(folder_, error)) {
        return folder_.string() + " is not a folder";
    }
    return std::nullopt;
}

void session_directory::put(bytes id, bytes data) const {
    const std::filesystem::path file = folder_ / to_hex(id);
    // Another server must not find half a session.
    const std::filesystem::path unfinished = file.string() + ".new";
    const auto out = open_private(unfinished.string(), std::ios::trunc);
    out->write(as_text(data).data(), static_cast<std::streamsize>(data.size()));
    out->close();
    std::error_code error;
    if (*out) {
        std::filesystem::rename(unfinished, file, error);
    } else {
        std::filesystem::remove(unfinished, error);
    }
}

std::vector<std::uint8_t> session_directory::get(bytes id) const {
    std::ifstream in(folder_ / to_hex(id), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string to_hex(bytes id) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : id) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

}  // namespace polytls::tool
