#include "key_log_file.hpp"

#include "private_file.hpp"

namespace polytls::tool {

result<key_log_file> key_log_file::open(const std::string& path) {
    key_log_file made;
    if (!path.empty()) {
        made.out_ = open_private(path, std::ios::app);
        if (!*made.out_) {
            return tl::make_unexpected(
                make_failure(errc::file_unreadable, "--keylog: cannot write " + path, "--keylog"));
        }
    }
    return made;
}

}  // namespace polytls::tool
