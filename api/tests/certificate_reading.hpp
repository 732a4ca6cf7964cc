#pragma once

#include "fake_backend.hpp"
#include "openssl_tool.hpp"

#include <polytls/certificate.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace polytls::testkit {

/// A backend whose digests the openssl command computes, to read certificates with that the command
/// makes.
class reading : public testing::Test {
protected:
    reading() {
        fake_.digester = [this](spi::digest_algorithm algorithm, bytes data) {
            tool.write("digested", as_text(data));
            const std::string made =
                tool.run("dgst -binary -" + std::string(name_of(algorithm)) + " digested");
            return byte_string(made.begin(), made.end());
        };
    }

    certificate read(bytes der) const { return value_of(parse_certificate(der, with)); }

    certificate read_with(const std::string& sections,
                          const std::string& arguments = {},
                          std::string_view string_mask = "utf8only") const {
        return read(tool.make_certificate("odd", sections, arguments, string_mask));
    }

    openssl_tool tool;

private:
    static std::string_view name_of(spi::digest_algorithm algorithm) {
        switch (algorithm) {
        case spi::digest_algorithm::sha1:
            return "sha1";
        case spi::digest_algorithm::sha256:
            return "sha256";
        case spi::digest_algorithm::sha512:
            return "sha512";
        }
        return {};
    }

    fake_backend fake_;

protected:
    const backend with{fake_};
};

}  // namespace polytls::testkit
