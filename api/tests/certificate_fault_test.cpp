#include "fake_backend.hpp"
#include "openssl_tool.hpp"
#include "utf8.hpp"

#include <polytls/certificate.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace polytls {
namespace {

using testkit::byte_string;

/// A certificate with something of everything in it, to be damaged.
class damaged_certificate : public testing::Test {
protected:
    damaged_certificate()
        : whole_(tool_.make_certificate(
              "whole",
              "[dn]\nC=GB\nO=Größe\n+OU=x\n1.2.3.4=own\nCN=a\n"
              "[ext]\nbasicConstraints=CA:TRUE,pathlen:1\nkeyUsage=keyCertSign\n"
              "extendedKeyUsage=serverAuth,1.2.3\nsubjectAltName=@names\n"
              "authorityInfoAccess=OCSP;URI:http://o,caIssuers;dirName:d\n"
              "[names]\nDNS.1=a\nDNS.2=\"b,c\"\nIP.1=::1\nIP.2=127.0.0.1\nemail.1=a@b\n"
              "URI.1=http://a\nRID.1=2.25.329800735698586629295641978511506172918\n"
              "otherName.1=1.2.3;UTF8:x\notherName.2=1.3.6.1.5.5.7.8.5;UTF8:x\ndirName.1=d\n[d]\nC="
              "GB\nO=\"a,b\"\n")) {}

    /// Reads it in every way, and looks at what comes out.
    void look_at(bytes der) const {
        const auto parsed = parse_certificate(der, with_);
        const std::vector<byte_string> one{byte_string(der.begin(), der.end())};
        const auto linked = link_chain(one, std::vector<byte_string>{whole_}, with_);
        split_der(der);

        ASSERT_EQ(parsed.has_value(), linked.has_value());
        if (!parsed) {
            ASSERT_EQ(parsed.error().code, errc::bad_certificate);
            return;
        }
        for (const auto& [key, value] : parsed->subject) {
            ASSERT_FALSE(key.empty());
            ASSERT_EQ(detail::repaired_utf8(as_bytes(value)), value);
        }
        for (const auto& [key, values] : parsed->info_access) {
            for (const std::string& value : values) {
                ASSERT_EQ(detail::repaired_utf8(as_bytes(value)), value);
            }
        }
        ASSERT_EQ(detail::repaired_utf8(as_bytes(parsed->subjectaltname)), parsed->subjectaltname);
        ASSERT_TRUE(std::ranges::none_of(parsed->subjectaltname, [](char c) {
            return static_cast<unsigned char>(c) < ' ';
        })) << parsed->subjectaltname;
    }

    const byte_string& whole() const noexcept { return whole_; }

private:
    testkit::openssl_tool tool_;
    testkit::fake_backend fake_;
    backend with_{fake_};
    byte_string whole_;
};

TEST_F(damaged_certificate, cut_anywhere_is_refused) {
    for (std::size_t size = 0; size < whole().size(); ++size) {
        // Memory of its own, so that AddressSanitizer sees a read beyond it.
        const byte_string part(whole().begin(),
                               whole().begin() + static_cast<std::ptrdiff_t>(size));

        ASSERT_NO_FATAL_FAILURE(look_at(part)) << size;
    }
}

TEST_F(damaged_certificate, with_any_bit_flipped_is_read_or_refused) {
    for (std::size_t bit = 0; bit < whole().size() * 8; ++bit) {
        byte_string flipped = whole();
        flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);

        ASSERT_NO_FATAL_FAILURE(look_at(flipped)) << bit;
    }
}

TEST_F(damaged_certificate, with_any_byte_at_an_extreme_is_read_or_refused) {
    for (std::size_t at = 0; at < whole().size(); ++at) {
        for (const std::uint8_t extreme : byte_string{0x00, 0x7f, 0x80, 0xff}) {
            byte_string changed = whole();
            changed[at] = extreme;

            ASSERT_NO_FATAL_FAILURE(look_at(changed)) << at;
        }
    }
}

TEST_F(damaged_certificate, with_any_byte_left_out_is_read_or_refused) {
    for (std::size_t at = 0; at < whole().size(); ++at) {
        byte_string shorter = whole();
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(at));

        ASSERT_NO_FATAL_FAILURE(look_at(shorter)) << at;
    }
}

}  // namespace
}  // namespace polytls
