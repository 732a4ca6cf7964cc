#pragma once

#include <polytls/result.hpp>

#include <fstream>
#include <memory>
#include <string>
#include <string_view>

namespace polytls::tool {

/// The file of --keylog, which is appended to: other programs may write to it, too.
class key_log_file {
public:
    /// A failure names the flag and the file. An empty path makes a log that is not kept.
    static result<key_log_file> open(const std::string& path);

    bool kept() const noexcept { return out_ != nullptr; }

    /// Writes a line, whole, so that it can be read at once.
    void write(std::string_view line) { *out_ << (std::string(line) + '\n') << std::flush; }

private:
    std::unique_ptr<std::ofstream> out_;
};

}  // namespace polytls::tool
