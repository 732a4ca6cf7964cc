#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace polytls::testkit {

/// The `openssl` command that CMake found, at work in a folder of its own that is removed in the
/// end.
class openssl_tool {
public:
    openssl_tool() {
        std::string name = (std::filesystem::temp_directory_path() / "polytls-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        folder_ = name;
        run("ecparam -name prime256v1 -genkey -noout -out key.pem");
    }

    ~openssl_tool() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    openssl_tool(const openssl_tool&) = delete;
    openssl_tool& operator=(const openssl_tool&) = delete;

    /// Runs it and returns what it writes; throws with its complaint when it fails.
    std::string run(const std::string& arguments) const {
        const std::string command = "cd '" + folder_.string() +
                                    "' && " POLYTLS_OPENSSL_PROGRAM " " + arguments +
                                    " 2>openssl.log";
        std::FILE* pipe = popen(command.c_str(), "r");
        if (pipe == nullptr) {
            throw std::runtime_error("the openssl command cannot be run");
        }
        std::string written;
        std::array<char, 4096> part{};
        for (std::size_t size = 1; size != 0;) {
            size = std::fread(part.data(), 1, part.size(), pipe);
            written.append(part.data(), size);
        }
        if (pclose(pipe) != 0) {
            const auto complaint = content("openssl.log");
            throw std::runtime_error(command + ": " +
                                     std::string(complaint.begin(), complaint.end()));
        }
        return written;
    }

    void write(const std::string& name, std::string_view text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }

    std::vector<std::uint8_t> content(const std::string& name) const {
        std::ifstream file(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// Makes NAME.der of a configuration: sections [dn] and [ext], and others that these name.
    std::vector<std::uint8_t> make_certificate(const std::string& name,
                                               std::string_view sections,
                                               const std::string& arguments = {},
                                               std::string_view string_mask = "utf8only") const {
        write(name + ".cnf", "[req]\ndistinguished_name=dn\nprompt=no\nutf8=yes\n"
                             "x509_extensions=ext\nstring_mask=" +
                                 std::string(string_mask) + "\n" + std::string(sections));
        run("req -x509 -new -key key.pem -config " + name + ".cnf -outform DER -out " + name +
            ".der " + arguments);
        return content(name + ".der");
    }

private:
    std::filesystem::path folder_;
};

}  // namespace polytls::testkit
