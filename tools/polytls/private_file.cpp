#include "private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace polytls::tool {

std::unique_ptr<std::ofstream> open_private(const std::string& path, std::ios::openmode mode) {
    // A stream has no say in the permissions: the file is made before it is opened.
    const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made >= 0) {
        ::close(made);
    }
    return std::make_unique<std::ofstream>(path, mode | std::ios::out | std::ios::binary);
}

}  // namespace polytls::tool
