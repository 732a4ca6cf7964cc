#pragma once

#include <polytls/secure_context.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace polytls::testing {

/// A CA and a server's certificate for "localhost" and 127.0.0.1, made by the `openssl` command.
class test_certificates {
public:
    test_certificates() {
        std::string name = (std::filesystem::temp_directory_path() / "polytls-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        folder_ = name;
        std::ofstream(folder_ / "leaf.ext") << "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
        const std::string new_key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
        openssl("req -x509 " + new_key + "-subj '/CN=Test CA' -days 30 -keyout ca.key -out ca.pem");
        openssl("req " + new_key + "-subj /CN=localhost -keyout leaf.key -out leaf.csr");
        openssl("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 "
                "-extfile leaf.ext -out leaf.pem");
        ca = content("ca.pem");
        leaf = content("leaf.pem");
        key = content("leaf.key");
    }

    ~test_certificates() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    test_certificates(const test_certificates&) = delete;
    test_certificates& operator=(const test_certificates&) = delete;

    std::string ca;
    std::string leaf;
    std::string key;

private:
    void openssl(const std::string& arguments) const {
        const std::string command =
            "cd '" + folder_.string() + "' && openssl " + arguments + " 2>openssl.log";
        if (std::system(command.c_str()) != 0) {
            throw std::runtime_error(command + ": " + content("openssl.log"));
        }
    }

    std::string content(const char* name) const {
        std::ifstream file(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::filesystem::path folder_;
};

inline const test_certificates& certificates() {
    static const test_certificates made;
    return made;
}

inline secure_context server_context() {
    static const secure_context made =
        value_of(create_secure_context({.key = certificates().key, .cert = certificates().leaf}));
    return made;
}

inline secure_context client_context() {
    static const secure_context made =
        value_of(create_secure_context({.ca = one_or_many(certificates().ca)}));
    return made;
}

}  // namespace polytls::testing
