// Clauses on the roots that are trusted when a context names no `ca`. They are read once per
// process, hence a program of their own.
#include "../testkit/link.hpp"
#include "../testkit/pki.hpp"

#include <polytls/root_certificates.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace polytls::testkit {
namespace {

/// The system's roots are the test's, whatever machine it runs on.
class one_root_on_this_system final : public testing::Environment {
public:
    void SetUp() override {
        std::ofstream(path_) << root().certificate_pem();
        setenv("SSL_CERT_FILE", path_.c_str(), 1);
        unsetenv("SSL_CERT_DIR");
    }

    void TearDown() override { std::filesystem::remove(path_); }

private:
    std::string path_ = testing::TempDir() + "polytls_roots_" + std::to_string(getpid()) + ".pem";
};

[[maybe_unused]] const auto* const environment =
    testing::AddGlobalTestEnvironment(new one_root_on_this_system);

link_setup without_ca(const pairing& with, const credential& shown) {
    context_options client = client_options_for(with);
    client.ca.reset();
    context_options server = server_options_for(with);
    server.key = shown.key_pem();
    server.cert = shown.certificate_pem();
    return {.client = {.context = value_of(create_secure_context(client))},
            .server = {.context = value_of(create_secure_context(server))}};
}

POLYTLS_CLAUSE_OVER_PAIRINGS(M_ctx_ca_default);

TEST_P(M_ctx_ca_default, a_server_that_a_root_of_the_system_vouches_for_is_authorized) {
    const auto link = handshake(GetParam(), without_ca(GetParam(), localhost()));

    EXPECT_TRUE(link.client.tls().authorized());
    EXPECT_THAT(link.client.trace(), testing::ElementsAre("secure"));
}

TEST_P(M_ctx_ca_default, one_that_none_vouches_for_is_refused) {
    const credential stranger =
        self_signed({.common_name = "stranger", .dns_names = {"localhost"}});

    const auto link = handshake(GetParam(), without_ca(GetParam(), stranger));

    EXPECT_EQ(link.client.error(), "DEPTH_ZERO_SELF_SIGNED_CERT");
}

TEST_P(M_ctx_ca_default, the_roots_can_be_listed) {
    EXPECT_THAT(root_certificates(), testing::ElementsAre(root().certificate_pem()));
}

}  // namespace
}  // namespace polytls::testkit
