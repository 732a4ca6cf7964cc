#pragma once

#include <polytls/core/capability.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/spi/backend.hpp>

#include <gtest/gtest.h>

#include <iosfwd>
#include <string>
#include <vector>

namespace polytls {

/// How GoogleTest shows them.
std::ostream& operator<<(std::ostream& out, errc code);
std::ostream& operator<<(std::ostream& out, alert_description alert);
std::ostream& operator<<(std::ostream& out, verify_code code);
std::ostream& operator<<(std::ostream& out, feature one);
std::ostream& operator<<(std::ostream& out, support level);
std::ostream& operator<<(std::ostream& out, want next);
std::ostream& operator<<(std::ostream& out, protocol_version version);

}  // namespace polytls

namespace polytls::contract {

/// The backend of this program: there is one program for each adapter, which brings this function.
spi::backend& the_backend() noexcept;

/// How far its report says that it can do something.
support level_of(feature wanted);

/// Whether it can, at least in part.
bool has(feature wanted);

/// Of TLS 1.2 and 1.3, those that it can speak.
std::vector<protocol_version> versions();

/// Those, if it has a feature at all; none otherwise.
std::vector<protocol_version> versions_with(feature wanted);

/// TLS 1.2 if it has it and the feature; none otherwise.
std::vector<protocol_version> tls1_2_with(feature wanted);

/// Whether a suite takes a pre-shared key instead of a certificate.
bool needs_psk(cipher_suite_id suite);

/// Whether a server needs parameters of its own for a suite (DHE).
bool needs_dh_parameters(cipher_suite_id suite);

/// The range of one version only.
version_range only(protocol_version version);

/// "tls1_2" and so on.
std::string name_of_version(const testing::TestParamInfo<protocol_version>& version);

/// A test that runs under each of some versions.
class over_versions : public testing::TestWithParam<protocol_version> {
protected:
    static bool tls1_3() { return GetParam() == protocol_version::tls1_3; }

    static version_range range() { return only(GetParam()); }
};

}  // namespace polytls::contract

/// Runs a suite under each version in a list. The list may be empty, where the backend denies what
/// the suite is about: that it does so politely is then shown by `features_test.cpp`.
#define POLYTLS_RUN_OVER(suite, list)                                                              \
    GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite);                                          \
    INSTANTIATE_TEST_SUITE_P(version, suite, testing::ValuesIn(list), name_of_version)
