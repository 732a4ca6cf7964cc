#include "wipe.hpp"

#include <polytls/pem.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace polytls {
namespace {

struct closer {
    // Only read from: nothing is lost when closing fails.
    void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
};

failure unreadable(const std::string& path, std::string_view reason) {
    return make_failure(errc::file_unreadable,
                        "the file '" + path + "' cannot be read: " + std::string(reason), path);
}

std::string reason_of(int number) {
    return std::generic_category().message(number);
}

}  // namespace

result<std::string> read_file(const std::string& path) {
    // The system would open the file named by what stands before the zero.
    if (path.find('\0') != std::string::npos) {
        return tl::make_unexpected(
            make_failure(errc::file_unreadable, "a file's path has a zero byte in it", "path"));
    }
    errno = 0;
    const std::unique_ptr<std::FILE, closer> file(std::fopen(path.c_str(), "rb"));
    if (!file) {
        return tl::make_unexpected(unreadable(path, reason_of(errno)));
    }
    // The file may be a key: the stream keeps no copy of its own.
    if (std::setvbuf(file.get(), nullptr, _IONBF, 0) != 0) {
        return tl::make_unexpected(unreadable(path, "the stream keeps a copy"));
    }
    std::string text;
    std::array<char, 16384> piece{};
    std::size_t size = 0;
    while ((size = std::fread(piece.data(), 1, piece.size(), file.get())) != 0) {
        text.append(piece.data(), size);
    }
    detail::wipe(piece);
    if (std::ferror(file.get()) != 0) {
        return tl::make_unexpected(unreadable(path, reason_of(errno)));
    }
    return text;
}

}  // namespace polytls
