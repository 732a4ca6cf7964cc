#pragma once

#include <polytls/backends.hpp>
#include <polytls/core/protocol_version.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace polytls::testkit {

/// Whose client speaks with whose server, and in which version.
struct pairing {
    backend client;
    backend server;
    protocol_version version;
};

/// Every pairing of the backends built in, in every version that both can speak.
std::vector<pairing> every_pairing();

/// Every backend with itself, in its highest version: for what one end alone decides.
std::vector<backend> every_backend();

/// "openssl_openssl_tls1_3", as the matrix reads it.
std::string name_of(const testing::TestParamInfo<pairing>& info);
std::string name_of_backend(const testing::TestParamInfo<backend>& info);

/// What GoogleTest prints for a parameter.
std::ostream& operator<<(std::ostream& out, const pairing& value);

/// Suites of clauses that speak of two ends.
class over_every_pairing : public testing::TestWithParam<pairing> {};

/// Suites of clauses that speak of one end.
class over_every_backend : public testing::TestWithParam<backend> {};

}  // namespace polytls::testkit

/// Declares the suite of a clause over every pairing; the clause's id with '_' for '-'.
#define POLYTLS_CLAUSE_OVER_PAIRINGS(clause)                                                       \
    class clause : public polytls::testkit::over_every_pairing {};                                 \
    INSTANTIATE_TEST_SUITE_P(pairing, clause,                                                      \
                             testing::ValuesIn(polytls::testkit::every_pairing()),                 \
                             [](const auto& tested) { return polytls::testkit::name_of(tested); })

/// Declares the suite of a clause over every backend.
#define POLYTLS_CLAUSE_OVER_BACKENDS(clause)                                                       \
    class clause : public polytls::testkit::over_every_backend {};                                 \
    INSTANTIATE_TEST_SUITE_P(                                                                      \
        backend, clause, testing::ValuesIn(polytls::testkit::every_backend()),                     \
        [](const auto& tested) { return polytls::testkit::name_of_backend(tested); })
